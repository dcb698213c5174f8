/** @file The graphs that a method of many passes runs: the image as it is, a batch of masks, and the map of the scores. */

import { appendResized } from "../../../image/input/resample.js";
import { isChannelsFirst, placesIn } from "../../../model/input/axis-order.js";
import { findCut } from "../../../model/layers/cut.js";
import {
  activationPlanes,
  checkSameAxes,
  placeAxes,
  placeSizes,
  planeSizes,
  unfoldPlanes,
} from "../../../model/layers/fold.js";
import { imageLayer, type Layer } from "../../../model/layers/layer.js";
import { gridOf } from "../../../model/layers/layout.js";
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
  type Value,
  type ValueInfo,
} from "../../../onnx/graph.js";
import { prune } from "../../../onnx/prune.js";
import { dataTypes } from "../../../onnx/tensor.js";
import { isFine, type MaskInputs, type PassMethod } from "../../method.js";
import { attributionOf } from "../../methods/parts/weighted-sum.js";
import type { ExplanationGraphs } from "../../options.js";
import { type MapOutputOptions, namedOutputs, smoothEvidence } from "../map-outputs.js";
import { replaceValue } from "./replace-value.js";

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
  const places = placeAxes(layer.layout) > 2 ? placeSizes(op, layer) : undefined;
  const results = namedOutputs(op, { ...scores, predicted, planes: activation, energy, places });
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
  putMasks(op.graph, { layer, masked, method });
  const tail = prune(op.graph, outputs, around);
  return {
    whole,
    front,
    cut,
    tail,
    combine: combineGraph({ layer, masked, method }, options),
    masked,
    around,
    measures,
  };
}

/** Probabilities are those of classes: where there is no class, a single one, or one at each place, the score is measured. */
function measuredOf({ graph, scores, target, classCount }: Model, { measures }: PassMethod): PassGraphs["measures"] {
  const places = dimsOf(graph, scores)?.slice(2) ?? [];
  const classes = target === undefined && classCount !== 1 && places.every((size) => size === 1);
  return measures === "probability" && classes ? "probabilities" : "scores";
}

/** What is masked, and the layer whose channels masks are made of. */
interface Masking {
  readonly layer: Layer;
  readonly masked: Layer;
  readonly method: PassMethod;
}

/** Puts masks on a value, of which those of a single image become an input: the masks make a batch of it. */
function putMasks(graph: Graph, masking: Masking): void {
  const { layer, masked, method } = masking;
  replaceValue(graph, masked, `fovea/${method.name}`, (op, one) => {
    const activation = masked === layer ? activationPlanes(op, { ...masked, name: one }) : activationInput(op, layer);
    const masks = unfoldMasks(op, method.mask(op, maskInputs(op, activation, masking)), masking);
    const kept = appendMasked(op, one, masks, masked);
    return method.hidden === undefined ? kept : appendHidden(op, kept, masks, masked);
  });
}

function activationInput(op: Builder, { layout, dims }: Layer): Value {
  const { channels, sizes } = gridOf(layout, dims);
  return op.input(own("activation"), "float32", [1, channels, ...planeSizes(sizes)]);
}

function maskInputs(op: Builder, activation: Value, { layer, masked }: Masking): MaskInputs {
  const axes = placeAxes(masked.layout);
  const inputNames = new Set<string>();
  const input = (name: string, type: ValueInfo["type"], dims: readonly Dim[]) => {
    if (!inputNames.has(name)) op.input(own(name), type, dims);
    inputNames.add(name);
    return own(name);
  };
  const size = input("size", "int64", [axes]);
  const resized: MaskInputs["resized"] = (planes, attributes) => {
    checkSameAxes(layer, axes);
    return appendResized(
      op,
      unfoldPlanes(op, planes, axes, () => placesInput(op, axes)),
      size,
      attributes,
    );
  };
  return { activation, axes, size, resized, planned: input };
}

/** Sizes of the layer's places, which only a run may tell: those that the whole gives as `places`. */
function placesInput(op: Builder, axes: number): Value {
  const name = own("places-of-layer");
  return op.graph.inputs.some((input) => input.name === name) ? name : op.input(name, "int64", [axes]);
}

/** Masks [b, 1, ...places] of the image, or [b, C] of channels, in the layout of what is masked. */
function unfoldMasks(op: Builder, masks: Value, { method, masked: { layout } }: Masking): Value {
  if (typeof layout !== "string") return op.Unsqueeze(masks, op.ints([1]));
  const axes = [...layout].map((_, i) => i);
  if (method.masks === "channels") return op.Unsqueeze(masks, op.ints(placesIn(layout, axes)));
  if (isChannelsFirst(layout)) return masks;
  let place = 2;
  return op.Transpose(masks, { perm: axes.map((i) => (i === 0 ? 0 : layout[i] === "c" ? 1 : place++)) });
}

/** A value under masks; masked whole numbers that stand for real ones become the zero point. */
function appendMasked(op: Builder, value: Value, masks: Value, { quantization }: Layer): Value {
  if (quantization === undefined) return op.Mul(value, masks);
  const zero = quantization.zeroPoint ?? op.CastLike(op.scalar(0), value);
  // onnxruntime has no Where for all types of whole numbers.
  const [whole, gone] = [value, zero].map((each) => op.Cast(each, { to: dataTypes.int32 })) as [Value, Value];
  return op.CastLike(op.Where(op.Cast(masks, { to: dataTypes.bool }), whole, gone), value);
}

/** A value under masks, with what stands in the place of what they hide. */
function appendHidden(op: Builder, kept: Value, masks: Value, { dims }: Layer): Value {
  const hidden = op.input(own("hidden"), "float32", [1, ...dims.slice(1)]);
  return op.Add(kept, op.Mul(hidden, op.Sub(op.scalar(1), masks)));
}

function combineGraph(masking: Masking, { against, include, eigenSmooth, samples }: PassGraphOptions): Graph {
  const { layer, masked, method } = masking;
  const op = new Builder(emptyGraph("combine"), `fovea/${method.name}`);
  const signedFor = (value: Value) => (against ? op.Neg(value) : value);
  const values = signedFor(op.Transpose(op.input(own("values"), "float32", ["b", "K"]), { perm: [1, 0] }));
  const base = signedFor(op.Transpose(op.input(own("base"), "float32", [1, "K"]), { perm: [1, 0] }));
  const channels = op.input(own("channels"), "int64", ["c"]);
  const inputs = maskInputs(op, activationInput(op, layer), masking);
  const combination = method.combine(op, { ...inputs, values, base, channels, samples });
  const unfolded = (planes: Value) => {
    const axes = placeAxes(layer.layout);
    return unfoldPlanes(op, planes, axes, () => placesInput(op, axes));
  };
  const places = Array.from({ length: placeAxes(masked.layout) }, (_, i) => `S${i}`);
  const before = method.additive ? op.input(own("before"), "float32", ["K", 1, ...places]) : undefined;
  const single = eigenSmooth ? smoothEvidence(op, inputs, combination) : combination.evidence;
  const placed = isFine(method) ? single : unfolded(single);
  const evidence = before ? op.Add(before, placed) : placed;
  const planes = include.includes("attribution") ? attributionOf(op, inputs, combination) : undefined;
  const attribution = planes && unfolded(planes);
  return prune(op.graph, namedOutputs(op, { evidence, weights: combination.weights, attribution }));
}
