/** @file The maps of a level's boxes where each box depends on a window of the level's map: the head runs on windows alone. */

import { closeAll } from "../../foundation/lifetime.js";
import { at } from "../../foundation/present.js";
import type { ChosenLayer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import { filledUp, rowsOf } from "../../model/run/batches.js";
import { appendSum } from "../../model/run/classifier.js";
import { Sessions } from "../../model/run/sessions.js";
import { own, type Tensors, tensorNamed } from "../../model/run/tensors.js";
import type { BoxScore } from "../../model/tasks/detection/box-score.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, dimsOf, runInputs } from "../../onnx/graph.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { GraphMethod } from "../method.js";
import { appendMethod } from "../run/append-method.js";
import { appendTarget } from "../run/append-target.js";
import { type ClassMaps, mapNamed } from "../run/class-maps.js";
import { differentiated } from "../run/gradients.js";
import { splitAtSeed } from "../run/split-at-seed.js";
import { type WindowOptions, windowGradients } from "./window-gradients.js";

export interface WindowLevel {
  /** How many places of the last layer's map to each side a score sees. */
  readonly radius: number;
  /** @param indices which of the target's scores */
  run(image: Tensor, indices: readonly number[]): Promise<readonly ClassMaps[]>;
  close(): Promise<void>;
}

/**
 * The network runs once for all boxes, the head on their windows together, and the rest of the way back to the first layer for each.
 * @param layers in order of computation; the last is the map that the head reads
 * @returns undefined where boxes do not depend on windows alone
 */
export async function windowLevel(
  model: Model,
  layers: readonly ChosenLayer[],
  score: BoxScore,
  options: WindowOptions,
): Promise<WindowLevel | undefined> {
  const head = at(layers, layers.length - 1);
  const windows = head.layout === "nchw" ? windowGradients(model, head, score, options) : undefined;
  if (windows === undefined) return undefined;
  const { graph, evidence } = graphBelow(model, layers, options.method);
  const seed = own("gradient");
  const parts = { outputs: evidence, seed, also: [head.name, own("sum")] };
  const { forward, back } = await splitAtSeed(graph, parts, options.runtime);
  const names = runInputs(back).map(({ name }) => name);
  const sessions = new Sessions(options.runtime, { takesTurns: true });
  return {
    radius: windows.radius,
    async run(image, indices) {
      const images = filledUp(model, image);
      const input = { [model.input.name]: images };
      const values = { ...(await sessions.run(forward, input)), ...input };
      const boxes = await windows.run(rowsOf(tensorNamed(values, head.name), 0, 1), indices);
      const maps: ClassMaps[] = [];
      for (const box of boxes) {
        const feeds = pick({ ...values, ...(evidence.length > 0 ? { [seed]: box.gradient() } : {}) }, names);
        const results = evidence.length > 0 ? await sessions.run(back, feeds, 1) : {};
        maps.push({ score: box.score, evidence: [...evidence.map((name) => mapNamed(results, name)), box.evidence] });
      }
      return maps;
    },
    close: () => closeAll([windows, sessions]),
  };
}

/** The network with the way back from the gradient at the head's map to the evidence at the layers before it. */
function graphBelow(model: Model, layers: readonly ChosenLayer[], method: GraphMethod) {
  const head = at(layers, layers.length - 1);
  const below = layers.slice(0, -1);
  const op = new Builder(copyGraph(model.graph), "fovea");
  appendSum(op, model);
  if (below.length === 0) return { graph: op.graph, evidence: [] };
  const seed = op.input(own("gradient"), "float32", dimsOf(model.graph, head.name));
  const gradients = differentiated(op, { of: head.name, seed, wrt: below.map(({ name }) => name) });
  const { target } = appendTarget(op, model, false);
  const evidence = below.map((layer, i) =>
    op.named(own(`evidence_${i}`), appendMethod(op, target, { model, layer, method, gradients }).evidence),
  );
  return { graph: op.graph, evidence };
}

function pick(values: Tensors, names: readonly string[]): Tensors {
  return Object.fromEntries(names.flatMap((name) => (values[name] ? [[name, values[name]] as const] : [])));
}
