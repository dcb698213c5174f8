/** @file Exchanges of regions: a network that decides by a corner follows the corner, and nothing else. */

import { expect, it } from "vitest";
import { createExplainer } from "../../../../src/explain/explainer.js";
import { random } from "../../../../src/foundation/random.js";
import { createPicture } from "../../../../src/image/picture/picture.js";
import { withModelCard } from "../../../../src/model/card.js";
import { openModel } from "../../../../src/model/open.js";
import { Builder } from "../../../../src/onnx/builder.js";
import { float32 } from "../../../../src/onnx/tensor.js";
import { observeImages } from "../../../../src/report/collect/observe/observe.js";
import { wholeDataset } from "../../../../src/report/collect/report-images.js";
import { runtime } from "../../../support/runtime.js";

const side = 8;
const area = side * side;
const inCorner = (i: number) => i % side < 2 && Math.floor(i / side) < 2;

/** Class 1 where the corner is white, class 0 where it is black; the rest has no weight. */
function cornerReader() {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 1, side, side]);
  const features = op.named("features", op.Relu(op.Concat(x, op.Sub(op.scalar(1), x), { axis: 1 })));
  const weights = Float32Array.from({ length: 4 * area }, (_, i) => {
    const [row, column] = [Math.floor(i / 2), i % 2];
    const reads = row < area ? 1 : 0;
    return inCorner(row % area) && reads === column ? 1 : 0;
  });
  op.output(op.MatMul(op.Flatten(features, { axis: 1 }), op.constant(float32([2 * area, 2], weights))), "y");
  const preprocessing = { width: side, height: side, channels: 1, scale: 1, mean: [0], std: [1] } as const;
  return withModelCard(op.graph, { classes: ["black", "white"], preprocessing });
}

function images(labels: readonly number[]) {
  const noise = random("noise");
  const inputs = labels.map((label) =>
    float32(
      [1, 1, side, side],
      Float32Array.from({ length: area }, (_, i) => (inCorner(i) ? label : noise.uniform())),
    ),
  );
  return wholeDataset({
    count: labels.length,
    labels,
    nameOf: () => undefined,
    boxesOf: () => undefined,
    mirrored: false,
    read: async (_: unknown, index: number) => ({
      input: inputs[index] as (typeof inputs)[number],
      picture: createPicture(side, side, 1, new Uint8Array(area)),
      box: { x: 0, y: 0, width: side, height: side },
    }),
  });
}

async function flipsOf(labels: readonly number[]) {
  const model = await openModel(cornerReader(), runtime);
  const explainer = await createExplainer(model, { runtime, layer: "features", method: "hires-cam" });
  const flips = [];
  for await (const { observation } of observeImages(explainer, images(labels))) flips.push(observation?.flips);
  await explainer.close();
  return flips;
}

it("changes every prediction where the cue is, and none elsewhere", async () => {
  expect(await flipsOf([0, 1, 1, 0, 1, 0, 0])).toEqual(Array(7).fill({ hottest: 1, elsewhere: 0 }));
});

it("tries nothing where there is no image of another class to take from", async () => {
  expect(await flipsOf([1, 1])).toEqual([undefined, undefined]);
});
