/** @file A model that explains itself: one graph with the network's own outputs and the heat maps of its top classes. */

import { checkMethod, checkOptions } from "../foundation/check.js";
import { FoveaError, shortened } from "../foundation/error.js";
import { appendPhotos, appendPlacedMaps } from "../image/input/photo.js";
import type { Preprocessing } from "../image/input/preprocessing.js";
import { withModelCard } from "../model/card.js";
import { inputAxes, photoAxes } from "../model/input/image-axes.js";
import { resizePlanes, unfoldedPlanes } from "../model/layers/fold.js";
import { imageLayer } from "../model/layers/layer.js";
import type { GridOptions } from "../model/layers/layout.js";
import type { Model } from "../model/model.js";
import { preprocessingOf } from "../model/preprocessing.js";
import { appendScores } from "../model/run/classifier.js";
import { Builder } from "../onnx/builder.js";
import {
  copyGraph,
  type Dim,
  emptyGraph,
  type Graph,
  type GraphNode,
  type Value,
  type ValueInfo,
} from "../onnx/graph.js";
import { descendants, prune } from "../onnx/prune.js";
import { Tensor } from "../onnx/tensor.js";
import { type CamMethod, defaultMethod, type GraphMethod, isFine } from "./method.js";
import { methodNamed, namingGradientFree } from "./methods/index.js";
import { type AppendMethodOptions, appendMethod } from "./run/append-method.js";
import { appendSeed } from "./run/append-target.js";
import { explainedLayer } from "./run/explained-layer.js";

export interface CompileOptions extends GridOptions {
  /** As for an explainer. Default `auto`. */
  readonly layer?: string | number;
  /** Default `grad-cam`. */
  readonly method?: string | CamMethod;
  /** How many classes are explained, those with the highest scores, or all of them. Default 1. */
  readonly classes?: number | "all";
  /** Add an input `class`, int64 [N, k]: indices of the classes to explain, -1 for the next highest. Default false. */
  readonly choose?: boolean;
  /** Take raw photos, uint8 [N, H, W, 3] in RGB order, and do the preprocessing inside. Default false. */
  readonly image?: boolean;
}

/**
 * The network as one graph that also returns maps. It has two more outputs: `heatmap`, float32 [N, k, h, w] (of signals [N, k, l],
 * of volumes and clips [N, k, d, h, w]) in [0, 1], each map
 * divided by its peak (zero where there is no evidence), and `heatmap_classes`, int64 [N, k], the classes explained. The maps are
 * resized bilinearly with half-pixel centres to the size of the network's input; with `image` to that of the photos in the input `image`, placed where the
 * network looked and zero elsewhere. Where one of these names is taken, a number follows it. All nodes added are of the
 * standard domain; class names and preprocessing are written into the metadata.
 * @throws FoveaError as `createExplainer` does; `bad-input` for a number of classes that is none, and a method of many runs
 */
export function compileExplanation(model: Model, options: CompileOptions = {}): Graph {
  checkMethod("compileExplanation: model", "an opened model", model, "graph");
  checkOptions("compileExplanation", options);
  const {
    layer: wanted = "auto",
    method: chosen = defaultMethod,
    classes = 1,
    choose = false,
    image = false,
  } = options;
  const count = classesToExplain(model, classes);
  const method = checkCompilable(typeof chosen === "string" ? methodNamed(chosen) : chosen);
  const layer = namingGradientFree(() => explainedLayer(method, model, wanted, options));
  const preprocessing = image || photoAxes(model) ? preprocessingOf(model).preprocessing : undefined;
  const start = new Builder(copyGraph(model.graph), "fovea");
  const { input } = model;
  if (input.dims) {
    const declared = { ...input, dims: [batchOf(model), ...input.dims.slice(1)] };
    start.graph.inputs = start.graph.inputs.map((each) => (each.name === input.name ? declared : each));
  }
  const photos = image && preprocessing ? photosForInput(start, model, preprocessing) : undefined;

  const { scores, ranking } = appendScores(start, model);
  const explained = appendClasses(start, model, ranking, count, choose);
  const maps = namingGradientFree(() =>
    appendMaps(start, { model, layer, method }, { scores, classes: explained, count }),
  );
  const { graph } = start;
  const end = new Builder(graph, "fovea");
  const heatmap = appendDivisionByPeak(end, maps);
  const shown = isFine(method) ? imageLayer(model) : layer;
  const resized =
    photos && preprocessing
      ? appendPlacedMaps(end, heatmap, end.Shape(photos.name, { start: 1, end: 3 }), preprocessing)
      : unfoldedPlanes(
          end,
          resizePlanes(end, heatmap, shown, imageLayer(model), { mode: "linear" }),
          imageLayer(model),
        );

  const outputs = model.graph.outputs.map(({ name }) => name);
  const added = (hint: string, value: Value, type: "float32" | "int64", size: readonly Dim[]) => {
    const name = end.named(end.scope("").fresh(hint), value);
    graph.types.set(name, { type, dims: [batchOf(model), count, ...size] });
    outputs.push(name);
  };
  added("heatmap", resized, "float32", photos?.dims?.slice(1, 3) ?? inputSize(model));
  added("heatmap_classes", explained, "int64", []);
  const whole = prune(graph, outputs);
  const used = domainsOf(whole);
  whole.opsets = new Map([...whole.opsets].filter(([domain]) => used.has(domain)));
  const names = model.card.classes;
  return withModelCard(whole, { ...(names ? { classes: names } : {}), ...(preprocessing ? { preprocessing } : {}) });
}

function checkCompilable(method: CamMethod): GraphMethod {
  if ("build" in method) return method;
  const message = `method ${method.name}: expected one that is a single graph, got one of many runs`;
  throw new FoveaError("bad-input", `${message}: use it with an explainer`);
}

function classesToExplain({ classCount }: Model, classes: number | "all"): number {
  if (classes === "all" && classCount !== undefined) return classCount;
  const whole = typeof classes === "number" && Number.isInteger(classes) && classes > 0;
  if (whole && classes <= (classCount ?? classes)) return classes;
  const most =
    classCount === undefined ? " on (the model does not tell how many there are)" : ` to ${classCount}, or all`;
  throw new FoveaError("bad-input", `classes: expected a whole number from 1${most}, got ${shortened(classes)}`);
}

/** The classes to explain, int64 [N, k]. */
function appendClasses(op: Builder, model: Model, ranking: Value, count: number, choose: boolean): Value {
  const [, top] = op.node("TopK", [ranking, op.ints([count])], { axis: 1 }, 2) as [Value, Value];
  if (!choose) return top;
  const classInput = op.input(op.scope("").fresh("class"), "int64", [batchOf(model), count]);
  return op.Where(op.Less(classInput, op.int(0)), top, classInput);
}

interface Explained {
  readonly scores: Value;
  /** int64 [N, k]. */
  readonly classes: Value;
  /** The k of it. */
  readonly count: number;
}

/** The map of each class before it is scaled and resized, float32 [N, k, h, w]. */
function appendMaps(
  op: Builder,
  options: AppendMethodOptions<GraphMethod>,
  { scores, classes, count }: Explained,
): Value {
  const same = count === 1 || !options.method.needsGradient;
  const turn = same ? op.int(0) : op.input(op.fresh("turn"), "int64", []);
  const classIndex = op.Gather(classes, turn, { axis: 1 });
  const target = { scores, classes: classIndex, seed: appendSeed(op, scores, classIndex, false) };
  const { tail, evidence } = appendMethod(op, target, options);
  const map = tail.Relu(evidence);
  if (count === 1) return map;
  return same ? tail.Tile(map, tail.ints([1, count, 1, 1])) : appendLoop(tail, turn, map, count);
}

/** Moves the nodes that depend on `turn`, and makes `map` [N, 1, h, w], into the body of a Loop: one pass serves any number of classes. */
function appendLoop(op: Builder, turn: Value, map: Value, count: number): Value {
  const { graph } = op;
  const inner = descendants(graph, [turn]);
  const isInner = ({ outputs }: GraphNode) => outputs.some((output) => inner.has(output));
  const [before, after] = [op.fresh("continue"), op.fresh("continue")];
  const body = new Builder(emptyGraph("one class"));
  body.input(turn, "int64", []);
  body.input(before, "bool", []);
  for (const node of graph.nodes.filter(isInner)) body.append(node);
  body.named(after, before);
  body.graph.outputs = [
    { name: after, type: "bool", dims: [] },
    { name: map, type: "float32", dims: ["", 1, "", ""] },
  ];
  graph.inputs = graph.inputs.filter(({ name }) => name !== turn);
  graph.nodes = graph.nodes.filter((node) => !isInner(node));
  const always = op.constant(new Tensor("bool", [], Uint8Array.of(1)), "always");
  const [stacked] = op.node("Loop", [op.int(count), always], { body: { type: "graph", value: body.graph } });
  return op.Transpose(op.Squeeze(stacked, op.ints([2])), { perm: [1, 0, 2, 3] });
}

/** From 0 to 1; a map of zeros stays one. */
function appendDivisionByPeak(op: Builder, maps: Value): Value {
  const peak = op.ReduceMax(maps, op.ints([2, 3]), { keepdims: 1 });
  return op.Div(maps, op.Where(op.Greater(peak, op.scalar(0)), peak, op.scalar(1)));
}

/** A file for one image at a time stays one: larger batches are not verified. */
function batchOf({ input, oneByOne }: Model): Dim {
  return oneByOne ? 1 : input.dims?.[0] || "N";
}

function inputSize(model: Model): readonly Dim[] {
  return inputAxes(model)?.sizes ?? [];
}

/** Makes `image`, uint8 [N, H, W, 3], the input, with the preprocessing before everything else. */
function photosForInput(op: Builder, model: Model, preprocessing: Preprocessing): ValueInfo {
  const { graph } = op;
  const { name, type = "float32", dims } = model.input;
  const network = graph.nodes;
  graph.nodes = [];
  graph.inputs = graph.inputs.filter((input) => input.name !== name);
  graph.types.set(name, { type, dims });
  const symbols = new Set([...graph.types.values()].flatMap((valueInfo) => valueInfo.dims ?? []));
  const free = (symbol: string) => (symbols.has(symbol) ? `image_${symbol}` : symbol);
  const photos: ValueInfo = {
    name: op.scope("").fresh("image"),
    type: "uint8",
    dims: [batchOf(model), free("H"), free("W"), 3],
  };
  op.input(photos.name, photos.type, photos.dims);
  op.named(name, appendPhotos(op.scope("fovea/preprocess"), photos.name, preprocessing));
  graph.nodes.push(...network);
  return photos;
}

/** Domains of all operators, those in subgraphs included. */
function domainsOf({ nodes }: Graph): Set<string> {
  const inner = nodes.flatMap(({ attributes }) =>
    Object.values(attributes).flatMap((attribute) =>
      attribute.type === "graph" ? [...domainsOf(attribute.value)] : [],
    ),
  );
  return new Set([...nodes.map(({ domain }) => domain), ...inner]);
}
