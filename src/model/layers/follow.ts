/** @file Follows rows and columns of the picture through the operators of a graph. */

import {
  type Dim,
  type Graph,
  type GraphNode,
  int as intAttribute,
  ints as intsAttribute,
  readsOf,
  string as stringAttribute,
  type Value,
} from "../../onnx/graph.js";
import { numbers } from "../../onnx/tensor.js";
import { type Axis, axisOf, chained, isPlace, isWhole, regrouped, sizeOf, sliced } from "./axes.js";
import { batchOf, freeBatch, sizesOf } from "./sizes.js";

export type Axes = readonly Axis[];

/** Operators that take and make planes [N, C, H, W]. */
export const planar = new Set([
  ...["Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "LpPool", "LRN"],
  ...["BatchNormalization", "InstanceNormalization", "GroupNormalization", "DepthToSpace", "SpaceToDepth"],
  ...["ConvInteger", "QLinearConv"],
]);
const regrouping = new Set(["Reshape", "Flatten", "Squeeze", "Unsqueeze"]);

/** What comes of sizes tells nothing of the picture. */
export function asksForSizes({ op }: GraphNode): boolean {
  return op === "Shape" || op === "Size";
}

/** Axes of an image input. */
export function pictureAxes(sizes: readonly number[], channelsLast: boolean): Axes {
  const names = channelsLast ? (["row", "column", "other"] as const) : (["other", "row", "column"] as const);
  const [batch = 1, ...others] = sizes;
  return [axisOf("batch", batch), ...names.map((of, i) => axisOf(of, others[i] as number))];
}

/**
 * The axes of every value that depends on the given ones, these included.
 * @param correct what else is known of a node's output
 */
export function follow(
  graph: Graph,
  from: ReadonlyMap<Value, Axes>,
  correct: (node: GraphNode, axes: Axes) => Axes = (_, axes) => axes,
): Map<Value, Axes> {
  const axes = new Map(from);
  const batch = batchOf(graph);
  for (const node of graph.nodes) {
    if (asksForSizes(node) || !readsOf(node).some((input) => axes.has(input))) continue;
    for (const [i, output] of node.outputs.entries()) {
      const sizes = output === "" || axes.has(output) ? undefined : sizesOf(graph, output, batch);
      if (sizes) axes.set(output, correct(node, new Follower(graph, node, axes, sizes, batch).axes(i)));
    }
  }
  return axes;
}

/** One output of one node. */
class Follower {
  constructor(
    readonly graph: Graph,
    readonly node: GraphNode,
    readonly known: ReadonlyMap<Value, Axes>,
    readonly sizes: readonly number[],
    readonly batch: Dim | undefined,
  ) {}

  axes(output: number): Axes {
    const { node } = this;
    const x = this.known.get(node.inputs[0] as Value);
    if (planar.has(node.op) && this.sizes.length === 4) return this.#planes(x);
    if (regrouping.has(node.op)) return (x && regrouped(x, this.sizes)) ?? this.#lost();
    switch (node.op) {
      case "Transpose":
        return this.#transposed(x);
      case "MatMul":
        return this.#product();
      case "Gemm":
        return this.#rows(x);
      case "Einsum":
        return this.#einsum();
      case "Concat":
        return this.#concatenated();
      case "Slice":
        return this.#slice(x);
      case "Split":
        return this.#split(x, output);
      case "Gather":
        return this.#gather(x);
      case "Resize":
        return x?.length === this.sizes.length ? this.#resized(x) : this.#lost();
      case "Expand":
        return x && isPoint(x) ? this.#resized(x) : this.#elementwise();
      default:
        return node.op.startsWith("Reduce") || node.op.startsWith("Arg") ? this.#reduced(x) : this.#elementwise();
    }
  }

  #lost(): Axes {
    return this.sizes.map(lostAxis);
  }

  /** What an axis is, if it has the size that is expected of it. */
  #fit(axis: Axis | undefined, i: number): Axis {
    const [expected, found] = [this.sizes[i] as number, axis ? sizeOf(axis) : Number.NaN];
    const fits = axis !== undefined && (Object.is(found, expected) || Number.isNaN(expected) || Number.isNaN(found));
    return fits ? axis : lostAxis(expected);
  }

  /** Planes again, unless the input is known to be something else in the shape of planes, such as attention. */
  #planes(x: Axes | undefined): Axes {
    const [batch, channels, height, width] = this.sizes as [number, number, number, number];
    const places = (axis: Axis | undefined, of: "row" | "column") =>
      axis?.every((each) => each.of === "lost") || isWhole(axis as Axis, of);
    if (x && !(places(x[2], "row") && places(x[3], "column"))) {
      return [this.#fit(x[0], 0), axisOf("other", channels), this.#fit(x[2], 2), this.#fit(x[3], 3)];
    }
    return [
      x?.[0] ?? axisOf("batch", batch),
      axisOf("other", channels),
      axisOf("row", height),
      axisOf("column", width),
    ];
  }

  #transposed(x: Axes | undefined): Axes {
    const perm = intsAttribute(this.node, "perm") ?? this.sizes.map((_, i) => this.sizes.length - 1 - i);
    return perm.map((from, to) => this.#fit(x?.[from], to));
  }

  #product(): Axes {
    const [a, b] = this.node.inputs.map((value) => this.known.get(value));
    const rank = this.sizes.length;
    const outer = this.#merged([a?.slice(0, -2), b?.slice(0, -2)], this.sizes.slice(0, -2));
    const side = (axis: Axis | undefined, i: number) =>
      axis ? this.#fit(axis, i) : axisOf("other", this.sizes[i] as number);
    return [...outer, side(a?.at(-2), rank - 2), side(b?.at(-1), rank - 1)].slice(-rank);
  }

  #rows(x: Axes | undefined): Axes {
    return [this.#fit(x?.[intAttribute(this.node, "transA", 0)], 0), axisOf("other", this.sizes[1] as number)];
  }

  #einsum(): Axes {
    const [left, right] = stringAttribute(this.node, "equation", "").replaceAll(" ", "").split("->");
    if (!left || right === undefined || left.includes(".")) return this.#lost();
    const terms = left.split(",");
    return [...right].map((label, i) => {
      const axes = terms.flatMap((term, k) => {
        const axis = this.known.get(this.node.inputs[k] as Value)?.[term.indexOf(label)];
        return axis ? [axis] : [];
      });
      return axes.length > 0 ? this.#fit(clearest(axes), i) : axisOf("other", this.sizes[i] as number);
    });
  }

  #concatenated(): Axes {
    const inputs = this.node.inputs.map((value) => this.known.get(value));
    const along = this.#axis(intAttribute(this.node, "axis", 0), this.sizes.length);
    const all = this.#merged(inputs, this.sizes, along);
    const parts = this.node.inputs.map((value) => sizesOf(this.graph, value, this.batch)?.[along] ?? Number.NaN);
    const axis = chained(
      inputs.map((each) => each?.[along]),
      parts,
    );
    return all.map((each, i) => (i === along ? this.#fit(axis, i) : each));
  }

  #slice(x: Axes | undefined): Axes {
    const [starts, , axes, steps] = this.node.inputs.slice(1).map((value) => this.#constant(value));
    if (!x || !starts || (this.node.inputs[3] && !axes) || (this.node.inputs[4] && !steps)) return this.#elementwise();
    const from = sizesOf(this.graph, this.node.inputs[0] as Value, this.batch) ?? [];
    return x.map((axis, i) => {
      const k = axes ? axes.findIndex((each) => this.#axis(each, x.length) === i) : i < starts.length ? i : -1;
      if (k < 0) return this.#fit(axis, i);
      const [start, step, size] = [starts[k] as number, steps?.[k] ?? 1, from[i] as number];
      if (step < 1) return axisOf("lost", this.sizes[i] as number);
      return this.#fit(sliced(axis, start < 0 ? Math.max(0, start + size) : start, this.sizes[i] as number, step), i);
    });
  }

  #split(x: Axes | undefined, output: number): Axes {
    const along = this.#axis(intAttribute(this.node, "axis", 0), this.sizes.length);
    const parts = this.node.outputs.map((value) => sizesOf(this.graph, value, this.batch)?.[along] ?? Number.NaN);
    const first = parts.slice(0, output).reduce((sum, size) => sum + size, 0);
    return this.sizes.map((size, i) => (i === along && x?.[i] ? sliced(x[i], first, size) : this.#fit(x?.[i], i)));
  }

  #gather(x: Axes | undefined): Axes {
    if (!x) return this.#lost();
    const along = this.#axis(intAttribute(this.node, "axis", 0), x.length);
    const places = this.sizes.length - x.length + 1;
    const inner = this.sizes.slice(along, along + places);
    const other = (x[along] as Axis).every(({ of }) => of === "other");
    const chosen = inner.map((size) => axisOf(other ? "other" : "lost", size));
    const picks = this.#constant(this.node.inputs[1] as Value);
    if (picks && places === 1) chosen[0] = sliced(x[along] as Axis, runStart(picks), picks.length);
    return [...x.slice(0, along), ...chosen, ...x.slice(along + 1)].map((axis, i) => this.#fit(axis, i));
  }

  #resized(x: Axes): Axes {
    return x.map((axis, i) => {
      const size = this.sizes[i] as number;
      if (isPoint(x) && i > 1) return axisOf(i === 2 ? "row" : "column", size);
      const [only] = axis;
      const grows = only && (only.of === "row" || only.of === "column") && isWhole(axis, only.of);
      return grows && !Object.is(sizeOf(axis), size) ? axisOf(only.of, size) : this.#fit(axis, i);
    });
  }

  #reduced(x: Axes | undefined): Axes {
    const given = this.#constant(this.node.inputs[1]) ?? intsAttribute(this.node, "axes");
    const one = this.node.op.startsWith("Arg") ? [intAttribute(this.node, "axis", 0)] : given;
    if (!x) return this.#lost();
    const gone = new Set((one ?? x.map((_, i) => i)).map((axis) => this.#axis(axis, x.length)));
    const kept =
      x.length === this.sizes.length ? x.map((axis, i) => (gone.has(i) ? [] : axis)) : x.filter((_, i) => !gone.has(i));
    return this.sizes.map((_, i) => this.#fit(kept[i], i));
  }

  #elementwise(): Axes {
    return this.#merged(
      readsOf(this.node).map((value) => this.known.get(value)),
      this.sizes,
    );
  }

  /** Broadcast against each other, from the last axis on; on each axis the one that says most counts. */
  #merged(inputs: readonly (Axes | undefined)[], sizes: readonly number[], without = -1): Axis[] {
    return sizes.map((size, i) => {
      const axes = inputs.flatMap((each) => {
        const axis = each?.[i - sizes.length + each.length];
        return axis && axis.length > 0 ? [axis] : [];
      });
      if (i === without || size === 1) return [];
      return axes.length > 0 ? this.#fit(clearest(axes), i) : axisOf("other", size);
    });
  }

  #axis(axis: number, rank: number): number {
    return axis < 0 ? axis + rank : axis;
  }

  #constant(value: Value | undefined): readonly number[] | undefined {
    const tensor = value === undefined ? undefined : this.graph.initializers.get(value);
    return tensor && numbers(tensor);
  }
}

/** Nobody knows; but what has the free size of the batch is the batch. */
function lostAxis(size: number): Axis {
  return axisOf(size === freeBatch ? "batch" : "lost", size);
}

/** Planes of one place, such as a pool leaves. */
function isPoint(axes: Axes): boolean {
  return axes.length === 4 && axes.slice(2).every((axis) => axis.length === 0);
}

function clearest(axes: readonly Axis[]): Axis {
  const says = (axis: Axis) =>
    axis.some(isPlace) || axis.some(({ of }) => of === "batch") ? 2 : axis.some(({ of }) => of === "other") ? 1 : 0;
  return axes.reduce((best, axis) => (says(axis) > says(best) ? axis : best));
}

/** Where indices that follow each other begin; NaN where they do not. */
function runStart(indices: readonly number[]): number {
  return indices.every((index, i) => index === (indices[0] as number) + i) ? (indices[0] as number) : Number.NaN;
}
