/** @file Packed sessions: small results in one tensor, and all as if each came by itself. */

import { describe, expect, it } from "vitest";
import { openPacked } from "../../../src/model/run/packed.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Dim, Graph } from "../../../src/onnx/graph.js";
import { float32, int64, numbers } from "../../../src/onnx/tensor.js";
import type { Runtime } from "../../../src/runtime/session.js";
import { runtime } from "../../support/runtime.js";

/** Results of several shapes: rows, maps, a number for each image, one for all, whole numbers, and one with a size of its own. */
function graphOf(chosenRows: readonly Dim[]): Graph {
  const op = new Builder();
  op.input("x", "float32", ["N", 1, 2, 3]);
  op.input("class", "int64", chosenRows);
  const results = {
    row: op.Flatten("x", { axis: 1 }),
    map: op.Relu("x"),
    each: op.ReduceSum("x", op.ints([1, 2, 3]), { keepdims: 0 }),
    all: op.ReduceSum("x", { keepdims: 0 }),
    chosen: op.Identity("class"),
    "fovea/predicted": op.ArgMax(op.Flatten("x", { axis: 1 }), { axis: 1, keepdims: 0 }),
    places: op.Transpose(op.NonZero("x"), { perm: [1, 0] }),
  };
  const types = {
    row: { type: "float32", dims: ["N", 6] },
    map: { type: "float32", dims: ["N", 1, 2, 3] },
    each: { type: "float32", dims: ["N"] },
    all: { type: "float32", dims: [] },
    chosen: { type: "int64", dims: ["N"] },
    "fovea/predicted": { type: "int64", dims: ["N"] },
    places: { type: "int64", dims: ["places", 4] },
  } as const;
  for (const [name, value] of Object.entries(results)) op.named(name, value);
  op.graph.outputs = Object.entries(types).map(([name, type]) => ({ name, ...type }));
  return op.graph;
}

/** Opens a graph. @returns also the outputs that the runtime was asked for */
async function opened(graph: Graph, forOne: boolean) {
  const asked: string[] = [];
  const watched: Runtime = {
    name: "watched",
    open(model, options) {
      if (typeof model === "object" && "outputs" in model) asked.push(...model.outputs.map(({ name }) => name));
      return runtime.open(model, options);
    },
  };
  return { session: await openPacked(watched, graph, { forOne }), asked };
}

const one = { x: float32([1, 1, 2, 3], [1, -2, 3, 0, 5, -6]), class: int64([4]) };
const two = { x: float32([2, 1, 2, 3], [1, -2, 3, 0, 5, -6, 9, 8, -7, 6, 0, 4]), class: int64([4, 0]) };

describe("a packed session", () => {
  it.each([
    ["for single images", one, true],
    ["for any number, given one", one, false],
    ["for any number, given two", two, false],
  ])("%s gives every result with its own shape, small ones from a single output", async (_, feeds, forOne) => {
    const graph = graphOf(["N"]);
    const { session, asked } = await opened(graph, forOne);
    const plain = await runtime.open(graph);
    const [actual, expected] = [await session.run(feeds), await plain.run(feeds)];
    expect(asked.toSorted()).toEqual(["all", "chosen", "fovea/packed", "places"]);
    expect(Object.keys(actual).toSorted()).toEqual(Object.keys(expected).toSorted());
    for (const [name, tensor] of Object.entries(expected)) {
      expect([name, actual[name]?.type, actual[name]?.dims]).toEqual([name, tensor.type, tensor.dims]);
      expect([name, actual[name] && numbers(actual[name])]).toEqual([name, numbers(tensor)]);
    }
    await session.close();
    await plain.close();
  });

  it("takes no size for the number of images where inputs have several", async () => {
    const { session, asked } = await opened(graphOf(["K"]), true);
    expect(asked.toSorted()).toEqual(["all", "chosen", "each", "fovea/predicted", "map", "places", "row"]);
    expect((await session.run({ ...one, class: int64([4, 5]) })).chosen?.dims).toEqual([2]);
    await session.close();
  });
});
