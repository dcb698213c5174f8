/** @file Finds where in a network a map is lost: values that overflow, pass no gradient, or are silent. */

import { flat } from "../../autodiff/rule.js";
import { rules } from "../../autodiff/rules/index.js";
import type { Layer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import { dimsOf, type GraphNode, producers, readsOf, type Value } from "../../onnx/graph.js";
import { ancestors, descendants } from "../../onnx/prune.js";
import { floats, type Tensor } from "../../onnx/tensor.js";
import { nodesBetween } from "../run/gradients.js";
import { smallestEffect } from "./diagnose.js";
import type { Probe } from "./diagnose-probe.js";

/**
 * - `overflow`: a node makes the first values that are not finite, or its weights hold them;
 * - `off-path`: the class does not read the layer;
 * - `dead-units`: the units that the class depends on are off;
 * - `saturated`: they are saturated;
 * - `blocked`: another operator passes no gradient;
 * - `cancelled`: there is a gradient, but the method's mean over the positions makes nothing of it;
 * - `normalised`: behind the layer the scale of each position's channels is taken away;
 * - `dead-channels`: the layer's channels are zero on this image;
 * - `pooled`: all positions were taken together before the layer.
 */
export type CauseKind =
  | "overflow"
  | "off-path"
  | "dead-units"
  | "saturated"
  | "blocked"
  | "cancelled"
  | "normalised"
  | "dead-channels"
  | "pooled";

export interface Cause {
  readonly kind: CauseKind;
  /** Name of the node where it happens; undefined where it is the layer itself. */
  readonly node?: string;
  /** That node's operator. */
  readonly op?: string;
  /** How many numbers, units or channels are concerned. */
  readonly count?: number;
  /** Of how many. */
  readonly of?: number;
  /** The largest value that leaves a saturated node. */
  readonly largest?: number;
  /** One sentence for people. */
  readonly text: string;
}

const squashing = new Set(["Sigmoid", "HardSigmoid", "Tanh", "Softsign", "Erf", "Softmax", "LogSoftmax", "Hardmax"]);
/** Those whose units depend on each other. */
const mixing = new Set(["Softmax", "LogSoftmax", "Hardmax"]);
const rectifying = new Set([
  ...["Relu", "LeakyRelu", "PRelu", "ThresholdedRelu", "Max", "Elu", "Selu", "Celu"],
  ...["Gelu", "HardSwish", "Mish", "Swish", "Softplus"],
]);
const selecting = new Set(["Slice", "Split", "Gather", "GatherElements", "GatherND", "Concat"]);
/** How far the gradient must fall at one node for that node to be the reason: scaling by weights stays above. */
const fall = 1e-3;

/** Where the gradient of the class's score ends, or all but ends, on its way back to the layer. */
export function lossOfGradient(probe: Probe, layer: Layer): Cause | undefined {
  const { behind, gradients } = probe;
  const size = (values: readonly Value[]) => Math.max(0, ...values.map((value) => largest(gradients.get(value))));
  const drops = behind.flatMap((node) => {
    const [arrives, leaves] = [size(node.outputs), size(readsOf(node))];
    return arrives > 0 ? [{ node, factor: leaves / arrives }] : [];
  });
  const ended = size([layer.name]) === 0;
  const worst = ended
    ? drops.findLast(({ factor }) => factor === 0)
    : drops.filter(({ factor }) => factor < fall).sort((a, b) => a.factor - b.factor)[0];
  return worst && lossAt(worst.node, probe, ended ? "ends" : "all but ends");
}

function lossAt(node: GraphNode, probe: Probe, ends: string): Cause {
  const { op } = node;
  const at = { node: node.name, op };
  const name = `${op} "${node.name}"`;
  const off = op === "Clip" ? clippedBelow(node, probe) : rectifying.has(op);
  if (off || squashing.has(op) || op === "Clip") {
    const units = shutUnits(node, probe);
    const top = firstOf(node.outputs, probe.values)?.reduce((a, b) => Math.max(a, b)) ?? Number.NaN;
    const state = off ? "off" : "saturated";
    const description = units
      ? `${units.count} of the ${units.of} units there that the class depends on are ${state}`
      : `it is saturated, its largest value is ${top.toFixed(7)}`;
    return {
      kind: off ? "dead-units" : "saturated",
      ...at,
      ...units,
      ...(off ? {} : { largest: top }),
      text: `The gradient ${ends} at ${name} behind the layer: ${description}.`,
    };
  }
  if (selecting.has(op)) {
    const text = `The class does not depend on this layer: what it reads at ${name} comes from elsewhere.`;
    return { kind: "off-path", ...at, text };
  }
  const why = rules[op] === flat ? ", whose slope is zero everywhere" : "";
  return { kind: "blocked", ...at, text: `The gradient ${ends} at ${name} behind the layer${why}.` };
}

/** Of the units that the class depends on, those that pass nothing on; undefined where the operator mixes units. */
function shutUnits(node: GraphNode, { gradients }: Probe): { count: number; of: number } | undefined {
  const arrives = firstOf(node.outputs, gradients);
  const leaves = firstOf(node.inputs, gradients);
  if (mixing.has(node.op) || arrives === undefined || leaves?.length !== arrives.length) return undefined;
  let [count, of] = [0, 0];
  arrives.forEach((gradient, i) => {
    if (gradient === 0) return;
    of++;
    if (Math.abs(leaves[i] as number) <= fall * Math.abs(gradient)) count++;
  });
  return { count, of };
}

function clippedBelow(node: GraphNode, { values }: Probe): boolean {
  const [before, after] = [firstOf(node.inputs, values), firstOf(node.outputs, values)];
  const raised = after?.filter((value, i) => value > (before?.[i] ?? Number.NaN)).length ?? 0;
  return 2 * raised > (after?.length ?? 0);
}

/** The gradient reaches the layer, but only tokens that are no places of the picture. */
export function onlyBesideTheGrid(
  { layout }: Layer,
  atLayer: Float32Array | undefined,
  atPlaces: Float32Array,
): Cause | undefined {
  if (typeof layout === "string" || largest(atPlaces) > 0 || largest(atLayer) === 0) return undefined;
  const { sizes, skip } = layout.tokens;
  const others = skip === 1 ? "the token" : `the ${skip} tokens`;
  const text = `Behind this layer only ${others} beside its ${sizes.join("x")} places reach the scores.`;
  return { kind: "off-path", text };
}

/** The channel weights are nothing in comparison with the gradient that they are the mean of. */
export function cancellation(gradient: Float32Array, weights: Float32Array): Cause | undefined {
  const [mean, single] = [largest(weights), largest(gradient)];
  if (mean > smallestEffect * single) return undefined;
  const text = `The gradient is up to ${single.toExponential(1)} at single positions, but its mean over them is at most ${mean.toExponential(1)}: something behind the layer takes the mean away, as a normalisation over positions does.`;
  return { kind: "cancelled", text };
}

const normalising = new Set([
  ...["LayerNormalization", "RMSNormalization", "GroupNormalization", "InstanceNormalization"],
  ...["LpNormalization", "MeanVarianceNormalization", "ReduceL2", "Sqrt", "Pow"],
]);

/** The first node behind the layer that normalises, or of those that a normalisation is written out in. */
export function normalisationBehind({ graph, scores }: Model, layer: Layer): Cause {
  const node = nodesBetween(graph, layer.name, scores).find(({ op }) => normalising.has(op));
  const what = "the score does not depend on the scale of a position's channels";
  if (node === undefined) return { kind: "normalised", text: `Behind this layer ${what}.` };
  const text = `It is the normalisation at ${node.op} "${node.name}" behind the layer: with it, ${what}.`;
  return { kind: "normalised", node: node.name, op: node.op, text };
}

/** Channels of the layer that are zero everywhere; [C, h, w]. */
export function deadChannels(activation: Tensor): Cause {
  const [, of = 0] = activation.dims;
  const area = activation.size / of;
  const values = floats(activation);
  const dead = (c: number) => values.subarray(c * area, (c + 1) * area).every((value) => value === 0);
  const count = Array.from({ length: of }, (_, c) => dead(c)).filter(Boolean).length;
  const text = `${count} of its ${of} channels are zero at every position.`;
  return { kind: "dead-channels", count, of, text };
}

/** Where the first value arises that is not finite: on the way to the scores or to the layer, else on the way back. */
export function overflow({ graph, behind, values, gradients }: Probe, { scores }: Model, layer: Layer): Cause {
  const nodeOf = producers(graph);
  const bad = (value: Value) => notFinite(values.get(value)) > 0;
  let node = nodeOf.get([scores, layer.name].find(bad) ?? "");
  for (let cause = node; cause; cause = nodeOf.get(readsOf(cause).find(bad) ?? "")) node = cause;
  if (node) {
    for (const input of node.inputs) {
      const weights = graph.initializers.get(input);
      const count = weights?.type === "float32" ? notFinite(floats(weights)) : 0;
      if (weights && count > 0) return overflowAt(node, `its weights "${input}" hold`, count, weights.size);
    }
    const output = values.get(node.outputs.find(bad) ?? "");
    return overflowAt(node, "the network overflows there, with", notFinite(output), output?.length ?? 0);
  }
  const badGradient = (value: Value) => notFinite(gradients.get(value)) > 0;
  const back = behind.findLast((each) => readsOf(each).some(badGradient) && !each.outputs.some(badGradient));
  if (back === undefined) {
    return { kind: "overflow", text: "Activations and gradient are finite: the method's own sums overflow." };
  }
  const gradient = gradients.get(readsOf(back).find(badGradient) ?? "");
  return overflowAt(back, "the gradient overflows there, with", notFinite(gradient), gradient?.length ?? 0);
}

function overflowAt(node: GraphNode, description: string, count: number, of: number): Cause {
  const text = `It begins at ${node.op} "${node.name}": ${description} ${count} of ${of} numbers not finite.`;
  return { kind: "overflow", node: node.name, op: node.op, count, of, text };
}

/** Whether every way from the image to the layer passes a value without positions, and where. */
export function pooledBefore({ graph, input }: Model, layer: Layer): Cause | undefined {
  const pooled = (value: Value) => {
    const sizes = dimsOf(graph, value)?.slice(1);
    return sizes !== undefined && sizes.filter((size) => size !== 1).length < 2;
  };
  const spatial = new Set([input.name]);
  for (const node of graph.nodes) {
    if (!readsOf(node).some((value) => spatial.has(value))) continue;
    for (const output of node.outputs) if (!pooled(output)) spatial.add(output);
  }
  if (spatial.has(layer.name)) return undefined;
  const [before, after] = [ancestors(graph, [layer.name]), descendants(graph, [input.name])];
  const node = graph.nodes.find(({ outputs }) =>
    outputs.some((value) => before.has(value) && after.has(value) && pooled(value)),
  );
  if (node === undefined) return undefined;
  const text = `${node.op} "${node.name}" takes all positions together before this layer.`;
  return { kind: "pooled", node: node.name, op: node.op, text };
}

/** The numbers of the first of some values. */
function firstOf([first = ""]: readonly Value[], numbers: ReadonlyMap<Value, Float32Array>): Float32Array | undefined {
  return numbers.get(first);
}

function largest(values: Float32Array | undefined): number {
  return values?.reduce((most, value) => Math.max(most, Math.abs(value)), 0) ?? 0;
}

function notFinite(values: Float32Array | undefined): number {
  return values?.reduce((count, value) => count + (Number.isFinite(value) ? 0 : 1), 0) ?? 0;
}
