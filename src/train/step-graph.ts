/** @file One training step as one graph: distort, forward, loss, backward, update. */

import { differentiate } from "../autodiff/index.js";
import {
  type Builder,
  float32,
  type Graph,
  Builder as GraphBuilder,
  prune,
  type Tensor,
  type Value,
} from "../onnx/index.js";
import { inferTypes, type Runtime } from "../runtime/index.js";
import { augmentImages } from "./augment.js";
import { buildNetwork, type NetworkDefinition, type NetworkShape } from "./networks.js";
import type { Optimizer } from "./optimizer.js";
import { joinVector, type Layout, layoutOf, packed, splitVector } from "./state.js";

export interface StepOptions {
  readonly network: NetworkDefinition;
  readonly shape: NetworkShape;
  readonly optimizer: Optimizer;
  readonly weightDecay: number;
  readonly labelSmoothing: number;
  readonly augment: boolean;
  readonly seed: number;
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
 * Inputs: `pixels` uint8 [N, C, H, W], `labels` int64 [N], scalars `rate` and `step`, the state vectors, and the random
 * numbers of the augmentation. Outputs: `loss` (mean cross-entropy), `correct` (count) and the new state.
 */
export async function buildStepGraph(options: StepOptions, runtime: Runtime): Promise<StepGraph> {
  const { network, shape, optimizer, weightDecay, labelSmoothing, augment, seed } = options;
  const { layers, images, logits } = buildNetwork(network, shape, seed, true);
  const initializers = layers.graph.initializers;
  const pick = (names: readonly Value[]) => new Map(names.map((name) => [name, initializers.get(name) as Tensor]));
  const parameterTensors = pick(layers.parameters);
  const statisticTensors = pick(layers.statistics.map(({ running }) => running));
  const [parameters, statistics] = [layoutOf(parameterTensors), layoutOf(statisticTensors)];

  const op = trainable(layers.graph, images, parameters, statistics, shape, augment);
  const labels = op.input("labels", "int64", ["N"]);
  const loss = crossEntropy(op, logits, labels, shape.classes, labelSmoothing);
  const correct = op.ReduceSum(
    op.Cast(op.Equal(op.ArgMax(logits, { axis: 1, keepdims: 0 }), labels), { to: 1 }),
    op.ints([0]),
    { keepdims: 0 },
  );
  const typed = await inferTypes(
    prune(op.graph, [loss, correct, ...layers.statistics.map(({ batch }) => batch)]),
    runtime,
  );

  const { graph, gradients } = differentiate(typed, { of: loss, wrt: layers.parameters });
  const update = new GraphBuilder(graph).scope("update");
  const updated = optimizer.update(update, {
    parameters: "parameters",
    gradient: joinVector(
      update,
      layers.parameters.map((name) => gradients.get(name) as Value),
    ),
    rate: update.input("rate", "float32", []),
    step: update.input("step", "float32", []),
    slots: optimizer.slots.map((slot) => update.input(slot, "float32", [parameters.total])),
    decay: update.constant(decayVector(parameters, weightDecay), "decay"),
  });
  graph.outputs = [];
  update.output(loss, "loss");
  update.output(correct, "correct");
  update.output(updated.parameters, "parameters.next");
  optimizer.slots.forEach((slot, i) => update.output(updated.slots[i] as Value, `${slot}.next`));
  const initial: Record<string, Tensor> = { parameters: packed(parameterTensors) };
  for (const slot of optimizer.slots) initial[slot] = float32([parameters.total], new Float32Array(parameters.total));
  if (statistics.total > 0) {
    const batch = joinVector(
      update,
      layers.statistics.map((statistic) => statistic.batch),
    );
    const kept = update.Mul("statistics", update.scalar(1 - statisticsMomentum));
    update.output(update.Add(kept, update.Mul(batch, update.scalar(statisticsMomentum))), "statistics.next");
    initial.statistics = packed(statisticTensors);
  }
  return { graph, parameters, statistics, initial };
}

/** Turns a network with fixed weights and float images into one fed with pixels, random numbers and state vectors. */
function trainable(
  network: Graph,
  images: Value,
  parameters: Layout,
  statistics: Layout,
  { channels, height, width }: NetworkShape,
  augment: boolean,
): Builder {
  const forward = network.nodes;
  network.nodes = [];
  network.inputs = [];
  for (const name of [...parameters.names, ...statistics.names]) network.initializers.delete(name);
  const op = new GraphBuilder(network);
  const pixels = op.input("pixels", "uint8", ["N", channels, height, width]);
  const scaled = op.Mul(op.Cast(pixels, { to: 1 }), op.scalar(1 / 255));
  op.named(images, augment ? augmentImages(op, scaled, height, width) : scaled);
  splitVector(op, op.input("parameters", "float32", [parameters.total]), parameters);
  if (statistics.total > 0) splitVector(op, op.input("statistics", "float32", [statistics.total]), statistics);
  for (const node of forward) op.append(node);
  return op;
}

/** Mean of -Σ qₖ log pₖ, where q is 1 - s on the true class plus s/K everywhere (Szegedy et al. 2016). */
function crossEntropy(op: Builder, logits: Value, labels: Value, classes: number, smoothing: number): Value {
  const [off, on] = [smoothing / classes, 1 - smoothing + smoothing / classes];
  const wanted = op.OneHot(labels, op.int(classes), op.constant(float32([2], [off, on]), "off_on"), { axis: -1 });
  const each = op.ReduceSum(op.Mul(wanted, op.LogSoftmax(logits, { axis: 1 })), op.ints([1]), { keepdims: 0 });
  return op.Neg(op.ReduceMean(each, op.ints([0]), { keepdims: 0 }));
}

/** Weights decay, biases and normalisation parameters don't. */
function decayVector(layout: Layout, weightDecay: number): Tensor {
  const each = layout.dims.flatMap((dims, i) => Array(layout.sizes[i]).fill(dims.length > 1 ? weightDecay : 0));
  return float32([layout.total], each);
}
