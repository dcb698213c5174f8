/** @file The activations of all places of some images as columns of one matrix. */

import { FoveaError } from "../../foundation/error.js";
import { activationPlanes } from "../../model/layers/fold.js";
import type { Layer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import { appendSum } from "../../model/run/classifier.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, type Graph, type Value } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";

export interface PlacesGraph {
  readonly graph: Graph;
  /** [N, C, H, W] */
  readonly planes: Value;
}

/** The network up to the layer, as planes. */
export function placesGraph(model: Model, layer: Layer): PlacesGraph {
  const op = new Builder(copyGraph(model.graph));
  const planes = activationPlanes(op, layer);
  return { graph: prune(op.graph, [planes, appendSum(op, model)]), planes };
}

/**
 * The places of all planes [N, C, H, W] as columns of one matrix [C, P].
 * @param what is made of them, for the error
 * @throws FoveaError `bad-input` for none
 */
export function columnsOf(parts: readonly Tensor[], what: string): Tensor {
  const [first] = parts;
  if (first === undefined) throw new FoveaError("bad-input", `${what}: expected an image, got none`);
  const channels = first.dims[1] ?? 0;
  const places = parts.reduce((sum, { size }) => sum + size, 0) / channels;
  const columns = new Float32Array(channels * places);
  let at = 0;
  for (const part of parts) {
    const [count = 0, , height = 0, width = 0] = part.dims;
    const [values, area] = [floats(part), height * width];
    for (let n = 0; n < count; n++, at += area) {
      for (let c = 0; c < channels; c++) {
        const from = (n * channels + c) * area;
        columns.set(values.subarray(from, from + area), c * places + at);
      }
    }
  }
  return float32([channels, places], columns);
}
