/** @file Samples of images in the place of a network's input. */

import type { Model } from "../../../model/model.js";
import { own } from "../../../model/run/tensors.js";
import type { Builder } from "../../../onnx/builder.js";
import { type Dim, dimsOf, type Value } from "../../../onnx/graph.js";
import { descendants } from "../../../onnx/prune.js";
import type { Way } from "../../method.js";
import { type AffineStart, appendStart, noStart } from "./affine-start.js";
import { names } from "./names.js";

/** Samples of images, in the input's own layout. */
export interface SampledImages extends Way {
  /** [N, ...] */
  readonly images: Value;
  /** The images less the baselines, of each way, [W, N, ...]: W is S with noise or where each sample has a baseline of its own, else 1. */
  readonly lengths: () => Value;
}

/**
 * Puts the nodes that make samples before the network. Without noise they are made behind its affine start: of the values at the two
 * ends of a way, which alone go through it.
 */
export function sampledImages(op: Builder, model: Model, noise: number, start: AffineStart): SampledImages {
  const { graph } = op;
  const { name, type, dims = [] } = model.input;
  const meeting = noise > 0 ? noStart(name) : start;
  const ofImage = descendants(graph, [name]);
  const network = graph.nodes.filter((node) => !meeting.nodes.includes(node));
  graph.nodes = network.filter(({ outputs }) => !outputs.some((value) => ofImage.has(value)));
  graph.inputs = graph.inputs.filter((each) => each.name !== name);
  graph.types.set(name, { type: type as "float32", dims });
  const way = wayInputs(op, model, noise);
  const { length: axes } = dimsOf(graph, meeting.end) ?? dims;
  const { ends, starts } = meeting.nodes.length > 0 ? behind(op, meeting, name, way) : way;
  const at = op.input(names.at, "float32", ["S"]);
  const share = (count: number) => op.Unsqueeze(at, op.ints(Array.from({ length: count }, (_, i) => i + 1)));
  // Element by element, so that equal values stay equal: where they tie in a pooling window, rounding would decide.
  op.named(meeting.end, withoutWays(op, op.Add(op.Mul(share(axes), op.Sub(ends, starts)), starts)));
  graph.nodes.push(...network.filter(({ outputs }) => outputs.some((value) => ofImage.has(value))));
  const lengths = () => op.Sub(way.ends, way.starts);
  const distance = () => withoutWays(op, op.Expand(lengths(), op.Shape(share(dims.length))));
  return { images: way.images, lengths, distance };
}

/** [A, B, ...] to [A · B, ...]. */
export function withoutWays(op: Builder, value: Value): Value {
  return op.Reshape(value, op.Concat(op.ints([-1]), op.Shape(value, { start: 2 }), { axis: 0 }));
}

/** The images [N, ...], and where ways end and start, [1 or S, N, ...] and [1 or S, 1 or N, ...]. */
interface WayInputs {
  readonly images: Value;
  readonly ends: Value;
  readonly starts: Value;
}

function wayInputs(op: Builder, { input: { dims = [] }, oneByOne }: Model, noise: number): WayInputs {
  const sizes = dims.slice(1);
  const images = op.input(own("images"), "float32", [oneByOne ? 1 : "images", ...sizes]);
  const starts = op.input(names.baseline, "float32", ["starts", oneByOne ? 1 : "baselines", ...sizes]);
  const ends = noise > 0 ? noisyImages(op, images, sizes, noise) : op.Unsqueeze(images, op.ints([0]));
  return { images, ends, starts };
}

/** What an affine start makes of the ends of ways without noise. */
function behind(op: Builder, start: AffineStart, image: Value, way: WayInputs): Omit<WayInputs, "images"> {
  const ends = op.Unsqueeze(appendStart(op, start, image, way.images), op.ints([0]));
  const starts = appendStart(op, start, image, withoutWays(op, way.starts));
  const ways = op.Concat(op.Shape(way.starts, { end: 2 }), op.Shape(starts, { start: 1 }), { axis: 0 });
  return { ends, starts: op.Reshape(starts, ways) };
}

/** The images with noise on them, [S, N, ...]. */
function noisyImages(op: Builder, images: Value, sizes: readonly Dim[], noise: number): Value {
  const noiseInput = op.Unsqueeze(op.input(names.noise, "float32", ["S", ...sizes]), op.ints([1]));
  const trailing = op.ints(sizes.map((_, i) => i + 1));
  const extreme = (which: "ReduceMax" | "ReduceMin") => op[which](images, trailing, { keepdims: 1 });
  const deviation = op.Mul(op.scalar(noise), op.Sub(extreme("ReduceMax"), extreme("ReduceMin")));
  return op.Add(images, op.Mul(noiseInput, deviation));
}
