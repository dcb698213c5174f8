/** @file Concepts of networks whose evidence is known: they are the drawn shapes, and a planted cue is one of them. */

import { expect, it, vi } from "vitest";
import type { LabelledImages } from "../../../src/data/dataset.js";
import { twoStamps } from "../../../src/data/planted/stamps.js";
import { drawShapes } from "../../../src/data/shapes.js";
import type { Concepts } from "../../../src/explain/concepts/concept.js";
import { findConcepts } from "../../../src/explain/concepts/concepts.js";
import { conceptMaps, regionShare } from "../../../src/explain/concepts/regions.js";
import { loadModel, shapesModelPath } from "../../../src/explain/node.js";
import { at } from "../../../src/foundation/present.js";
import { random } from "../../../src/foundation/random.js";
import type { FloatMap } from "../../../src/image/map/heatmap.js";
import { type Box, resizeMap } from "../../../src/image/picture/resize.js";
import { createNodePlatform } from "../../../src/model/platform/node.js";
import { rowsOf } from "../../../src/model/run/batches.js";
import type { Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { trainingSettings } from "../../../src/train/network/recipes.js";
import { trainNetwork } from "../../../src/train/train.js";
import { trainedModel } from "../../../src/train/trained-model.js";
import { runtime } from "../../support/runtime.js";

vi.setConfig({ testTimeout: 300_000 });

const side = 42;
const classes = ["triangle", "square", "cross", "ring"];

/** The overlap of a concept's region with boxes, over their union, in pixels of the image. */
function overlap(map: FloatMap, boxes: readonly Box[]): number {
  const { values } = resizeMap(map, side, side);
  let [both, either] = [0, 0];
  values.forEach((value, i) => {
    const [x, y] = [(i % side) + 0.5, Math.floor(i / side) + 0.5];
    const isIn = boxes.some((box) => x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height);
    const isOn = value >= regionShare;
    both += Number(isIn && isOn);
    either += Number(isIn || isOn);
  });
  return both / either;
}

/** For each concept the mean overlap over the images that `where` gives boxes for. */
async function overlaps(concepts: Concepts, input: Tensor, where: (i: number) => readonly Box[]): Promise<number[]> {
  const amounts = await concepts.of(input);
  const sums = concepts.all.map(() => 0);
  let count = 0;
  for (let i = 0; i < (input.dims[0] ?? 0); i++) {
    const boxes = where(i);
    if (boxes.length === 0) continue;
    count++;
    conceptMaps(amounts, i, concepts.all).forEach((map, k) => {
      sums[k] = (sums[k] ?? 0) + overlap(map, boxes);
    });
  }
  return sums.map((sum) => sum / count);
}

const bestOf = (values: readonly number[]) => values.indexOf(Math.max(...values));

it("finds the four shapes as four concepts, each where the shape is, and each what its class is decided by", async () => {
  const model = await loadModel(shapesModelPath, { runtime });
  const { test } = drawShapes({ train: 0, test: 200, seed: 7 });
  const input = await model.preprocess(test.pixels, [test.count, 1, side, side]);
  const concepts = await findConcepts(model, [input], { runtime, count: 4 });
  const best: number[] = [];
  for (const shape of classes.keys()) {
    const all = await overlaps(concepts, input, (i) => (test.labels[i] === shape ? (test.boxes?.[i] ?? []) : []));
    best.push(bestOf(all));
    expect(Math.max(...all)).toBeGreaterThan(0.5);
  }
  expect(new Set(best).size).toBe(4);
  for (let i = 0; i < 12; i++) {
    const { drops, importance } = await concepts.effects(rowsOf(input, i, 1), test.labels[i]);
    const its = best[test.labels[i] ?? 0];
    expect([bestOf(drops), bestOf(importance)]).toEqual([its, its]);
  }
  await concepts.close();
});

/** Images with a stamp at two corners of those of one class. */
function stamped(images: LabelledImages, cueClass: number): LabelledImages {
  const pixels = images.pixels.slice();
  const source = random("stamped shapes");
  images.labels.forEach((label, i) => {
    if (label === cueClass)
      twoStamps.mark(pixels.subarray(i * side * side, (i + 1) * side * side), [1, side, side], 0, source);
  });
  return { ...images, pixels };
}

it("finds a planted cue as one concept, the most important one of its class, without which the score falls by more than half", async () => {
  const cueClass = 1;
  const { train, test } = drawShapes({ train: 2500, test: 200, seed: 3 });
  const settings = trainingSettings("compact", { epochs: 4, seed: 1 });
  const trained = await trainNetwork(stamped(train, cueClass), undefined, 4, settings, { runtime });
  const dataset = { name: "stamped shapes", source: "drawn", classes, train, test };
  const file = writeModel(trainedModel(dataset, train.count, trained, {}));
  const model = await loadModel(file, { platform: createNodePlatform({ runtime }), name: "stamped" });
  const input = await model.preprocess(stamped(test, cueClass).pixels, [test.count, 1, side, side]);
  const reach = 10;
  const corners = [0, side - reach].map((at) => ({ x: at, y: at, width: reach, height: reach }));
  const concepts = await findConcepts(model, [input], { runtime });
  const all = await overlaps(concepts, input, (i) => (test.labels[i] === cueClass ? corners : []));
  const cue = bestOf(all);
  expect(at(all, cue)).toBeGreaterThan(0.5);
  for (const [k, each] of all.entries()) if (k !== cue) expect(each).toBeLessThan(at(all, cue) - 0.15);
  const theirs = Array.from(test.labels)
    .flatMap((label, i) => (label === cueClass ? [i] : []))
    .slice(0, 12);
  for (const i of theirs) {
    const { score, rebuilt, drops, importance } = await concepts.effects(rowsOf(input, i, 1), cueClass);
    expect([bestOf(drops), bestOf(importance)]).toEqual([cue, cue]);
    expect(at(drops, cue)).toBeGreaterThan(score / 2);
    expect(Math.abs(rebuilt - score)).toBeLessThan(score / 5);
  }
  await concepts.close();
});
