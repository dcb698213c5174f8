/** @file One training step as one graph: distort, forward, loss, backward, update. */

import { differentiate } from "../../autodiff/differentiate.js";
import { at, present } from "../../foundation/present.js";
import { type Builder, Builder as GraphBuilder } from "../../onnx/builder.js";
import { copyGraph, type Graph, type Value } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { float32, type Tensor } from "../../onnx/tensor.js";
import { inferTypes } from "../../runtime/infer-types.js";
import type { Runtime } from "../../runtime/session.js";
import type { Trainable, TrainableGraph } from "../trainable.js";
import { type Augmentation, augmentImages } from "./augment.js";
import type { Optimizer } from "./optimizer.js";
import { joinVector, type Layout, layoutOf, packTensors, splitVector } from "./state.js";

export interface StepOptions {
  readonly optimizer: Optimizer;
  readonly weightDecay: number;
  readonly labelSmoothing: number;
  readonly augmentation: Augmentation | null;
  /** Weight of each class in the loss; undefined for 1 each. */
  readonly classWeights?: readonly number[] | undefined;
}

/** The step graph with the state it begins from. State vectors go in as `name` and come out as `name.next`. */
export interface StepGraph {
  readonly graph: Graph;
  readonly parameters: Layout;
  readonly statistics: Layout;
  readonly initial: Readonly<Record<string, Tensor>>;
}

/** How fast the running statistics follow the batch's. */
const statisticsMomentum = 0.1;

/**
 * Inputs: `examples` [N, ...], `labels` int64 [N], scalars `rate` and `step`, the state vectors, and the random numbers of the
 * augmentation. Outputs: `loss` (mean cross-entropy), `correct` (count) and the new state.
 */
export async function buildStepGraph(
  trainable: Trainable,
  { optimizer, weightDecay, labelSmoothing, augmentation, classWeights }: StepOptions,
  runtime: Runtime,
): Promise<StepGraph> {
  const network = trainable.build();
  const { initializers } = network.graph;
  const pick = (names: readonly Value[]) => new Map(names.map((name) => [name, present(initializers.get(name), name)]));
  const parameterTensors = pick(network.parameters);
  const statisticTensors = pick(network.statistics.map(({ running }) => running));
  const [parameters, statistics] = [layoutOf(parameterTensors), layoutOf(statisticTensors)];

  const op = appendExamples(network, trainable, augmentation, { parameters, statistics });
  const labels = op.input("labels", "int64", ["N"]);
  const { classes, head } = trainable;
  const logits = head === "sigmoid" ? pairScores(op, network.logits) : network.logits;
  const loss = crossEntropy(op, logits, labels, { classes, smoothing: labelSmoothing, weights: classWeights });
  const correct = countCorrect(op, logits, labels);
  const forward = await inferTypes(
    prune(op.graph, [loss, correct, ...network.statistics.map(({ batch }) => batch)]),
    runtime,
  );

  const { graph, gradients } = differentiate(forward, { of: loss, wrt: network.parameters });
  const update = new GraphBuilder(graph).scope("update");
  const next = optimizer.update(update, {
    parameters: "parameters",
    gradient: joinVector(
      update,
      network.parameters.map((name) => present(gradients.get(name), `gradient of ${name}`)),
    ),
    rate: update.input("rate", "float32", []),
    step: update.input("step", "float32", []),
    slots: optimizer.slots.map((slot) => update.input(slot, "float32", [parameters.total])),
    decay: update.constant(decayVector(parameters, weightDecay), "decay"),
  });
  graph.outputs = [];
  update.output(loss, "loss");
  update.output(correct, "correct");
  update.output(next.parameters, "parameters.next");
  optimizer.slots.forEach((slot, i) => update.output(at(next.slots, i), `${slot}.next`));
  const initial: Record<string, Tensor> = { parameters: packTensors(parameterTensors) };
  for (const slot of optimizer.slots) initial[slot] = float32([parameters.total], new Float32Array(parameters.total));
  if (statistics.total > 0) {
    const batch = joinVector(
      update,
      network.statistics.map((statistic) => statistic.batch),
    );
    const old = update.Mul("statistics", update.scalar(1 - statisticsMomentum));
    update.output(update.Add(old, update.Mul(batch, update.scalar(statisticsMomentum))), "statistics.next");
    initial.statistics = packTensors(statisticTensors);
  }
  return { graph, parameters, statistics, initial };
}

/** A network for inference that is fed with examples as a training step is. */
export function feedExamples(network: Graph, trainable: Trainable): Graph {
  const input = at(network.inputs, 0).name;
  const { graph } = appendExamples({ graph: copyGraph(network), input }, trainable, null);
  graph.outputs = [...network.outputs];
  return graph;
}

/**
 * Turns a network with a float input into one fed with examples and random numbers, and where there is a state with its
 * vectors in place of the weights.
 */
function appendExamples(
  { graph, input }: Pick<TrainableGraph, "graph" | "input">,
  { example, prepare }: Trainable,
  augmentation: Augmentation | null,
  state?: Pick<StepGraph, "parameters" | "statistics">,
): Builder {
  const forward = graph.nodes;
  graph.nodes = [];
  graph.inputs = [];
  for (const { name } of [...(state?.parameters.slices ?? []), ...(state?.statistics.slices ?? [])]) {
    graph.initializers.delete(name);
  }
  const op = new GraphBuilder(graph);
  const examples = op.input("examples", example.type, ["N", ...example.dims]);
  const scaled = example.type === "uint8" ? op.Mul(op.Cast(examples, { to: 1 }), op.scalar(1 / 255)) : examples;
  op.named(input, prepare(op, augmentation ? augmentImages(op, scaled, example.dims, augmentation) : scaled));
  for (const [name, layout] of Object.entries(state ?? {})) {
    if (layout.total > 0) splitVector(op, op.input(name, "float32", [layout.total]), layout);
  }
  for (const node of forward) op.append(node);
  return op;
}

/** Turns one score z into the two -z/2 and z/2: their softmax is z's sigmoid. */
function pairScores(op: Builder, score: Value): Value {
  return op.Concat(op.Mul(score, op.scalar(-0.5)), op.Mul(score, op.scalar(0.5)), { axis: 1 });
}

/**
 * Mean of -w Σ qₖ log pₖ, where q is 1 - s on the true class plus s/K everywhere (Szegedy et al. 2016), and w the true class's
 * weight.
 */
function crossEntropy(
  op: Builder,
  logits: Value,
  labels: Value,
  { classes, smoothing, weights }: { classes: number; smoothing: number; weights: readonly number[] | undefined },
): Value {
  const [off, on] = [smoothing / classes, 1 - smoothing + smoothing / classes];
  const targets = op.OneHot(labels, op.int(classes), op.constant(float32([2], [off, on]), "off_on"), { axis: -1 });
  const each = op.ReduceSum(op.Mul(targets, op.LogSoftmax(logits, { axis: 1 })), op.ints([1]), { keepdims: 0 });
  const weighted = weights
    ? op.Mul(each, op.Gather(op.constant(float32([classes], weights), "class_weights"), labels))
    : each;
  return op.Neg(op.ReduceMean(weighted, op.ints([0]), { keepdims: 0 }));
}

function countCorrect(op: Builder, logits: Value, labels: Value): Value {
  const right = op.Equal(op.ArgMax(logits, { axis: 1, keepdims: 0 }), labels);
  return op.ReduceSum(op.Cast(right, { to: 1 }), op.ints([0]), { keepdims: 0 });
}

/** Weights decay, biases and normalisation parameters don't. */
function decayVector(layout: Layout, weightDecay: number): Tensor {
  const each = layout.slices.flatMap(({ dims, size }) => Array<number>(size).fill(dims.length > 1 ? weightDecay : 0));
  return float32([layout.total], each);
}
