/** @file The maps of many layers from one run: the gradient goes back through the network once, and every layer is read on its way. */

import { type FloatMap, floatMap } from "../image/map/heatmap.js";
import { classChoice } from "../model/class-names.js";
import type { Layer } from "../model/layers/layer.js";
import type { Model } from "../model/model.js";
import { filledUp, rowsOf } from "../model/run/batches.js";
import { appendSum, checkImages } from "../model/run/classifier.js";
import { Sessions } from "../model/run/sessions.js";
import { own, tensorNamed } from "../model/run/tensors.js";
import { Builder } from "../onnx/builder.js";
import { copyGraph, type Value } from "../onnx/graph.js";
import { prune } from "../onnx/prune.js";
import { floats, int64, type Tensor } from "../onnx/tensor.js";
import type { Runtime } from "../runtime/session.js";
import type { GraphMethod } from "./method.js";
import { namingGradientFree } from "./methods/index.js";
import { type AppendMethodOptions, appendMethod } from "./run/append-method.js";
import { appendTarget } from "./run/append-target.js";
import { differentiated } from "./run/gradients.js";

export interface LayerMapsOptions {
  readonly runtime: Runtime;
  readonly layers: readonly Layer[];
  readonly method: GraphMethod;
}

export interface LayerMaps {
  /**
   * @param image the model's input for one image, float32
   * @param target a class by index or name; default the predicted one
   * @returns the evidence at every layer, before the ReLU, in the layers' order
   * @throws FoveaError `bad-input` for NaN or infinite input, `shape-mismatch`, `unknown-name` for a class that is none, `closed`
   */
  maps(image: Tensor, target?: number | string): Promise<FloatMap[]>;
  close(): Promise<void>;
}

/**
 * Makes the maps of several layers together for about the price of one gradient down to the first of them.
 * @throws FoveaError as `createExplainer` does
 */
export function createLayerMaps(model: Model, { runtime, layers, method }: LayerMapsOptions): LayerMaps {
  const op = new Builder(copyGraph(model.graph), "fovea");
  const { target } = appendTarget(op, model, false);
  const names = layers.map(({ name }) => name);
  const gradients = method.needsGradient
    ? namingGradientFree(() => differentiated(op, { of: target.scores, seed: target.seed, wrt: names }))
    : new Map<Value, Value>();
  const outputs = layers.map((layer, i) => {
    const what: AppendMethodOptions<GraphMethod> = { model, layer, method, gradients };
    return op.named(own(`evidence_${i}`), appendMethod(op, target, what).evidence);
  });
  const graph = prune(op.graph, [...outputs, appendSum(op, model)]);
  const sessions = new Sessions(runtime);
  return {
    async maps(image, target = "predicted") {
      checkImages(model, image);
      const choice = classChoice(model, target);
      const images = filledUp(model, image);
      const results = await sessions.run(graph, {
        [model.input.name]: images,
        [own("class")]: int64(Array(images.dims[0] ?? 1).fill(choice === "predicted" ? -1 : choice)),
      });
      return outputs.map((name) => {
        const evidence = rowsOf(tensorNamed(results, name), 0, 1);
        const [, , height = 1, width = 1] = evidence.dims;
        return floatMap(width, height, floats(evidence).slice());
      });
    },
    close: () => sessions.close(),
  };
}
