/** @file The graphs that a method of many passes runs: the image as it is, a batch of masks, and the map of the scores. */

import { findCut } from "../../../model/layers/cut.js";
import { activationPlanes } from "../../../model/layers/fold.js";
import { imageLayer, type Layer } from "../../../model/layers/layer.js";
import { gridOf, type Layout } from "../../../model/layers/layout.js";
import type { Model } from "../../../model/model.js";
import { appendScores, appendSum } from "../../../model/run/classifier.js";
import { own } from "../../../model/run/tensors.js";
import { Builder } from "../../../onnx/builder.js";
import {
  copyGraph,
  type Dim,
  dimsOf,
  emptyGraph,
  type Graph,
  typeOf,
  type Value,
  type ValueInfo,
  type ValueType,
} from "../../../onnx/graph.js";
import { prune } from "../../../onnx/prune.js";
import { dataTypes } from "../../../onnx/tensor.js";
import type { MaskInputs, PassMethod } from "../../method.js";
import { attributionOf } from "../../methods/parts/weighted-sum.js";
import type { ExplanationGraphs } from "../../options.js";
import { type MapOutputOptions, namedOutputs, smoothEvidence } from "../map-outputs.js";

export interface PassGraphs extends ExplanationGraphs {
  /** Image to scores, the layer's activation, and the start of the passes. */
  readonly whole: Graph;
  /** The start of the passes, and rows of the plan, to the measured values, [b, K]. */
  readonly tail: Graph;
  /** The measured numbers to evidence, map and weights of K classes. */
  readonly combine: Graph;
  /** The output that is measured. */
  readonly measures: "scores" | "probabilities";
  /** The masked layer: the image itself, or the layer. */
  readonly masked: Layer;
  /** Values that pass around the layer, from which the passes start, too. */
  readonly around: readonly Value[];
}

export interface PassGraphOptions extends MapOutputOptions {
  readonly against: boolean;
  readonly samples: number;
}

export function passGraphs(model: Model, layer: Layer, method: PassMethod, options: PassGraphOptions): PassGraphs {
  const op = new Builder(copyGraph(model.graph));
  const { ranking, ...scores } = appendScores(op, model);
  const predicted = op.ArgMax(ranking, { axis: 1, keepdims: 0 });
  const activation = activationPlanes(op, layer);
  const energy = op.ReduceL1(activation, op.ints([2, 3]), { keepdims: 0 });
  const results = namedOutputs(op, { ...scores, predicted, planes: activation, energy });
  const measures = measuredOf(model, method);
  const outputs = namedOutputs(op, {
    values: op.Gather(scores[measures], op.input(own("class"), "int64", ["K"]), { axis: 1 }),
  });

  const cut = findCut(op.graph, layer.name, outputs);
  const front = prune(op.graph, [...cut, appendSum(op, model)]);
  const channels = method.masks === "channels";
  const around = channels ? cut.filter((name) => name !== layer.name) : [];
  const whole = prune(op.graph, [...results, ...(channels ? cut : [])]);
  const masked = channels ? layer : imageLayer(model);
  putMasks(op.graph, masked, method, layer);
  const tail = prune(op.graph, outputs, around);
  return { whole, front, cut, tail, combine: combineGraph(layer, method, options), masked, around, measures };
}

/** Probabilities are those of classes: where there is no class, a single one, or one at each place, the score is measured. */
function measuredOf({ graph, scores, target, classCount }: Model, { measures }: PassMethod): PassGraphs["measures"] {
  const places = dimsOf(graph, scores)?.slice(2) ?? [];
  const classes = target === undefined && classCount !== 1 && places.every((size) => size === 1);
  return measures === "probability" && classes ? "probabilities" : "scores";
}

/** Puts masks on a value, of which those of a single image become an input: the masks make a batch of it. */
function putMasks(graph: Graph, masked: Layer, method: PassMethod, layer: Layer): void {
  const op = new Builder(graph, `fovea/${method.name}`);
  const network = graph.nodes;
  const type = typeOf(graph, masked.name) as ValueType;
  const after = network.findIndex(({ outputs }) => outputs.includes(masked.name)) + 1;
  graph.nodes = network.slice(0, after).map((node) => ({ ...node, outputs: node.outputs.map(nameUnmasked) }));
  graph.inputs = graph.inputs.filter(({ name }) => name !== masked.name);
  graph.types.set(masked.name, type);
  const one = op.input(own("one"), type.type, [1, ...masked.dims.slice(1)]);
  const activation = masked === layer ? activationPlanes(op, { ...masked, name: one }) : activationInput(op, layer);
  const masks = unfoldMasks(op, method.mask(op, maskInputs(op, activation)), masked.layout);
  op.named(masked.name, appendMasked(op, one, masks, masked));
  graph.nodes.push(...network.slice(after));

  function nameUnmasked(name: Value): Value {
    return name === masked.name ? op.fresh("unmasked") : name;
  }
}

function activationInput(op: Builder, { layout, dims }: Layer): Value {
  const { channels, height, width } = gridOf(layout, dims);
  return op.input(own("activation"), "float32", [1, channels, height, width]);
}

function maskInputs(op: Builder, activation: Value): MaskInputs {
  const inputNames = new Set<string>();
  const input = (name: string, type: ValueInfo["type"], dims: readonly Dim[]) => {
    if (!inputNames.has(name)) op.input(own(name), type, dims);
    inputNames.add(name);
    return own(name);
  };
  return { activation, size: input("size", "int64", [2]), planned: input };
}

/** Masks [b, 1, H, W] or [b, C, 1, 1] in a layout. */
function unfoldMasks(op: Builder, masks: Value, layout: Layout): Value {
  if (layout === "nchw") return masks;
  if (layout === "nhwc") return op.Transpose(masks, { perm: [0, 2, 3, 1] });
  return op.Transpose(op.Squeeze(masks, op.ints([3])), { perm: [0, 2, 1] });
}

/** A value under masks; masked whole numbers that stand for real ones become the zero point. */
function appendMasked(op: Builder, value: Value, masks: Value, { quantization }: Layer): Value {
  if (quantization === undefined) return op.Mul(value, masks);
  const zero = quantization.zeroPoint ?? op.CastLike(op.scalar(0), value);
  // onnxruntime has no Where for all types of whole numbers.
  const [whole, gone] = [value, zero].map((each) => op.Cast(each, { to: dataTypes.int32 })) as [Value, Value];
  return op.CastLike(op.Where(op.Cast(masks, { to: dataTypes.bool }), whole, gone), value);
}

function combineGraph(
  layer: Layer,
  method: PassMethod,
  { against, include, eigenSmooth, samples }: PassGraphOptions,
): Graph {
  const op = new Builder(emptyGraph("combine"), `fovea/${method.name}`);
  const signedFor = (value: Value) => (against ? op.Neg(value) : value);
  const values = signedFor(op.Transpose(op.input(own("values"), "float32", ["b", "K"]), { perm: [1, 0] }));
  const base = signedFor(op.Transpose(op.input(own("base"), "float32", [1, "K"]), { perm: [1, 0] }));
  const channels = op.input(own("channels"), "int64", ["c"]);
  const inputs = maskInputs(op, activationInput(op, layer));
  const combination = method.combine(op, { ...inputs, values, base, channels, samples });
  const before = method.additive ? op.input(own("before"), "float32", ["K", 1, "H", "W"]) : undefined;
  const single = eigenSmooth ? smoothEvidence(op, inputs, combination) : combination.evidence;
  const evidence = before ? op.Add(before, single) : single;
  const attribution = include.includes("attribution") ? attributionOf(op, inputs, combination) : undefined;
  return prune(
    op.graph,
    namedOutputs(op, { evidence, map: op.Relu(evidence), weights: combination.weights, attribution }),
  );
}
