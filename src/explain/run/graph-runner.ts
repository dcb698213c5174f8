/** @file Runs a method that is one graph: the whole for one class, cut at the layer for several. */

import { findCut } from "../../model/layers/cut.js";
import type { Layer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import { Batches } from "../../model/run/batches.js";
import { appendSum, own } from "../../model/run/classifier.js";
import { Sessions } from "../../model/run/sessions.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, type Graph, runInputs, type Value } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { int64, type Tensor } from "../../onnx/tensor.js";
import type { GraphMethod } from "../method.js";
import type { ExplainerOptions, ExplanationGraphs } from "../options.js";
import { type AppendMethodOptions, appendMethod } from "./append-method.js";
import { appendTarget } from "./append-target.js";
import { type MapOutputOptions, mapOutputs, namedOutputs } from "./map-outputs.js";
import type { Results, Runner } from "./runner.js";

export function graphRunner(model: Model, layer: Layer, method: GraphMethod, options: ExplainerOptions): Runner {
  const { runtime, against = false, include = [], eigenSmooth = false, seed } = options;
  const graphs = explanationGraphs(
    model,
    { model, layer, method, randomSeed: seed },
    { against, include, eigenSmooth },
  );
  const batches = new Batches(model);
  const { whole, front, tail } = graphs;
  const sessions = new Sessions(runtime, { whole, front, tail });
  return {
    graphs,
    run: (images, classes, { signal }) =>
      batches.run(images, async (part, first, size) => {
        signal?.throwIfAborted();
        const chosenHere = classes.map((row) => int64(row.slice(first, first + size)));
        return runClasses(sessions, graphs, model.input.name, part, chosenHere, signal);
      }),
    close: () => sessions.close(),
  };
}

/** One run of the whole for one class; for several the front runs once. */
async function runClasses(
  sessions: Sessions<"whole" | "front" | "tail">,
  graphs: ExplanationGraphs,
  input: Value,
  images: Tensor,
  classes: readonly Tensor[],
  signal: AbortSignal | undefined,
): Promise<Results[]> {
  const [only, ...others] = classes;
  if (only && others.length === 0) return [await sessions.run("whole", { [input]: images, [own("class")]: only })];
  const passed = graphs.front.nodes.length > 0 ? await sessions.run("front", { [input]: images }) : {};
  const names = runInputs(graphs.tail).flatMap(({ name }) => (name === own("class") ? [] : [name]));
  const feeds = Object.fromEntries(names.map((name) => [name, passed[name] ?? images]));
  const results: Results[] = [];
  for (const choice of classes) {
    signal?.throwIfAborted();
    results.push(await sessions.run("tail", { ...feeds, [own("class")]: choice }));
  }
  return results;
}

interface GraphOptions extends MapOutputOptions {
  readonly against: boolean;
}

/** The network cut at the layer: what comes before, and what comes after with the gradient and the method. */
function explanationGraphs(
  model: Model,
  what: AppendMethodOptions<GraphMethod>,
  options: GraphOptions,
): ExplanationGraphs {
  const op = new Builder(copyGraph(model.graph));
  const { target, ...answers } = appendTarget(op, model, options.against);
  const made = appendMethod(op, target, what);
  const { tail } = made;
  const { graph } = op;
  const names = namedOutputs(tail, { ...answers, ...mapOutputs(made, what.method, options) });
  const cut = findCut(graph, what.layer.name, names);
  const sum = appendSum(tail, model);
  const [whole, front] = [names, cut].map((outputs) => prune(graph, [...outputs, sum])) as [Graph, Graph];
  return { cut, whole, front, tail: prune(graph, names, cut) };
}
