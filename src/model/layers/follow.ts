/** @file Follows slices, rows and columns of the input through the operators of a graph. */

import {
  type Dim,
  type Graph,
  type GraphNode,
  int as intAttribute,
  ints as intsAttribute,
  readsOf,
  runInputs,
  string as stringAttribute,
  type Value,
} from "../../onnx/graph.js";
import { numbers } from "../../onnx/tensor.js";
import type { AxisOrder } from "../input/axis-order.js";
import { planar } from "../input/planar.js";
import {
  type Axis,
  axisOf,
  chainAxes,
  type Factor,
  isLine,
  isPlace,
  isWhole,
  type Line,
  lines,
  padAxis,
  regroupAxes,
  sizeOf,
  sliceAxis,
} from "./axes.js";
import { batchOf, freeBatch, sizeAt, sizesOf } from "./sizes.js";

export type Axes = readonly Axis[];

const regrouping = new Set(["Reshape", "Flatten", "Squeeze", "Unsqueeze"]);

/** Whether a node only reads sizes, which tell nothing of the picture. */
export function asksForSizes({ op }: GraphNode): boolean {
  return op === "Shape" || op === "Size";
}

/** The letters of an order of axes. */
const letters: Readonly<Record<string, Factor["of"]>> = {
  ...{ n: "batch", c: "other", d: "slice", h: "row", w: "column", l: "column" },
};

/** What the axes of an order hold, such as batch, channels, rows and columns. */
export function kindsOf(order: AxisOrder): readonly Factor["of"][] {
  return [...order].map((letter) => letters[letter] ?? "lost");
}

/** The axes of a value of such an order. */
export function orderedAxes(sizes: readonly number[], order: AxisOrder): Axes {
  return kindsOf(order).map((of, i) => axisOf(of, sizeAt(sizes, i)));
}

/** The lines of planes of so many axes: rows and columns of four. */
function linesOf(rank: number): readonly Line[] {
  return lines.slice(2 - rank);
}

/**
 * The axes of some values, and of all values that depend on them.
 * @param start the axes of the values to follow
 * @param correct returns a node's output with further knowledge of its user
 */
export function followAxes(
  graph: Graph,
  start: ReadonlyMap<Value, Axes>,
  correct: (node: GraphNode, axes: Axes) => Axes = (_, axes) => axes,
): Map<Value, Axes> {
  const axes = new Map(start);
  const batch = batchOf(graph);
  // Of another rank than the input's only planes of pictures are known, such as the spectrogram of a signal.
  const ranks = new Set([4, runInputs(graph)[0]?.dims?.length ?? 4]);
  for (const node of graph.nodes) {
    if (asksForSizes(node) || !readsOf(node).some((input) => axes.has(input))) continue;
    for (const [i, output] of node.outputs.entries()) {
      const sizes = output === "" || axes.has(output) ? undefined : sizesOf(graph, output, batch);
      if (sizes) axes.set(output, correct(node, new Follower({ graph, batch, ranks }, node, axes, sizes).axes(i)));
    }
  }
  return axes;
}

/** What is the same for all nodes. */
interface Surroundings {
  readonly graph: Graph;
  readonly batch: Dim | undefined;
  /** Numbers of axes that planes may have. */
  readonly ranks: ReadonlySet<number>;
}

/** Tells the axes of a node's outputs by those of its inputs. */
class Follower {
  constructor(
    readonly around: Surroundings,
    readonly node: GraphNode,
    readonly axesOf: ReadonlyMap<Value, Axes>,
    readonly sizes: readonly number[],
  ) {}

  axes(output: number): Axes {
    const { node } = this;
    const [x] = this.#inputs();
    if (planar.has(node.op) && this.around.ranks.has(this.sizes.length)) return this.#planes(x);
    if (regrouping.has(node.op)) return (x && regroupAxes(x, this.sizes)) ?? this.#lost();
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
      case "Pad":
        return x?.length === this.sizes.length ? this.#padded(x) : this.#lost();
      case "Resize":
        return x?.length === this.sizes.length ? this.#resized(x) : this.#lost();
      case "LSTM":
      case "GRU":
      case "RNN":
        return this.#states(x);
      case "Expand":
        return x && this.#isPoint(x) ? this.#resized(x) : this.#elementwise();
      default:
        return node.op.startsWith("Reduce") || node.op.startsWith("Arg") ? this.#reduced(x) : this.#elementwise();
    }
  }

  #inputs(): (Axes | undefined)[] {
    return this.node.inputs.map((value) => this.axesOf.get(value));
  }

  #size(i: number): number {
    return sizeAt(this.sizes, i);
  }

  #lost(): Axes {
    return this.sizes.map(lostAxis);
  }

  /** The axis, if it has the size of the output's axis `i`; else a lost one. */
  #fit(axis: Axis | undefined, i: number): Axis {
    const [expected, got] = [this.#size(i), axis ? sizeOf(axis) : Number.NaN];
    if (axis === undefined || (Number.isNaN(got) && axis.every(({ of }) => of === "lost"))) return lostAxis(expected);
    return Object.is(got, expected) || Number.isNaN(expected) || Number.isNaN(got) ? axis : lostAxis(expected);
  }

  /** Planes, unless the input is something else in the shape of planes, such as attention. */
  #planes(x: Axes | undefined): Axes {
    const isPlaces = (axis: Axis | undefined, of: Line) =>
      axis === undefined || axis.every((each) => each.of === "lost") || isWhole(axis, of);
    const channels = axisOf("other", this.#size(1));
    const planes = linesOf(this.sizes.length);
    if (x && !planes.every((line, i) => isPlaces(x[i + 2], line)))
      return [this.#fit(x[0], 0), channels, ...planes.map((_, i) => this.#fit(x[i + 2], i + 2))];
    const batch = x?.[0] ?? axisOf("batch", this.#size(0));
    return [batch, channels, ...planes.map((line, i) => axisOf(line, this.#size(i + 2)))];
  }

  #transposed(x: Axes | undefined): Axes {
    const perm = intsAttribute(this.node, "perm") ?? this.sizes.map((_, i) => this.sizes.length - 1 - i);
    return perm.map((from, to) => this.#fit(x?.[from], to));
  }

  #product(): Axes {
    const [a, b] = this.#inputs();
    const rank = this.sizes.length;
    const outer = this.#broadcast([a?.slice(0, -2), b?.slice(0, -2)], this.sizes.slice(0, -2));
    const side = (axis: Axis | undefined, i: number) => (axis ? this.#fit(axis, i) : axisOf("other", this.#size(i)));
    return [...outer, side(a?.at(-2), rank - 2), side(b?.at(-1), rank - 1)].slice(-rank);
  }

  #rows(x: Axes | undefined): Axes {
    return [this.#fit(x?.[intAttribute(this.node, "transA", 0)], 0), axisOf("other", this.#size(1))];
  }

  #einsum(): Axes {
    const [left, right] = stringAttribute(this.node, "equation", "").replaceAll(" ", "").split("->");
    if (!left || right === undefined || left.includes(".")) return this.#lost();
    const inputs = this.#inputs();
    const terms = left.split(",");
    return [...right].map((label, i) => {
      const axes = terms.flatMap((term, k) => {
        const axis = inputs[k]?.[term.indexOf(label)];
        return axis ? [axis] : [];
      });
      return axes.length > 0 ? this.#fit(clearest(axes), i) : axisOf("other", this.#size(i));
    });
  }

  #concatenated(): Axes {
    const inputs = this.#inputs();
    const along = this.#axis(intAttribute(this.node, "axis", 0), this.sizes.length);
    const parts = inputs.map((each) => each?.[along]);
    const axis = chainAxes(parts, this.#sizesAlong(this.node.inputs, along));
    return this.#broadcast(inputs, this.sizes, along).map((each, i) => (i === along ? this.#fit(axis, i) : each));
  }

  #slice(x: Axes | undefined): Axes {
    const [starts, , axes, steps] = this.node.inputs.slice(1).map((value) => this.#constant(value));
    if (!x || !starts || (this.node.inputs[3] && !axes) || (this.node.inputs[4] && !steps)) return this.#elementwise();
    const { graph, batch } = this.around;
    const inputSizes = sizesOf(graph, this.node.inputs[0] ?? "", batch) ?? [];
    return x.map((axis, i) => {
      const k = axes ? axes.findIndex((each) => this.#axis(each, x.length) === i) : i < starts.length ? i : -1;
      if (k < 0) return this.#fit(axis, i);
      const [start, step] = [starts[k] ?? Number.NaN, steps?.[k] ?? 1];
      if (step < 1) return axisOf("lost", this.#size(i));
      const first = start < 0 ? Math.max(0, start + sizeAt(inputSizes, i)) : start;
      return this.#fit(sliceAxis(axis, first, this.#size(i), step), i);
    });
  }

  #split(x: Axes | undefined, output: number): Axes {
    const along = this.#axis(intAttribute(this.node, "axis", 0), this.sizes.length);
    const before = this.#sizesAlong(this.node.outputs.slice(0, output), along);
    const first = before.reduce((sum, size) => sum + size, 0);
    return this.sizes.map((size, i) => (i === along && x?.[i] ? sliceAxis(x[i], first, size) : this.#fit(x?.[i], i)));
  }

  #gather(x: Axes | undefined): Axes {
    if (!x) return this.#lost();
    const along = this.#axis(intAttribute(this.node, "axis", 0), x.length);
    const places = this.sizes.length - x.length + 1;
    const { [along]: source = [] } = x;
    const kind = source.every(({ of }) => of === "other") ? "other" : "lost";
    const indices = this.#constant(this.node.inputs[1]);
    const inner =
      indices && places === 1
        ? [sliceAxis(source, runStart(indices), indices.length)]
        : this.sizes.slice(along, along + places).map((size) => axisOf(kind, size));
    return [...x.slice(0, along), ...inner, ...x.slice(along + 1)].map((axis, i) => this.#fit(axis, i));
  }

  /** States of a recurrent layer know of all steps before or behind them: no single place is left. */
  #states(x: Axes | undefined): Axes {
    const batch = this.sizes.length - 2;
    return this.sizes.map((size, i) => (i === batch ? this.#fit(x?.[1], i) : axisOf("other", size)));
  }

  #padded(x: Axes): Axes {
    const [pads, axes] = [this.#constant(this.node.inputs[1]), this.#constant(this.node.inputs[3])];
    const padded = axes?.map((axis) => this.#axis(axis, x.length)) ?? x.map((_, i) => i);
    return x.map((axis, i) => {
      const growth = this.#size(i) - sizeOf(axis);
      // Pads that are computed when the graph is run fill windows up, which is done at the end.
      const before = pads === undefined ? 0 : (pads[padded.indexOf(i)] ?? 0);
      return this.#fit(growth === 0 ? axis : (padAxis(axis, before, growth - before) ?? axis), i);
    });
  }

  #resized(x: Axes): Axes {
    const isPoint = this.#isPoint(x);
    return x.map((axis, i) => {
      const size = this.#size(i);
      const line = isPoint ? linesOf(x.length)[i - 2] : undefined;
      if (line) return axisOf(line, size);
      const [only] = axis;
      const grows = only && isLine(only.of) && isWhole(axis, only.of);
      return grows && !Object.is(sizeOf(axis), size) ? axisOf(only.of, size) : this.#fit(axis, i);
    });
  }

  #reduced(x: Axes | undefined): Axes {
    if (!x) return this.#lost();
    const axes = this.node.op.startsWith("Arg")
      ? [intAttribute(this.node, "axis", 0)]
      : (this.#constant(this.node.inputs[1]) ?? intsAttribute(this.node, "axes") ?? x.map((_, i) => i));
    const reduced = new Set(axes.map((axis) => this.#axis(axis, x.length)));
    const keepsRank = x.length === this.sizes.length;
    const result = keepsRank ? x.map((axis, i) => (reduced.has(i) ? [] : axis)) : x.filter((_, i) => !reduced.has(i));
    return this.sizes.map((_, i) => this.#fit(result[i], i));
  }

  #elementwise(): Axes {
    const inputs = readsOf(this.node).map((value) => this.axesOf.get(value));
    return this.#broadcast(inputs, this.sizes);
  }

  /** Sizes of values along an axis, NaN where they are open. */
  #sizesAlong(values: readonly Value[], axis: number): number[] {
    const { graph, batch } = this.around;
    return values.map((value) => sizesOf(graph, value, batch)?.[axis] ?? Number.NaN);
  }

  /** Axes of values that are broadcast against each other, from the last axis on: of each the clearest. */
  #broadcast(inputs: readonly (Axes | undefined)[], sizes: readonly number[], without = -1): Axis[] {
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
    const tensor = value === undefined ? undefined : this.around.graph.initializers.get(value);
    return tensor && numbers(tensor);
  }

  /** Planes of one place, such as a pool leaves. */
  #isPoint(axes: Axes): boolean {
    const { length } = axes;
    return length > 3 && this.around.ranks.has(length) && axes.slice(2).every((axis) => axis.length === 0);
  }
}

/** An axis of which nothing but the size is known; one of the free size of the batch is the batch. */
function lostAxis(size: number): Axis {
  return axisOf(size === freeBatch ? "batch" : "lost", size);
}

/** The first axis with places or the batch, else the first of something else, else the first. */
function clearest(axes: readonly Axis[]): Axis {
  const clarity = (axis: Axis) =>
    axis.some(isPlace) || axis.some(({ of }) => of === "batch") ? 2 : axis.some(({ of }) => of === "other") ? 1 : 0;
  return axes.reduce((best, axis) => (clarity(axis) > clarity(best) ? axis : best));
}

/** The first of indices that follow each other; NaN where they do not. */
function runStart(indices: readonly number[]): number {
  const [first = Number.NaN] = indices;
  return indices.every((index, i) => index === first + i) ? first : Number.NaN;
}
