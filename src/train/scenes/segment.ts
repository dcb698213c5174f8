/** @file A small network that tells the class of each pixel: a pyramid down to half the picture's size. */

import { type DrawnScene, drawScenes } from "../../data/scenes/draw-scenes.js";
import { at } from "../../foundation/present.js";
import type { Value } from "../../onnx/graph.js";
import { float32 } from "../../onnx/tensor.js";
import type { NetworkShape } from "../network/networks.js";
import type { Objective } from "../trainable.js";
import { appendBackbone, appendPyramid } from "./pyramid.js";
import type { SceneNetwork } from "./scene-network.js";

export const segment: SceneNetwork = {
  name: "segment",
  description: "a segmenter: 0.14 million parameters; tells the class of each pixel",
  scenes: drawScenes,
  classesOf: (classes) => ["ground", ...classes],
  build(layers, images, { channels, classes }) {
    const pyramid = appendPyramid(layers, appendBackbone(layers, images, channels), [16, 24, 32, 32, 32]);
    const finest = at(pyramid, 0);
    return layers.conv(finest.value, "classes", { inputs: finest.channels, outputs: classes, kernel: 1 });
  },
  finish(op, raw, { height, width, classes }) {
    const scales = op.constant(float32([4], [1, 1, 2, 2]), "scales");
    const mode = { mode: "linear", coordinate_transformation_mode: "half_pixel" };
    const logits = op.layer("logits", "Resize", [raw, undefined, scales], mode);
    op.graph.outputs.push({ name: logits, type: "float32", dims: ["N", classes, height, width] });
  },
  objective: ({ classes }) => regionObjective(classes),
  targets: regionTargets,
};

/** Places of the ground are some twelve times as many as those of objects: without this the classes of objects hardly count. */
const objectWeight = 6;

/**
 * The weighted mean cross-entropy of all places, those of objects counting six times. The input is `regions` [N, height, width], the class of each place. `correct` counts whole images:
 * the share of places whose best score is that of their class, times N.
 */
function regionObjective(classes: number): Objective {
  return {
    append(op, raw) {
      const given = op.input("regions", "float32", ["N", "H", "W"]);
      const regions = op.Cast(given, { to: 7 });
      const targets = op.OneHot(regions, op.int(classes), op.constant(float32([2], [0, 1]), "off_on"), { axis: 1 });
      const each = op.ReduceSum(op.Mul(targets, op.LogSoftmax(raw, { axis: 1 })), op.ints([1]), { keepdims: 0 });
      const isObject = op.Cast(op.Greater(given, op.scalar(0)), { to: 1 });
      const weights = op.Add(op.Mul(isObject, op.scalar(objectWeight - 1)), op.scalar(1));
      const right = op.Cast(op.Equal(op.ArgMax(raw, { axis: 1, keepdims: 0 }), regions), { to: 1 });
      const mean = (value: Value) => op.ReduceMean(value, op.ints([0, 1, 2]), { keepdims: 0 });
      const images = op.Cast(op.Gather(op.Shape(regions), op.int(0)), { to: 1 });
      return { loss: op.Neg(op.Div(mean(op.Mul(each, weights)), mean(weights))), correct: op.Mul(mean(right), images) };
    },
  };
}

/** The class of each place, which is four pixels: that of the most of them, and where ground and object have as many, the object's. */
function regionTargets({ regions }: DrawnScene, { height, width }: NetworkShape) {
  const [rows, columns] = [height / 2, width / 2];
  const values = Float32Array.from({ length: rows * columns }, (_, i) => {
    const start = 2 * Math.floor(i / columns) * width + 2 * (i % columns);
    const four = [start, start + 1, start + width, start + width + 1].map((place) => at(regions, place));
    const objects = four.filter((each) => each > 0);
    return objects.length >= 2 ? Math.max(...objects) : 0;
  });
  return { regions: { dims: [rows, columns], values } };
}
