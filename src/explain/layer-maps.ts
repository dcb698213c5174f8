/** @file The maps of many layers from one run: the gradient goes back through the network once, and every layer is read on its way. */

import type { FloatMap } from "../image/map/heatmap.js";
import { classChoice } from "../model/class-names.js";
import type { Layer } from "../model/layers/layer.js";
import type { Model } from "../model/model.js";
import { filledUp } from "../model/run/batches.js";
import { appendSum, checkImages } from "../model/run/classifier.js";
import { Sessions } from "../model/run/sessions.js";
import { own, type Tensors, tensorNamed } from "../model/run/tensors.js";
import { Builder } from "../onnx/builder.js";
import { copyGraph, runInputs, type Value } from "../onnx/graph.js";
import { prune } from "../onnx/prune.js";
import { floats, int64, type Tensor } from "../onnx/tensor.js";
import type { Runtime } from "../runtime/session.js";
import type { GraphMethod } from "./method.js";
import { namingGradientFree } from "./methods/index.js";
import type { RunOptions } from "./options.js";
import { type AppendMethodOptions, appendMethod } from "./run/append-method.js";
import { appendTarget } from "./run/append-target.js";
import { type ClassMaps, mapNamed } from "./run/class-maps.js";
import { differentiated } from "./run/gradients.js";
import { type SplitGraph, splitAtSeed } from "./run/split-at-seed.js";

export interface LayerMapsOptions {
  readonly runtime: Runtime;
  readonly layers: readonly Layer[];
  readonly method: GraphMethod;
  /** Explain evidence against the class. Default false. */
  readonly against?: boolean | undefined;
}

export interface LayerMaps {
  /**
   * @param image the model's input for one image, float32
   * @param target a class by index or name; default the predicted one
   * @returns the evidence at every layer, before the ReLU, in the layers' order
   * @throws FoveaError `bad-input` for NaN or infinite input, `shape-mismatch`, `unknown-name` for a class that is none, `closed`
   */
  maps(image: Tensor, target?: number | string): Promise<FloatMap[]>;
  /**
   * The same for several classes: the network runs once, and back for each.
   * @param classes indices
   * @returns of each class its score and its evidence at every layer
   */
  mapsOf(image: Tensor, classes: readonly number[], options?: RunOptions): Promise<readonly ClassMaps[]>;
  close(): Promise<void>;
}

/**
 * Makes the maps of several layers together for about the price of one gradient down to the first of them.
 * @throws FoveaError as `createExplainer` does
 */
export function createLayerMaps(
  model: Model,
  { runtime, layers, method, against = false }: LayerMapsOptions,
): LayerMaps {
  const op = new Builder(copyGraph(model.graph), "fovea");
  const { target } = appendTarget(op, model, against);
  const names = layers.map(({ name }) => name);
  const gradients = method.needsGradient
    ? namingGradientFree(() => differentiated(op, { of: target.scores, seed: target.seed, wrt: names }))
    : new Map<Value, Value>();
  const outputs = layers.map((layer, i) => {
    const what: AppendMethodOptions<GraphMethod> = { model, layer, method, gradients };
    return op.named(own(`evidence_${i}`), appendMethod(op, target, what).evidence);
  });
  const sum = appendSum(op, model);
  const score = op.named(own("score"), op.ReduceSum(op.Mul(target.scores, target.seed), op.ints([1]), { keepdims: 0 }));
  const whole = prune(op.graph, [...outputs, sum]);
  let split: Promise<SplitGraph> | undefined;
  const sessions = new Sessions(runtime);
  const mapsIn = (results: Tensors) => outputs.map((name) => mapNamed(results, name));
  const feedsOf = (images: Tensor, choice: number) => ({
    [own("class")]: int64(Array(images.dims[0] ?? 1).fill(choice)),
  });
  return {
    async maps(image, target = "predicted") {
      checkImages(model, image);
      const choice = classChoice(model, target);
      const images = filledUp(model, image);
      const feeds = { [model.input.name]: images, ...feedsOf(images, choice === "predicted" ? -1 : choice) };
      return mapsIn(await sessions.run(whole, feeds));
    },
    async mapsOf(image, classes, { signal } = {}) {
      checkImages(model, image);
      const images = filledUp(model, image);
      split ??= splitAtSeed(op.graph, { outputs: [...outputs, score], seed: own("class"), also: [sum] }, runtime);
      const { forward, back } = await split;
      const values = await sessions.run(forward, { [model.input.name]: images });
      const readsImage = runInputs(back).some(({ name }) => name === model.input.name);
      const found: ClassMaps[] = [];
      for (const choice of classes) {
        signal?.throwIfAborted();
        const feeds = { ...values, ...feedsOf(images, choice), ...(readsImage ? { [model.input.name]: images } : {}) };
        const results = await sessions.run(back, feeds, images.dims[0]);
        const [value = Number.NaN] = floats(tensorNamed(results, score));
        found.push({ score: against ? -value : value, evidence: mapsIn(results) });
      }
      return found;
    },
    close: () => sessions.close(),
  };
}
