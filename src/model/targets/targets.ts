/** @file What is explained in the place of class scores: differences, other outputs, regions, similarities, or any scores of one's own. */

import { FoveaError, unknownName } from "../../foundation/error.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, dimsOf, readsOf, type Value } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";
import { inferTypes } from "../../runtime/infer-types.js";
import type { Runtime } from "../../runtime/session.js";
import type { Model } from "../model.js";
import { appendScores, checkImages } from "../run/classifier.js";

/** Scores to be explained, of which one is chosen as a class is. */
export interface Target {
  /** For people. */
  readonly title: string;
  /**
   * Appends scores [N, K], of any values of the network; K is 1 for a single number.
   * @param op its graph holds the model's values, under their names
   */
  readonly build: (op: Builder, model: Model) => Value;
  /** What they are called. Default: the model's own names, or those that are known of its places, if there are K. */
  readonly classes?: readonly string[];
}

/**
 * The model with other scores, for all methods: what the network computes stays, and what is explained becomes the target.
 * @throws FoveaError `shape-mismatch` for a target that is not [N, K], `bad-graph` for one that does not depend on the image
 */
export async function withTarget(model: Model, target: Target, runtime: Runtime): Promise<Model> {
  const op = new Builder(copyGraph(model.graph), "target");
  const scores = op.named(op.fresh("scores"), target.build(op, model));
  const outputs = [...model.graph.outputs.map(({ name }) => name), scores];
  const read = new Set(op.graph.nodes.slice(model.graph.nodes.length).flatMap(readsOf));
  const graph = await inferTypes(prune(op.graph, outputs), runtime);
  const dims = dimsOf(graph, scores);
  if (dims?.length !== 2)
    throw new FoveaError("shape-mismatch", `${target.title}: expected scores [N, K], got [${dims?.join(", ") ?? "?"}]`);
  const count = typeof dims[1] === "number" ? dims[1] : model.classCount;
  const named = target.classes ?? [model.card.classes, model.placeClasses].find((names) => names?.length === count);
  const given = model.placeClasses !== undefined && model.placeClasses === model.given?.classes;
  if (given && named === undefined)
    throw new FoveaError(
      "bad-input",
      `${target.title}: expected as many scores as class names, ${model.placeClasses?.length}, got ${count}`,
    );
  const { classes: _, ...card } = model.card;
  return {
    ...model,
    graph,
    scores,
    target: target.title,
    readFrom: [...(model.readFrom ?? []), ...[model.scores, ...outputs].filter((value) => read.has(value))],
    ending: target.classes || count !== model.classCount ? "none" : model.ending,
    oneScore: false,
    classCount: count,
    card: named ? { ...card, classes: named } : card,
  };
}

/** Whether scores are a target's, of which nobody says that a softmax makes probabilities of them. */
export function areOwnScores({ target, ending }: Model): boolean {
  return target !== undefined && ending === "none";
}

/** Each class's score minus that of another: what speaks for the one rather than the other. */
export function classMinus(other: number): Target {
  return {
    title: `minus class ${other}`,
    build(op, model) {
      const { scores } = appendScores(op, model);
      const count = model.classCount ?? Number.POSITIVE_INFINITY;
      if (!(Number.isInteger(other) && other >= 0 && other < count))
        throw new FoveaError("unknown-name", `class ${other}: expected 0 to ${count - 1}`);
      return op.Sub(scores, op.Gather(scores, op.ints([other]), { axis: 1 }));
    },
  };
}

export interface OutputScoresOptions {
  /** Name of an output, or of any value. Default: the model's scores. */
  readonly output?: Value | undefined;
  /**
   * A position on some of its axes, by the axis' number, the batch being 0: a pixel, a box, a token; or `max`, for each class
   * the largest score along the axis (the first of equal ones): whichever box is surest of it.
   */
  readonly at?: Readonly<Record<number, number | "max">>;
  /** Which part of what remains are the scores, from one index up to another, as in [5, 85] behind four coordinates. Default all. */
  readonly from?: readonly [number, number] | undefined;
}

/**
 * The scores at a position of an output: the class scores of one pixel, of one box, or a single number.
 * @throws FoveaError `unknown-name`, `bad-input` for a position that is none
 */
export function outputScores({ output, at = {}, from }: OutputScoresOptions): Target {
  const where = Object.entries(at).map(([axis, index]) => `${axis}=${index}`);
  return {
    title: [output ?? "scores", ...(where.length > 0 ? [`at ${where.join(",")}`] : [])].join(" "),
    build(op, model) {
      const { name, dims } = knownValue(op, model, output);
      const fixed = Object.entries(at)
        .map(([axis, index]) => [Number(axis), index] as const)
        .sort(([a], [b]) => b - a);
      let value = name;
      for (const [axis, index] of fixed) {
        if (!(Number.isInteger(axis) && axis > 0 && axis < dims.length && isPlace(index, dims[axis])))
          throw new FoveaError("bad-input", `position ${axis}=${index}: expected one of ${name} [${dims.join(", ")}]`);
        value =
          index === "max"
            ? op.ReduceMax(value, op.ints([axis]), { keepdims: 0 })
            : op.Gather(value, op.int(index), { axis });
      }
      const flat = op.Flatten(value, { axis: 1 });
      if (from === undefined) return flat;
      if (!(from[0] >= 0 && from[0] < from[1]))
        throw new FoveaError("bad-input", `scores from ${from[0]} to ${from[1]}: expected a range that holds some`);
      return op.Slice(flat, op.ints([from[0]]), op.ints([from[1]]), op.ints([1]));
    },
  };
}

function isPlace(index: number | "max", size: unknown): boolean {
  return index === "max" || (Number.isInteger(index) && index >= 0 && (typeof size !== "number" || index < size));
}

/**
 * Of an output [N, classes, H, W], as segmentation networks have it, each class's mean over a mask.
 * @param mask float32 [H, W] of the output's size; numbers between 0 and 1 count in part
 * @throws FoveaError `shape-mismatch`, `bad-input` for an empty mask, `unknown-name`
 */
export function maskMean(mask: Tensor, { output }: { readonly output?: Value | undefined } = {}): Target {
  return {
    title: `the mean over a mask of ${floats(mask).filter((value) => value > 0).length} places`,
    build(op, model) {
      const { name, dims } = knownValue(op, model, output);
      const [, , height, width] = dims;
      const known = (size: unknown, wanted: number | undefined) => typeof size !== "number" || size === wanted;
      if (dims.length !== 4 || !known(height, mask.dims[0]) || !known(width, mask.dims[1])) {
        const got = `a mask [${mask.dims.join(", ")}] for ${name} [${dims.join(", ")}]`;
        throw new FoveaError(
          "shape-mismatch",
          `mask: expected one of the size of an output [N, classes, H, W], got ${got}`,
        );
      }
      const total = floats(mask).reduce((sum, value) => sum + value, 0);
      if (!(total > 0)) throw new FoveaError("bad-input", "mask: expected some place in it, got none");
      const share = op.constant(
        float32(
          mask.dims,
          floats(mask).map((value) => value / total),
        ),
        "mask",
      );
      return op.ReduceSum(op.Mul(name, share), op.ints([2, 3]), { keepdims: 0 });
    },
  };
}

/**
 * The cosine of the angle between the output and that of another image.
 * @param reference the output for the other image, e.g. by `outputOf`, float32 of the output's sizes but for the batch
 */
export function similarityTo(reference: Tensor, { output }: { readonly output?: Value | undefined } = {}): Target {
  return {
    title: "similarity to another image",
    classes: ["similarity"],
    build(op, model) {
      const embedding = op.Flatten(knownValue(op, model, output).name, { axis: 1 });
      const values = floats(reference);
      const length = Math.hypot(...values) || 1;
      const direction = float32(
        [values.length, 1],
        values.map((value) => value / length),
      );
      const norm = op.Sqrt(op.ReduceSumSquare(embedding, op.ints([1]), { keepdims: 1 }));
      return op.Div(op.MatMul(embedding, op.constant(direction, "reference")), op.Max(norm, op.scalar(1e-30)));
    },
  };
}

/**
 * An output for some images, to compare others with.
 * @throws FoveaError `unknown-name`, `shape-mismatch`
 */
export async function outputOf(
  model: Model,
  images: Tensor,
  runtime: Runtime,
  { output }: { readonly output?: Value | undefined } = {},
): Promise<Tensor> {
  checkImages(model, images);
  const { name } = knownValue(new Builder(copyGraph(model.graph)), model, output);
  const session = await runtime.open(prune(model.graph, [name]));
  try {
    return (await session.run({ [model.input.name]: images }))[name] as Tensor;
  } finally {
    await session.close();
  }
}

function knownValue(op: Builder, model: Model, wanted: Value | undefined) {
  const name = wanted ?? model.scores;
  const dims = dimsOf(op.graph, name);
  if (dims !== undefined) return { name, dims };
  throw unknownName(
    "output",
    name,
    model.graph.outputs.map((each) => each.name),
  );
}
