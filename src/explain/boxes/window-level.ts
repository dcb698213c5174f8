/** @file The maps of a level's boxes where each box depends on a window of the level's map: the head runs on windows alone. */

import { at } from "../../foundation/present.js";
import { floatMap } from "../../image/map/heatmap.js";
import type { ChosenLayer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import { filledUp, rowsOf } from "../../model/run/batches.js";
import { appendSum } from "../../model/run/classifier.js";
import { Sessions } from "../../model/run/sessions.js";
import { own, type Tensors, tensorNamed } from "../../model/run/tensors.js";
import type { BoxScore } from "../../model/tasks/detection/box-score.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, dimsOf, runInputs } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { floats } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { forwardValues } from "../layer-maps.js";
import type { GraphMethod } from "../method.js";
import { appendMethod } from "../run/append-method.js";
import { appendTarget } from "../run/append-target.js";
import { differentiated } from "../run/gradients.js";
import { windowGradients } from "./window-gradients.js";

/** Maps of one box at every layer. */
export interface WindowMaps {
  readonly score: number;
  readonly evidence: readonly ReturnType<typeof floatMap>[];
}

export interface WindowLevel {
  /** @param indices which of the target's scores */
  run(images: Parameters<typeof filledUp>[1], indices: readonly number[]): Promise<readonly WindowMaps[]>;
  close(): Promise<void>;
}

/**
 * The network runs once for all boxes, the head on their windows together, and the rest of the way back to the first layer for each.
 * @param layers in order of computation; the last is the map that the head reads
 * @param method one whose evidence is made of the activation and its gradient
 * @returns undefined where boxes do not depend on windows alone
 */
export function windowLevel(
  model: Model,
  layers: readonly ChosenLayer[],
  score: BoxScore,
  { runtime, against, method }: { readonly runtime: Runtime; readonly against: boolean; readonly method: GraphMethod },
): WindowLevel | undefined {
  const head = at(layers, layers.length - 1);
  if (head.layout !== "nchw") return undefined;
  const windows = windowGradients(model, head.name, score, { runtime, against });
  if (windows === undefined) return undefined;
  const { forward, back, evidence } = graphsBelow(model, layers, method);
  const readsImage = runInputs(back).some(({ name }) => name === model.input.name);
  const sessions = new Sessions(runtime);
  return {
    async run(image, indices) {
      const images = filledUp(model, image);
      const values = await sessions.run(forward, { [model.input.name]: images });
      const boxes = await windows.run(rowsOf(tensorNamed(values, head.name), 0, 1), indices);
      const needed = pick(
        values,
        runInputs(back).map(({ name }) => name),
      );
      const maps: WindowMaps[] = [];
      for (const box of boxes) {
        const feeds = {
          ...needed,
          [own("gradient")]: box.gradient,
          ...(readsImage ? { [model.input.name]: images } : {}),
        };
        const results = await sessions.run(back, feeds, 1);
        maps.push({ score: box.score, evidence: evidence.map((name) => mapIn(results, name)) });
      }
      return maps;
    },
    close: async () => {
      await windows.close();
      await sessions.close();
    },
  };
}

/** From the image to the head's map and what the way back reads, and from the gradient at that map to the evidence at all layers. */
function graphsBelow(model: Model, layers: readonly ChosenLayer[], method: GraphMethod) {
  const head = at(layers, layers.length - 1);
  const op = new Builder(copyGraph(model.graph), "fovea");
  const seed = op.input(own("gradient"), "float32", dimsOf(model.graph, head.name));
  const below = layers.slice(0, -1).map(({ name }) => name);
  const found = below.length > 0 ? differentiated(op, { of: head.name, seed, wrt: below }) : new Map<string, string>();
  const gradients = new Map([...found, [head.name, seed]]);
  const { target } = appendTarget(op, model, false);
  const evidence = layers.map((layer, i) =>
    op.named(own(`evidence_${i}`), appendMethod(op, target, { model, layer, method, gradients }).evidence),
  );
  const passed = forwardValues(model.graph, op.graph, evidence);
  const forward = prune(op.graph, [...new Set([...passed, head.name]), appendSum(op, model)]);
  return { forward, back: prune(op.graph, evidence, passed), evidence };
}

function pick(values: Tensors, names: readonly string[]): Tensors {
  return Object.fromEntries(names.flatMap((name) => (values[name] ? [[name, values[name]] as const] : [])));
}

function mapIn(results: Tensors, name: string) {
  const evidence = rowsOf(tensorNamed(results, name), 0, 1);
  const [, , height = 1, width = 1] = evidence.dims;
  return floatMap(width, height, floats(evidence).slice());
}
