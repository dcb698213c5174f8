/** @file Boxes' scores, gradients and evidence at the map that their level's head reads, each from the window of it that the box depends on. */

import { at } from "../../foundation/present.js";
import { type FloatMap, floatMap } from "../../image/map/heatmap.js";
import type { Layer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import { joined } from "../../model/run/batches.js";
import { Sessions } from "../../model/run/sessions.js";
import { own, tensorNamed } from "../../model/run/tensors.js";
import type { Target } from "../../model/targets/target.js";
import type { BoxScore } from "../../model/tasks/detection/box-score.js";
import { windowRadius } from "../../model/tasks/detection/window-radius.js";
import { sizesOfOne } from "../../model/tasks/element.js";
import { Builder } from "../../onnx/builder.js";
import type { Graph, Value } from "../../onnx/graph.js";
import { descendants, prune } from "../../onnx/prune.js";
import { float32, floats, int64, type Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import type { GraphMethod } from "../method.js";
import { appendMethod } from "../run/append-method.js";
import { appendSeed } from "../run/append-target.js";
import { differentiated } from "../run/gradients.js";

/** What was computed of one box. */
export interface BoxWindow {
  readonly score: number;
  /** Before the ReLU, of the whole map's size. */
  readonly evidence: FloatMap;
  /** The gradient at the whole map, [1, C, H, W]. */
  gradient(): Tensor;
}

/** Gives gradients of the scores of one level. */
export interface WindowGradients {
  /** How many places to each side a score sees. */
  readonly radius: number;
  /**
   * @param map the level's, float32 [1, C, H, W]
   * @param indices which of the target's scores
   * @returns of each what was computed in its window, which is zero elsewhere
   */
  run(map: Tensor, indices: readonly number[]): Promise<readonly BoxWindow[]>;
  close(): Promise<void>;
}

export interface WindowOptions {
  readonly runtime: Runtime;
  /** One whose evidence is made of the activation and its gradient at each place. */
  readonly method: GraphMethod;
  readonly against: boolean;
}

interface HeadGraphOptions extends Omit<WindowOptions, "runtime"> {
  readonly model: Model;
  readonly head: Layer;
  readonly values: readonly Value[];
}

/** Sizes of the map, and of what the class score is read of. */
interface Sizes {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Of the scores at one place. */
  readonly scores: number;
}

/**
 * All boxes of a level as one batch of windows. A window is as far as a score sees to each side, and moved inside the map where it would
 * reach over an edge: the padding of its convolutions is then the map's own, or beyond what the score sees.
 * @returns undefined where scores do not depend on a window alone
 */
export function windowGradients(
  model: Model,
  head: Layer,
  { target, values }: BoxScore,
  { runtime, ...how }: WindowOptions,
): WindowGradients | undefined {
  const map = head.name;
  const radius = windowRadius(model.graph, map, values);
  const [, channels = 0, height = 0, width = 0] = sizesOfOne(model.graph, map) ?? [];
  const [, scores = 0] = sizesOfOne(model.graph, values[0]) ?? [];
  if (radius === undefined) return undefined;
  const sizes = { channels, height, width, scores };
  const graph = headGraph({ model, head, values, ...how }, target);
  const sessions = new Sessions(runtime, { takesTurns: true });
  return {
    radius,
    async run(features, indices) {
      const windows = indices.map((index) => windowOf(index, radius, sizes));
      const { across, down } = at(windows, 0);
      const parts = windows.map((window) => crop(floats(features), window, sizes));
      const feeds = {
        [map]: joined(parts.map((part) => float32([1, channels, down, across], part))),
        [own("class")]: int64(windows.map(({ index }) => index)),
      };
      const results = await sessions.run(graph, feeds, parts.length);
      const of = (name: string) => floats(tensorNamed(results, own(name)));
      const [gradients, evidence, found] = [of("gradient"), of("evidence"), of("score")];
      const area = across * down;
      return windows.map((window, i) => ({
        score: at(found, i),
        evidence: floatMap(
          width,
          height,
          scattered(evidence.subarray(i * area, (i + 1) * area), window, { ...sizes, channels: 1 }),
        ),
        gradient: () => {
          const part = gradients.subarray(i * channels * area, (i + 1) * channels * area);
          return float32(features.dims, scattered(part, window, sizes));
        },
      }));
    },
    close: () => sessions.close(),
  };
}

/** From windows of the map to the scores of their boxes, and the gradients and the evidence there. */
function headGraph({ model, head, values, method, against }: HeadGraphOptions, { build }: Target): Graph {
  const map = head.name;
  const cut = prune(model.graph, values, [map]);
  const channels = sizesOfOne(model.graph, map)?.[1] ?? "";
  const open = {
    ...cut,
    types: windowTypes(model.graph, cut, map),
    inputs: [{ name: map, type: "float32" as const, dims: ["B", channels, "h", "w"] }],
    outputs: [],
  };
  const op = new Builder(open, "fovea/window");
  const scores = build(op, model);
  const classes = op.input(own("class"), "int64", ["B"]);
  const seed = appendSeed(op, scores, classes, against);
  const gradient = differentiated(op, { of: scores, seed, wrt: [map] }).get(map) ?? "";
  const gradients = new Map([[map, gradient]]);
  const { evidence } = appendMethod(op, { scores, classes, seed }, { model, layer: head, method, gradients });
  const score = op.ReduceSum(op.Mul(scores, appendSeed(op, scores, classes, false)), op.ints([1]), { keepdims: 0 });
  const outputs = { gradient, evidence, score };
  return prune(
    op.graph,
    Object.entries(outputs).map(([name, value]) => op.named(own(name), value)),
  );
}

/** Of the values that depend on the map, which all have its places: of a window there are others, so that only the channels are known. */
function windowTypes(graph: Graph, cut: Graph, map: Value): Graph["types"] {
  const after = descendants(cut, [map]);
  const types = [...graph.types].filter(([name]) => !after.has(name) && name !== map);
  const inWindow = [...after].flatMap((name) => {
    const type = graph.types.get(name);
    return type?.dims ? [[name, { ...type, dims: ["B", type.dims[1] ?? "", "h", "w"] }] as const] : [];
  });
  return new Map([...types, ...inWindow]);
}

interface Window {
  readonly left: number;
  readonly top: number;
  readonly across: number;
  readonly down: number;
  /** Of the score among those of the window. */
  readonly index: number;
}

function windowOf(index: number, radius: number, { height, width }: Sizes): Window {
  const [channel, place] = [Math.floor(index / (height * width)), index % (height * width)];
  const [y, x] = [Math.floor(place / width), place % width];
  const [down, across] = [Math.min(height, 2 * radius + 1), Math.min(width, 2 * radius + 1)];
  const top = Math.min(height - down, Math.max(0, y - radius));
  const left = Math.min(width - across, Math.max(0, x - radius));
  return { left, top, across, down, index: (channel * down + y - top) * across + x - left };
}

function crop(
  map: Float32Array,
  { left, top, across, down }: Window,
  { channels, height, width }: Sizes,
): Float32Array {
  const part = new Float32Array(channels * down * across);
  for (let row = 0; row < channels * down; row++) {
    const from = (Math.floor(row / down) * height + top + (row % down)) * width + left;
    part.set(map.subarray(from, from + across), row * across);
  }
  return part;
}

function scattered(
  part: Float32Array,
  { left, top, across, down }: Window,
  { channels, height, width }: Sizes,
): Float32Array {
  const whole = new Float32Array(channels * height * width);
  for (let row = 0; row < channels * down; row++) {
    const to = (Math.floor(row / down) * height + top + (row % down)) * width + left;
    whole.set(part.subarray(row * across, (row + 1) * across), to);
  }
  return whole;
}
