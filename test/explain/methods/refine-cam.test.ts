/** @file RefineCAM: the product of maps that single layers give. */

import { expect, it } from "vitest";
import { stagesBefore } from "../../../src/model/layers/choose-layer.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { floats } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";
import { explained } from "./explained.js";

/** Layers of 8x12, 4x6 and 2x3 places. */
function network(): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, 8, 12]);
  const kernel = (name: string, to: number, from: number) => op.constant(randomTensor([to, from, 3, 3], name), name);
  const conv = (of: string, weights: string) => op.Relu(op.Conv(of, weights, { pads: [1, 1, 1, 1] }));
  const large = op.named("large", conv(x, kernel("a", 4, 3)));
  const pool = (of: string) => op.AveragePool(of, { kernel_shape: [2, 2], strides: [2, 2] });
  const middle = op.named("middle", conv(pool(large), kernel("b", 5, 4)));
  const small = op.named("small", conv(pool(middle), kernel("c", 6, 5)));
  const rows = op.constant(randomTensor([3, 6], "rows"));
  op.output(op.Gemm(op.Flatten(op.GlobalAveragePool(small)), rows, undefined, { transB: 1 }), "y");
  return op.graph;
}

const image = randomTensor([1, 3, 8, 12], "image");

/** Layer-CAM of a layer, from 0 to 1, at 8x12 places, linearly with half-pixel centres. */
async function factor(layer: string): Promise<number[]> {
  const { maps } = await explained(network(), "layer-cam", image, { layer, classes: [1] });
  const [height = 1, width = 1] = maps.dims.slice(2);
  const values = floats(maps);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const at = (y: number, x: number) => ((values[y * width + x] ?? 0) - least) / (most - least);
  const between = (place: number, size: number, all: number) => {
    const exact = Math.min(size - 1, Math.max(0, ((place + 0.5) * size) / all - 0.5));
    const low = Math.floor(exact);
    return [low, Math.min(size - 1, low + 1), exact - low] as const;
  };
  return Array.from({ length: 96 }, (_, i) => {
    const [top, bottom, down] = between(Math.floor(i / 12), height, 8);
    const [left, right, along] = between(i % 12, width, 12);
    const row = (y: number) => (1 - along) * at(y, left) + along * at(y, right);
    return (1 - down) * row(top) + down * row(bottom);
  });
}

const product = (maps: readonly number[][]) =>
  (maps[0] ?? []).map((_, i) => maps.reduce((all, map) => all * (map[i] ?? 0), 1));

it.each([
  ["small", ["small", "middle", "large"]],
  ["middle", ["middle", "large"]],
  ["large", ["large"]],
])("RefineCAM at %s is the product of the stretched Layer-CAMs of %j", async (layer, layers) => {
  const { evidence } = await explained(network(), "refine-cam", image, { layer, classes: [1] });
  expect(evidence.dims).toEqual([1, 1, 8, 12]);
  const expected = product(await Promise.all(layers.map(factor)));
  expect(Math.max(...expected)).toBeGreaterThan(0);
  floats(evidence).forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5));
});

it("stages before a layer are the last ones of the larger sizes", async () => {
  const model = await openModel(network(), runtime);
  const before = (name: string) => stagesBefore(model, { name }).map((each) => each.name);
  expect(before("small")).toEqual(["middle", "large"]);
  expect(before("large")).toEqual([]);
  expect(before("none")).toEqual([]);
});
