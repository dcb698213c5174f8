/** @file Models from elsewhere survive reading and writing. The folder is named by FOVEA_MODELS. */

import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { printGraph } from "../../src/onnx/print.js";
import { readModel } from "../../src/onnx/read/read.js";
import { sizeOf, type Tensor } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { inferTypes } from "../../src/runtime/infer-types.js";
import type { Session } from "../../src/runtime/session.js";
import { randomTensor } from "../support/models/random-tensor.js";
import { runtime } from "../support/runtime.js";

const root = process.env.FOVEA_MODELS;
const files = root
  ? readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".onnx"))
  : [];
const isModel = (file: string) => !basename(file).startsWith("not-a-model");

it.skipIf(root)("the models are at hand", ({ skip }) => skip("FOVEA_MODELS names no folder"));

describe.each(files.filter(isModel))("%s", (file) => {
  const bytes = root ? readFileSync(join(root, file)) : new Uint8Array();

  it("computes the same after a round trip", async () => {
    const outcomes = [];
    for (const model of [bytes, writeModel(readModel(bytes))]) {
      const session = await runtime.open(model, { optimize: false });
      outcomes.push(await outcome(session));
      await session.close();
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
  });

  it("has an inferred type for every value", async ({ skip }) => {
    const graph = await inferTypes(readModel(bytes), runtime);
    skip(
      graph.nodes.some(({ domain }) => domain !== ""),
      "types behind operators of other domains are not inferred",
    );
    const values = graph.nodes.flatMap(({ outputs }) => outputs).filter((name) => name !== "");
    expect(values.filter((name) => !graph.types.get(name)?.dims)).toEqual([]);
    expect(printGraph(graph).split("\n").length).toBeGreaterThan(graph.nodes.length);
  });
});

it.each(files.filter((file) => !isModel(file)))("%s is refused in one line", (file) => {
  expect(() => readModel(readFileSync(join(root as string, file)), file)).toThrow(
    expect.objectContaining({ code: "bad-file", message: expect.stringMatching(/^.*not a.*ONNX.*$/) }),
  );
});

/** What a run on random pixels gives: numbers, or the reason why there are none. */
async function outcome(session: Session): Promise<Record<string, Tensor["data"] | undefined> | string> {
  const feeds = session.inputs.map(({ name, dims = [] }) => {
    const sizes = dims.map((dim) => (typeof dim === "number" ? dim : 2));
    return [name, randomTensor(sizes, `${name}/${sizeOf(sizes)}`, { interval: [0, 1] })] as const;
  });
  try {
    const results = await session.run(Object.fromEntries(feeds));
    return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tensor.data]));
  } catch (error) {
    return (error as Error).message;
  }
}
