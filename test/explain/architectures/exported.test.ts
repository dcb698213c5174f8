/** @file Transformers as PyTorch's TorchScript exporter writes them: the layer that is chosen, and PyTorch's own maps there. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createExplainer } from "../../../src/explain/explainer.js";
import { chooseLayer } from "../../../src/model/layers/choose-layer.js";
import { gridOf } from "../../../src/model/layers/layout.js";
import { openModel } from "../../../src/model/open.js";
import { float32, numbers } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";
import { everything, share } from "../../support/share.js";

/** As `test/reference/make_transformers.py` writes them. */
interface Case {
  readonly grid: readonly [number, number];
  readonly skip: number;
  readonly size: readonly [number, number];
  readonly export: "static" | "open";
  readonly class: number;
  readonly scores: readonly number[];
  readonly "grad-cam": readonly number[];
  readonly "hires-cam": readonly number[];
}

const folder = new URL("../../fixtures/cases/transformers/", import.meta.url);
const cases: Readonly<Record<string, Case>> = JSON.parse(
  readFileSync(fileURLToPath(new URL("cases.json", folder)), "utf8"),
);

function bytesOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(fileURLToPath(new URL(`${name}.onnx`, folder))));
}

function openCase(name: string, { size: [height, width] }: Pick<Case, "size">) {
  return openModel(bytesOf(name), runtime, name, { given: { origin: "as given", preprocessing: { height, width } } });
}

/** The input of the script: sin(0.37 i). */
function picture(count: number, height: number, width: number) {
  const size = count * 3 * height * width;
  return float32(
    [count, 3, height, width],
    Float32Array.from({ length: size }, (_, i) => Math.sin(0.37 * i)),
  );
}

/** The largest difference, as a share of the largest expected number. */
function errorOf(actual: readonly number[], expected: readonly number[]): number {
  const differences = expected.map((value, i) => Math.abs(value - (actual[i] ?? Number.NaN)));
  return Math.max(...differences) / Math.max(...expected.map(Math.abs));
}

describe.each(share(Object.entries(cases), 6))("%s, as it is exported", (name, expected) => {
  it.runIf(everything)("has the layer chosen that its PyTorch module makes, and PyTorch's maps there", async () => {
    const model = await openCase(name, expected);
    const layer = chooseLayer(model, "auto");
    expect([gridOf(layer.layout, layer.dims).sizes, layer.doubt]).toEqual([expected.grid, undefined]);
    if (typeof layer.layout !== "string") expect(layer.layout.tokens.skip).toBe(expected.skip);
    for (const method of ["grad-cam", "hires-cam"] as const) {
      const explainer = await createExplainer(model, { runtime, method });
      const explanation = await explainer.explain(picture(1, ...expected.size), { classes: [expected.class] });
      await explainer.close();
      expect(errorOf(numbers(explanation.scores), expected.scores)).toBeLessThan(1e-5);
      expect(errorOf(numbers(explanation.evidence), expected[method])).toBeLessThan(1e-4);
    }
  });
});

it("takes several pictures at once in the graph of a file for one, with the maps of each alone", async () => {
  const { vit } = cases;
  if (vit === undefined) throw new Error("no case");
  const model = await openCase("vit", vit);
  expect([model.oneByOne, model.input.dims?.[0]]).toEqual([true, "N"]);
  const explainer = await createExplainer(model, { runtime });
  const both = await explainer.explain(picture(2, ...vit.size), { classes: [vit.class] });
  await explainer.close();
  expect(errorOf(numbers(both.evidence).slice(0, vit["grad-cam"].length), vit["grad-cam"])).toBeLessThan(1e-4);
});

it("says that a square was assumed, where an open height and width hide the grid", async () => {
  const { doubt } = chooseLayer(await openModel(bytesOf("vit-open"), runtime), "auto");
  expect(doubt).toMatch(
    /^layer \S+: nothing tells how its tokens lie on the picture, so they are taken for a square, 5x5 tokens after 4 others: where that is wrong, give the input's size with --size HxW, or say --grid HxW and --skip-tokens K$/,
  );
});

it("takes the user's grid where nothing is recognised, for a named layer and for auto", async () => {
  const { "vit-open": expected } = cases;
  if (expected === undefined) throw new Error("no case");
  const model = await openModel(bytesOf("vit-open"), runtime);
  const grid = { grid: { height: 4, width: 7 }, skipTokens: 1 };
  const tokens = { tokens: { sizes: [4, 7], skip: 1 } };
  expect(chooseLayer(model, "auto", grid)).toMatchObject({ layout: tokens });
  const layer = "/blocks/blocks.1/norm1/LayerNormalization_output_0";
  const explainer = await createExplainer(model, { runtime, method: "hires-cam", layer, ...grid });
  const explanation = await explainer.explain(picture(1, ...expected.size), { classes: [expected.class] });
  await explainer.close();
  expect(errorOf(numbers(explanation.evidence), expected["hires-cam"])).toBeLessThan(1e-4);
});
