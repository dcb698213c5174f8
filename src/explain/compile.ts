/** @file A model that explains itself: one graph with the network's own outputs and the heat maps of its top classes. */

import { FoveaError } from "../error.js";
import { appendPreprocessing } from "../image/index.js";
import {
  Builder,
  copyGraph,
  type Dim,
  float32,
  type Graph,
  type Preprocessing,
  prune,
  type Value,
} from "../onnx/index.js";
import { appendScores } from "./classifier.js";
import { appendSeed } from "./explainer.js";
import { foldToPlanes } from "./fold.js";
import { chooseFloatLayer, differentiated } from "./gradients.js";
import type { GridOptions } from "./layout.js";
import type { CamMethod } from "./method.js";
import { methodNamed } from "./methods/index.js";
import type { Model } from "./model.js";
import { imageDims, preprocessingOf } from "./preprocessing.js";

export interface CompileOptions extends GridOptions {
  /** As for an explainer. Default `auto`. */
  readonly layer?: string | number;
  /** Default `grad-cam`. */
  readonly method?: string | CamMethod;
  /** How many of the highest classes are explained. Default 1. */
  readonly classes?: number;
  /** Take raw pictures, uint8 [N, H, W, 3], and do the preprocessing inside. Default false. */
  readonly image?: boolean;
}

/**
 * The network with three more things: `heatmap`, float32 [N, k, h, w] in [0, 1] at the size of the network's input (each map
 * divided by its peak, then resized bilinearly with half-pixel centres; zero where there is no evidence), and
 * `heatmap_classes`, int64 [N, k], the k classes with the highest scores. With `image` the input is `image`.
 * @throws FoveaError as `createExplainer` does; `bad-input` for a number of classes that is none
 */
export function compileExplanation(model: Model, options: CompileOptions = {}): Graph {
  const { layer: wanted = "auto", method: chosen = "grad-cam", classes = 1, image = false } = options;
  if (!Number.isInteger(classes) || classes < 1 || classes > (model.classCount ?? classes)) {
    const most = model.classCount === undefined ? "" : ` to ${model.classCount}`;
    throw new FoveaError("bad-input", `classes: expected a whole number from 1${most}, got ${classes}`);
  }
  const layer = chooseFloatLayer(model, wanted, options);
  const method = typeof chosen === "string" ? methodNamed(chosen) : chosen;
  const start = new Builder(copyGraph(model.graph), "fovea");
  const { input } = model;
  if (input.dims) {
    const declared = { ...input, dims: [batchOf(model), ...input.dims.slice(1)] };
    start.graph.inputs = start.graph.inputs.map((each) => (each.name === input.name ? declared : each));
  }
  const { scores } = appendScores(start, model);
  const [, top] = start.node("TopK", [scores, start.ints([classes])], { axis: 1 }, 2) as [Value, Value];

  let { graph } = start;
  const maps: Value[] = [];
  for (let k = 0; k < classes; k++) {
    const op = new Builder(graph, `fovea/${k}`);
    const seed = appendSeed(op, scores, op.Gather(top, op.int(k), { axis: 1 }), false);
    const backward = differentiated(graph, { of: scores, wrt: [layer.name], seed });
    graph = backward.graph;
    const tail = new Builder(graph, `fovea/${k}/${method.name}`);
    const { evidence } = method.build(tail, {
      activation: foldToPlanes(tail, layer.name, layer.layout),
      gradient: foldToPlanes(tail, backward.gradients.get(layer.name) as Value, layer.layout),
    });
    maps.push(atInputSize(tail, model, tail.Relu(evidence)));
  }
  const end = new Builder(graph, "fovea");
  const all = maps.length === 1 ? (maps[0] as Value) : end.Concat(...maps, { axis: 1 });
  const [heatmap, heatmapClasses] = ["heatmap", "heatmap_classes"].map((name) => new Builder(graph).fresh(name)) as [
    Value,
    Value,
  ];
  end.named(heatmap, all);
  end.named(heatmapClasses, top);
  const batch = batchOf(model);
  const [height, width] = inputSize(model);
  graph.types.set(heatmap, { type: "float32", dims: [batch, classes, height, width] });
  graph.types.set(heatmapClasses, { type: "int64", dims: [batch, classes] });
  const outputs = [...model.graph.outputs.map(({ name }) => name), heatmap, heatmapClasses];
  if (!image) return prune(graph, outputs);
  const { preprocessing } = preprocessingOf(model);
  return prune(withPictureInput(graph, model, preprocessing), outputs);
}

/** A file for one image at a time stays one: nobody has verified what it makes of more. */
function batchOf({ input, oneByOne }: Model): Dim {
  return oneByOne ? 1 : (input.dims?.[0] ?? "N");
}

function inputSize({ input }: Model): readonly [Dim, Dim] {
  const dims = input.dims ?? [];
  const { height = dims[2] ?? "", width = dims[3] ?? "" } = imageDims(dims) ?? {};
  return [height, width];
}

/** Divided by its peak, where there is one, and resized to the network's input. */
function atInputSize(op: Builder, { input }: Model, map: Value): Value {
  const peak = op.ReduceMax(map, op.ints([2, 3]), { keepdims: 1 });
  const shown = op.Div(map, op.Where(op.Greater(peak, op.scalar(0)), peak, op.scalar(1)));
  const last = imageDims(input.dims ?? [])?.layout === "nhwc";
  const size = op.Shape(input.name, last ? { start: 1, end: 3 } : { start: 2 });
  return op.Resize(shown, undefined, undefined, size, { mode: "linear", axes: [2, 3] });
}

/** Replaces the network's input by `image`, uint8 [N, H, W, 3], with the preprocessing before everything else. */
function withPictureInput(graph: Graph, model: Model, preprocessing: Preprocessing): Graph {
  const { input } = model;
  const result = copyGraph(graph);
  const forward = result.nodes;
  result.nodes = [];
  result.inputs = result.inputs.filter(({ name }) => name !== input.name);
  const names = new Builder(graph);
  const op = new Builder(result, names.fresh("fovea/preprocess"));
  const image = op.input(names.fresh("image"), "uint8", [batchOf(model), "H", "W", 3]);
  const pixels = op.Transpose(image, { perm: [0, 3, 1, 2] });
  const fitted = preprocessing.channels === 1 ? appendGrey(op, pixels, preprocessing.ground === "dark") : pixels;
  op.named(input.name, appendPreprocessing(op, fitted, preprocessing));
  result.nodes.push(...forward);
  return result;
}

/** Luma as whole numbers, as `toGrey` makes it, inverted where the border says that the ground is light. */
function appendGrey(op: Builder, pixels: Value, dark: boolean): Value {
  const luma = op.constant(
    float32(
      [1, 3, 1, 1],
      [19595, 38470, 7471].map((weight) => weight / 65536),
    ),
    "luma",
  );
  const sum = op.ReduceSum(op.Mul(op.Cast(pixels, { to: 1 }), luma), op.ints([1]), { keepdims: 1 });
  const grey = op.Floor(op.Add(sum, op.scalar(0.5)));
  if (!dark) return grey;
  const axes = op.ints([2, 3]);
  const inner = op.Slice(grey, op.ints([1, 1]), op.ints([-1, -1]), axes);
  const total = (value: Value) => op.ReduceSum(value, axes, { keepdims: 1 });
  const area = (value: Value) => op.Cast(op.ReduceProd(op.Shape(value, { start: 2 }), op.ints([0])), { to: 1 });
  const mean = op.Div(op.Sub(total(grey), total(inner)), op.Sub(area(grey), area(inner)));
  return op.Where(op.Greater(mean, op.scalar(127)), op.Sub(op.scalar(255), grey), grey);
}
