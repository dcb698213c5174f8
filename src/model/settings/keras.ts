/** @file How Keras' own networks want their pictures (keras.io/api/applications, `preprocess_input` of each), by the names of models. */

import { readModelNames } from "../../formats/keras/model-names.js";
import type { Preprocessing } from "../../image/input/preprocessing.js";
import type { Graph } from "../../onnx/graph.js";

type Values = Pick<Preprocessing, "scale" | "mean" | "std" | "order">;

const caffe: Values = { scale: 1, mean: [103.939, 116.779, 123.68], std: [1], order: "bgr" };
const signed: Values = { scale: 1 / 127.5, mean: [1], std: [1] };
const torch: Values = { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const inside: Values = { scale: 1, mean: [0], std: [1] };

/** Names that `keras.applications` gives its networks, the more special before the more general. */
const applications: readonly (readonly [name: RegExp, values: Values])[] = [
  [/^resnet(50|101|152)v2/, signed],
  [/^resnet(50|101|152)/, caffe],
  [/^vgg(16|19)/, caffe],
  [/^densenet(121|169|201|264)?/, torch],
  [/^mobilenet_?v3/, inside],
  [/^(efficientnet|convnext|regnet|resnet[_-]?rs)/, inside],
  [/^(mobilenet|xception|inception|nasnet)/, signed],
];

/** The values that a network of `keras.applications` was trained with; the network's name. */
export interface KerasRecipe {
  readonly network: string | undefined;
  readonly values: Values;
}

/** For a graph that was a Keras model: its network's recipe, by the name of any model inside, else 0 to 1; undefined for others. */
export function kerasRecipe({ metadata }: Pick<Graph, "metadata">): KerasRecipe | undefined {
  const names = readModelNames(metadata);
  if (names === undefined) return undefined;
  for (const network of names) {
    const values = applications.find(([pattern]) => pattern.test(network.toLowerCase()))?.[1];
    if (values) return { network, values };
  }
  return { network: undefined, values: { scale: 1 / 255, mean: [0], std: [1] } };
}
