/** @file The target of a box: the score of its class before its sigmoid, found where the level computes it. */

import type { Builder } from "../../../onnx/builder.js";
import type { Graph, Value } from "../../../onnx/graph.js";
import type { Target } from "../../targets/target.js";
import { type ElementSource, flatIndex, sizesOfOne, sourcesOf } from "../element.js";
import type { DetectionLayout, Element } from "../found-task.js";

/** A box's score as one of the scores of a target that all boxes of its level share. */
export interface BoxScore {
  /** The same for boxes of one target. */
  readonly key: string;
  readonly target: Target;
  /** Which of the target's scores it is. */
  readonly index: number;
  /** Where the class score is computed, then its factors. */
  readonly values: readonly [Value, ...Value[]];
}

type Part = ElementSource & { readonly power: number };

/**
 * The score of a class in a row. A class score with a sigmoid is explained before it; a product, such as class times objectness, as the
 * sum of its factors' logarithms; a probability of another making by its logit, log p - log(1 - p).
 */
export function boxScore(graph: Graph, layout: DetectionLayout, row: number, classIndex: number): BoxScore {
  const factors = layout.scoreOf(row, classIndex);
  const traced = factors.flatMap((factor) =>
    sourcesOf(graph, factor).map((source) => ({ ...source, power: factor.power ?? 1 })),
  );
  const untraced = factors.map((factor) => ({ ...factor, activation: "none" as const, power: factor.power ?? 1 }));
  const [first, ...others] = besideEachOther(graph, traced) ?? untraced;
  if (first === undefined) throw new Error("internal: a score of no factor");
  const sizes = sizesOfOne(graph, first.value) ?? [];
  const parts = others.map((part) => ({ ...part, beside: besideFirst(first, part) }));
  return {
    key: [first.value, ...parts.map(({ value, beside }) => `${value}@${beside.axis}=${beside.place}`)].join(" "),
    values: [first.value, ...parts.map(({ value }) => value)],
    index: flatIndex(first.index, sizes),
    target: {
      title: "the scores of a level's boxes",
      ending: "none",
      build(op) {
        const isShare = first.activation === "none" && !layout.logits;
        if (parts.length === 0) return op.Flatten(isShare ? logitOf(op, first.value) : first.value, { axis: 1 });
        const logs = parts.map((part) => appendLog(op, part, appendPart(op, part)));
        return op.Flatten(
          logs.reduce((sum, log) => op.Add(sum, log), appendLog(op, first, first.value)),
          { axis: 1 },
        );
      },
    },
  };
}

/** The parts, if each lies beside the first: at the same place but for one axis, or in a value that is as large or 1 there. */
function besideEachOther(graph: Graph, parts: readonly Part[]): readonly Part[] | undefined {
  const [first, ...others] = parts;
  if (first === undefined || sizesOfOne(graph, first.value) === undefined) return undefined;
  const fits = others.every((part) => {
    const sizes = [sizesOfOne(graph, first.value), sizesOfOne(graph, part.value)];
    const [own = [], other = []] = sizes;
    const apart = first.index.filter((at, axis) => at !== part.index[axis]).length;
    const broadcasts = own.every(
      (size, axis) => size === other[axis] || other[axis] === 1 || first.index[axis] !== part.index[axis],
    );
    return own.length === other.length && apart <= 1 && broadcasts;
  });
  return fits ? parts : undefined;
}

/** The axis along which a part lies apart from the first, and its place there; -1 for nowhere. */
function besideFirst(first: Element, part: Element): { readonly axis: number; readonly place: number } {
  const axis = first.index.findIndex((at, i) => at !== part.index[i]);
  return { axis, place: axis < 0 ? 0 : (part.index[axis] ?? 0) };
}

function appendPart(
  op: Builder,
  { value, beside }: Element & { readonly beside: ReturnType<typeof besideFirst> },
): Value {
  const { axis, place } = beside;
  return axis < 0 ? value : op.Slice(value, op.ints([place]), op.ints([place + 1]), op.ints([axis]));
}

/** The smallest share that a logarithm is taken of: it stays finite in float32. */
const least = 1e-7;

function logitOf(op: Builder, share: Value): Value {
  const rest = op.Sub(op.scalar(1), share);
  return op.Sub(op.Log(op.Max(share, op.scalar(least))), op.Log(op.Max(rest, op.scalar(least))));
}

/** The logarithm of a factor. */
function appendLog(op: Builder, { activation, power, axis }: Part, value: Value): Value {
  const logs = {
    sigmoid: () => op.Neg(op.Softplus(op.Neg(value))),
    softmax: () => op.LogSoftmax(value, { axis }),
    none: () => op.Log(op.Max(value, op.scalar(least))),
  };
  const log = logs[activation]();
  return power === 1 ? log : op.Mul(log, op.scalar(power));
}
