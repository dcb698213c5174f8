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
import { type Augmentation, augmentImages, sampleAt, samplingGrid } from "./augment.js";
import { appendEnergyLoss } from "./energy.js";
import type { Optimizer } from "./optimizer.js";
import { joinVector, type Layout, layoutOf, packTensors, splitVector } from "./state.js";

export interface StepOptions {
  readonly optimizer: Optimizer;
  readonly weightDecay: number;
  readonly labelSmoothing: number;
  readonly augmentation: Augmentation | null;
  /** Weight of each class in the loss; undefined for 1 each. */
  readonly classWeights?: readonly number[] | undefined;
  /** Whether each example has a weight of its own in the loss: the input `weights` [N]. Default false. */
  readonly exampleWeights?: boolean;
  /** Weight of the energy loss, whose boxes are the input `boxes` [N, 1, H, W] (see `appendEnergyLoss`). Default: none. */
  readonly energyLoss?: number | undefined;
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
 * Inputs: `examples` [N, ...], `labels` int64 [N], scalars `rate` and `step`, the state vectors, the random numbers of the
 * augmentation, and what the options ask for. Outputs: `loss` (mean cross-entropy, and the energy loss), `correct` (count) and the new
 * state.
 */
export async function buildStepGraph(trainable: Trainable, options: StepOptions, runtime: Runtime): Promise<StepGraph> {
  const network = trainable.build();
  const { initializers } = network.graph;
  const pick = (names: readonly Value[]) => new Map(names.map((name) => [name, present(initializers.get(name), name)]));
  const parameterTensors = pick(network.parameters);
  const statisticTensors = pick(network.statistics.map(({ running }) => running));
  const [parameters, statistics] = [layoutOf(parameterTensors), layoutOf(statisticTensors)];

  const { forward, loss, correct } = await appendLoss(network, trainable, options, { parameters, statistics }, runtime);
  const { graph, gradients } = differentiate(forward, { of: loss, wrt: network.parameters });
  graph.outputs = [];
  const update = new GraphBuilder(graph).scope("update");
  const all = network.parameters.map((name) => present(gradients.get(name), `gradient of ${name}`));
  appendUpdate(update, joinVector(update, all), parameters, options);
  update.output(loss, "loss");
  update.output(correct, "correct");
  const initial: Record<string, Tensor> = { parameters: packTensors(parameterTensors) };
  for (const slot of options.optimizer.slots)
    initial[slot] = float32([parameters.total], new Float32Array(parameters.total));
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

/** From examples to the loss, with the types of all values. */
async function appendLoss(
  network: TrainableGraph,
  trainable: Trainable,
  { augmentation, labelSmoothing, classWeights, exampleWeights = false, energyLoss }: StepOptions,
  state: Pick<StepGraph, "parameters" | "statistics">,
  runtime: Runtime,
): Promise<{ forward: Graph; loss: Value; correct: Value }> {
  const boxes = energyLoss === undefined ? undefined : ("boxes" as const);
  const op = appendExamples(network, trainable, { augmentation, boxes }, state);
  if (trainable.objective) {
    const { loss, correct } = trainable.objective.append(op, network.logits);
    const kept = [loss, correct, ...network.statistics.map(({ batch }) => batch)];
    return { forward: await inferTypes(prune(op.graph, kept), runtime), loss, correct };
  }
  const labels = op.input("labels", "int64", ["N"]);
  const weights = exampleWeights ? op.input("weights", "float32", ["N"]) : undefined;
  const { classes, head } = trainable;
  const logits = head === "sigmoid" ? pairScores(op, network.logits) : network.logits;
  const crossed = crossEntropy(op, logits, labels, { classes, smoothing: labelSmoothing, classWeights, weights });
  const correct = countCorrect(op, logits, labels);
  const kept = [crossed, correct, ...network.statistics.map(({ batch }) => batch)];
  if (boxes === undefined) return { forward: await inferTypes(prune(op.graph, kept), runtime), loss: crossed, correct };
  const typed = await inferTypes(prune(op.graph, [...kept, logits, shownBoxes]), runtime);
  const [, height = 1, width = 1] = trainable.example.dims;
  const energy = appendEnergyLoss(typed, { logits, labels, boxes: shownBoxes }, [height, width]);
  const sum = new GraphBuilder(energy.graph).scope("loss");
  const loss = sum.Add(crossed, sum.Mul(energy.loss, sum.scalar(energyLoss ?? 0)));
  const [, ...others] = kept;
  return { forward: await inferTypes(prune(sum.graph, [loss, ...others]), runtime), loss, correct };
}

/** Appends the optimiser's update of the parameters. */
function appendUpdate(
  update: Builder,
  gradient: Value,
  parameters: Layout,
  { optimizer, weightDecay }: Pick<StepOptions, "optimizer" | "weightDecay">,
): void {
  const next = optimizer.update(update, {
    parameters: "parameters",
    gradient,
    rate: update.input("rate", "float32", []),
    step: update.input("step", "float32", []),
    slots: optimizer.slots.map((slot) => update.input(slot, "float32", [parameters.total])),
    decay: update.constant(decayVector(parameters, weightDecay), "decay"),
  });
  update.output(next.parameters, "parameters.next");
  optimizer.slots.forEach((slot, i) => update.output(at(next.slots, i), `${slot}.next`));
}

/** A network for inference that is fed with examples as a training step is. */
export function feedExamples(network: Graph, trainable: Trainable): Graph {
  const input = at(network.inputs, 0).name;
  const { graph } = appendExamples({ graph: copyGraph(network), input }, trainable, { augmentation: null });
  graph.outputs = [...network.outputs];
  return graph;
}

/** The boxes as the distorted images have them. */
const shownBoxes = "boxes.shown";

interface ShownExamples {
  readonly augmentation: Augmentation | null;
  /** An input with the boxes, which are distorted as the images are. */
  readonly boxes?: "boxes" | undefined;
}

/**
 * Turns a network with a float input into one fed with examples and random numbers, and where there is a state with its
 * vectors in place of the weights.
 */
export function appendExamples(
  { graph, input }: Pick<TrainableGraph, "graph" | "input">,
  { example, prepare }: Trainable,
  { augmentation, boxes }: ShownExamples,
  state?: Pick<StepGraph, "parameters" | "statistics">,
): Builder {
  const op = new GraphBuilder(graph);
  const forward = graph.nodes;
  graph.nodes = [];
  graph.inputs = graph.inputs.filter(({ name }) => name !== input);
  for (const { name } of [...(state?.parameters.slices ?? []), ...(state?.statistics.slices ?? [])]) {
    graph.initializers.delete(name);
  }
  const { dims } = example;
  const examples = op.input("examples", example.type, ["N", ...dims]);
  const scaled = example.type === "uint8" ? op.Mul(op.Cast(examples, { to: 1 }), op.scalar(1 / 255)) : examples;
  const grid = augmentation && samplingGrid(op, dims);
  op.named(input, prepare(op, grid ? augmentImages(op, scaled, dims, augmentation, grid) : scaled));
  if (boxes) {
    const given = op.input(boxes, "float32", ["N", 1, ...dims.slice(1)]);
    op.named(shownBoxes, grid ? sampleAt(op, given, grid) : given);
  }
  for (const [name, layout] of Object.entries(state ?? {})) {
    if (layout.total > 0) splitVector(op, op.input(name, "float32", [layout.total]), layout);
  }
  for (const node of forward) op.append(node);
  return op;
}

/** Turns one score z into the two -z/2 and z/2: their softmax is z's sigmoid. */
export function pairScores(op: Builder, score: Value): Value {
  return op.Concat(op.Mul(score, op.scalar(-0.5)), op.Mul(score, op.scalar(0.5)), { axis: 1 });
}

/** What the cross-entropy's targets and weights are. */
interface CrossEntropy {
  readonly classes: number;
  readonly smoothing: number;
  readonly classWeights: readonly number[] | undefined;
  /** One for each example, [N]. */
  readonly weights: Value | undefined;
}

/**
 * Mean of -w Σ qₖ log pₖ, where q is 1 - s on the true class plus s/K everywhere (Szegedy et al. 2016), and w the true class's
 * weight, or the example's own.
 */
function crossEntropy(op: Builder, logits: Value, labels: Value, options: CrossEntropy): Value {
  const { classes, smoothing, classWeights, weights } = options;
  const [off, on] = [smoothing / classes, 1 - smoothing + smoothing / classes];
  const targets = op.OneHot(labels, op.int(classes), op.constant(float32([2], [off, on]), "off_on"), { axis: -1 });
  const each = op.ReduceSum(op.Mul(targets, op.LogSoftmax(logits, { axis: 1 })), op.ints([1]), { keepdims: 0 });
  const factor = classWeights
    ? op.Gather(op.constant(float32([classes], classWeights), "class_weights"), labels)
    : weights;
  const weighted = factor ? op.Mul(each, factor) : each;
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
