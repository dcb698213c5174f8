/** @file Runs a method that is one graph: the whole for one class, cut at the layer for several. */

import { findCut } from "../../model/layers/cut.js";
import type { Layer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import { Batches } from "../../model/run/batches.js";
import { appendSum } from "../../model/run/classifier.js";
import { isSmall, Sessions } from "../../model/run/sessions.js";
import { own } from "../../model/run/tensors.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, type Graph, runInputs } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { int64, type Tensor } from "../../onnx/tensor.js";
import type { GraphMethod } from "../method.js";
import type { ExplainerOptions, ExplanationGraphs } from "../options.js";
import { type AppendMethodOptions, appendMethod } from "./append-method.js";
import { appendTarget } from "./append-target.js";
import { overLeanNetwork } from "./lean-network.js";
import { type MapOutputOptions, mapOutputs, namedOutputs } from "./map-outputs.js";
import { type ClassResult, readClassResult } from "./map-tensors.js";
import type { Runner } from "./runner.js";

export function graphRunner(model: Model, layer: Layer, method: GraphMethod, options: ExplainerOptions): Runner {
  const { runtime, against = false, include = [], eigenSmooth = false, seed } = options;
  const appended = { model, layer, method, randomSeed: seed };
  const graphs = explanationGraphs(appended, { against, include, eigenSmooth });
  const batches = new Batches(model);
  const sessions = new Sessions(runtime);
  const ofPredicted = isSmall(graphs.whole) ? ofPredictedClass(graphs.whole) : undefined;
  const context = { graphs, ofPredicted, sessions, input: model.input.name };
  return {
    graphs,
    run: (images, classes, { signal }) =>
      batches.run(images, async (part, indices) => {
        signal?.throwIfAborted();
        const rows = classes.map((row) => indices.map((i) => row[i] ?? -1));
        return runClasses(context, part, rows, signal);
      }),
    close: () => sessions.close(),
  };
}

const classInput = own("class");

interface GraphContext {
  readonly graphs: ExplanationGraphs;
  /** The whole for the predicted classes, where a session of its own is cheap. */
  readonly ofPredicted: Graph | undefined;
  readonly sessions: Sessions;
  /** Name of the network's input. */
  readonly input: string;
}

/** One run of the whole for one class; for several the front runs once. */
async function runClasses(
  { graphs, ofPredicted, sessions, input }: GraphContext,
  images: Tensor,
  classes: readonly (readonly number[])[],
  signal: AbortSignal | undefined,
): Promise<ClassResult[]> {
  const [only] = classes;
  if (only && classes.length === 1) {
    const asksForPredicted = ofPredicted !== undefined && only.every((index) => index < 0);
    const outputs = asksForPredicted
      ? await sessions.run(ofPredicted, { [input]: images })
      : await sessions.run(graphs.whole, { [input]: images, [classInput]: int64(only) });
    return [readClassResult(outputs, only)];
  }
  const passed = graphs.front.nodes.length > 0 ? await sessions.run(graphs.front, { [input]: images }) : {};
  const names = runInputs(graphs.tail).flatMap(({ name }) => (name === classInput ? [] : [name]));
  const feeds = Object.fromEntries(names.map((name) => [name, passed[name] ?? images]));
  const results: ClassResult[] = [];
  for (const choice of classes) {
    signal?.throwIfAborted();
    results.push(readClassResult(await sessions.run(graphs.tail, { ...feeds, [classInput]: int64(choice) }), choice));
  }
  return results;
}

/** A whole without its input of classes, which costs as much as some of a small network's nodes. */
function ofPredictedClass(whole: Graph): Graph {
  const choice = whole.nodes.find(({ op, inputs }) => op === "Where" && inputs[2] === classInput);
  if (choice === undefined) return whole;
  const [explained] = choice.outputs;
  const [, predicted = ""] = choice.inputs;
  const nodes = whole.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((value) => (value === explained ? predicted : value)),
  }));
  return prune(
    { ...whole, nodes },
    whole.outputs.map(({ name }) => name),
  );
}

interface GraphOptions extends MapOutputOptions {
  readonly against: boolean;
}

/** The network cut at the layer: the part before, and the part after with the gradient and the method. */
function explanationGraphs(what: AppendMethodOptions<GraphMethod>, options: GraphOptions): ExplanationGraphs {
  return overLeanNetwork(what.model, what.layer.name, (network, onGradients) =>
    graphsOver(network, { ...what, onGradients }, options),
  );
}

function graphsOver(network: Graph, what: AppendMethodOptions<GraphMethod>, options: GraphOptions): ExplanationGraphs {
  const { model, layer } = what;
  const op = new Builder(copyGraph(network));
  const { target, scores, probabilities, predicted } = appendTarget(op, model, options.against);
  const appended = appendMethod(op, target, what);
  const { tail } = appended;
  const answers = { scores, probabilities, predicted };
  const names = namedOutputs(tail, { ...answers, ...mapOutputs(appended, options) });
  const cut = findCut(op.graph, layer.name, names);
  const sum = appendSum(tail, model);
  return {
    cut,
    whole: prune(op.graph, [...names, sum]),
    front: prune(op.graph, [...cut, sum]),
    tail: prune(op.graph, names, cut),
  };
}
