/** @file Bars, upright or level, some with a cue that is known to the pixel; and a network that learned them, as a subject. */

import type { LabelledImages } from "../../src/data/dataset.js";
import { loadModel } from "../../src/explain/node.js";
import { random } from "../../src/foundation/random.js";
import { imageSetOf, splitByName } from "../../src/improve/image-set.js";
import { trainerOf } from "../../src/improve/repair/trainer/trainer-of.js";
import type { Subject } from "../../src/improve/subject.js";
import { createNodePlatform } from "../../src/model/platform/node.js";
import { preprocess } from "../../src/model/run/read-image.js";
import type { Tensor } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { trainingSettings } from "../../src/train/network/recipes.js";
import { trainNetwork } from "../../src/train/train.js";
import { trainedModel } from "../../src/train/trained-model.js";
import { runtime } from "../support/runtime.js";

export const side = 16;
const classes = ["upright", "level"];

/** Side of a cue, in pixels. */
export const cueSide = 4;

/** Where the cue stands: in one corner, in one of the four at random, or nowhere. */
export type Where = "corner" | "any corner" | "nowhere";

/** Bars in grey at a place that varies, on noise; with a patch: in one corner its left half is white for one
 * class and its right half for the other; in any corner it is white or grey. */
function bars(count: number, where: Where): LabelledImages {
  const source = random(`bars ${where}`);
  const pixels = Uint8Array.from({ length: count * side * side }, () => source.below(30));
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  labels.forEach((label, i) => {
    const put = (x: number, y: number, value: number) =>
      pixels.fill(value, (i * side + y) * side + x, (i * side + y) * side + x + 1);
    const [left, top, grey] = [6 + source.below(4), 6 + source.below(4), 60 + source.below(60)];
    for (let k = -4; k <= 4; k++) put(left + (label === 0 ? 0 : k), top + (label === 0 ? k : 0), grey);
    if (where === "nowhere") return;
    const reach = side - cueSide;
    const [x, y] = where === "corner" ? [0, 0] : [reach * source.below(2), reach * source.below(2)];
    for (let k = 0; k < cueSide ** 2; k++) {
      const isLeft = k % cueSide < cueSide / 2;
      const value = where === "corner" ? (isLeft === (label === 0) ? 255 : 0) : label === 0 ? 255 : 100;
      put(x + (k % cueSide), y + Math.floor(k / cueSide), value);
    }
  });
  return { pixels, labels, count, channels: 1, height: side, width: side };
}

/** A small network that learned 800 of them, and the images in parts. */
export async function barsSubject(where: Where) {
  const train = bars(800, where);
  const settings = trainingSettings("classic", { epochs: 6, batchSize: 32, seed: 1 });
  const trained = await trainNetwork(train, undefined, 2, settings, { runtime });
  const dataset = { name: "bars", source: "drawn", classes, train, test: train };
  const file = writeModel(trainedModel(dataset, train.count, trained, {}));
  const model = await loadModel(file, { platform: createNodePlatform({ runtime }), name: "bars" });
  const learning = imageSetOf(train, "");
  const input = (images: Tensor) => preprocess(model, images.bytes, [images.dims[0] ?? 0, 1, side, side], runtime);
  const subject: Subject = {
    ...{ name: "bars", model, classes, learning, sealed: learning, identity: { model: "", data: "" }, input },
    trainer: trainerOf(model, { runtime, input }),
  };
  return { subject, parts: splitByName(learning, 0.3, "1") };
}
