/** @file The relevance of layers on the way from the score to the image. */

import { FoveaError, shortened } from "../../foundation/error.js";
import { imageLayer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import { checkImages } from "../../model/run/classifier.js";
import { own, tensorNamed } from "../../model/run/tensors.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, type Value } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { int64, type Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import type { CamMethod } from "../method.js";
import { methodNamed } from "../methods/index.js";
import { isRelevanceMethod, type RelevanceMethod, relevanceOf } from "../methods/parts/relevance.js";
import { methodInputs } from "../run/append-method.js";
import { appendTarget } from "../run/append-target.js";

export interface LayerRelevanceOptions {
  readonly runtime: Runtime;
  /** Names of values of the network, its input included. */
  readonly values: readonly Value[];
  /** One of relevance propagation. Default `lrp`. */
  readonly method?: string | CamMethod;
  /** Index of the class. Default each image's predicted one. */
  readonly classIndex?: number;
}

/** What layer-wise relevance propagation gives to the values of a network on its way to the image. */
export interface LayerRelevance {
  /** The explained score, which is the relevance of the last layer, [N]. */
  readonly score: Tensor;
  /** By name, each of the value's own shape. */
  readonly relevance: ReadonlyMap<Value, Tensor>;
}

/**
 * The relevance of inner values. Where a layer is all that the score depends on, its sum is the score less what biases behind it
 * took; layers side by side have it together.
 * @param images the model's input
 * @throws FoveaError `bad-input` for a method that propagates no relevance, `unsupported-operator` where one has no rule
 */
export async function layerRelevance(
  model: Model,
  images: Tensor,
  { runtime, values, method: chosen = "lrp", classIndex = -1 }: LayerRelevanceOptions,
): Promise<LayerRelevance> {
  checkImages(model, images);
  const method = relevanceMethodOf(chosen);
  const op = new Builder(copyGraph(model.graph), "fovea");
  const { target } = appendTarget(op, model, false);
  const inputs = methodInputs(op, target, { model, layer: imageLayer(model), method });
  const found = relevanceOf(op, inputs, method, values);
  const score = op.named(own("score"), inputs.score);
  const names = found.map((value, i) => op.named(own(`relevance_${i}`), value));
  const session = await runtime.open(prune(op.graph, [score, ...names]));
  try {
    const classes = int64(Array(images.dims[0] ?? 1).fill(classIndex));
    const results = await session.run({ [model.input.name]: images, [own("class")]: classes });
    const relevance = new Map(values.map((value, i) => [value, tensorNamed(results, names[i] ?? "")]));
    return { score: tensorNamed(results, score), relevance };
  } finally {
    await session.close();
  }
}

function relevanceMethodOf(chosen: string | CamMethod): RelevanceMethod {
  const method = typeof chosen === "string" ? methodNamed(chosen) : chosen;
  if (isRelevanceMethod(method)) return method;
  throw new FoveaError(
    "bad-input",
    `method: expected one of relevance propagation, such as lrp, got ${shortened(method.name)}`,
  );
}
