/** @file One number of a value, followed back through operators that only move numbers, to the place where it is computed. */

import { dimsOf, type Graph, type GraphNode, int, ints, producers, type Value } from "../../onnx/graph.js";
import { numbers } from "../../onnx/tensor.js";
import type { Element } from "./found-task.js";

/** What a number is made of by the last operator that does more than move it: of a sigmoid or softmax, the number before it. */
export interface ElementSource extends Element {
  readonly activation: "sigmoid" | "softmax" | "none";
  /** Of a softmax: the axis that adds up to 1. */
  readonly axis?: number;
}

/**
 * The numbers whose product an element is, each before its sigmoid or softmax where it has one: one for a class score,
 * two for a class score times objectness.
 */
export function sourcesOf(graph: Graph, element: Element): readonly ElementSource[] {
  return sources(graph, producers(graph), element);
}

function sources(graph: Graph, madeBy: ReadonlyMap<Value, GraphNode>, element: Element): ElementSource[] {
  const found = originOf(graph, madeBy, element);
  const node = madeBy.get(found.value);
  const [first = "", second = ""] = node?.inputs ?? [];
  if (node?.op === "Sigmoid")
    return [{ ...originOf(graph, madeBy, { ...found, value: first }), activation: "sigmoid" }];
  if (node?.op === "Softmax") return [{ ...found, value: first, activation: "softmax", axis: int(node, "axis", -1) }];
  if (node?.op !== "Mul") return [{ ...found, activation: "none" }];
  const factors = [first, second].map((value) => broadcastElement(graph, value, found.index));
  if (factors.some((factor) => factor === undefined || graph.initializers.has(factor.value)))
    return [{ ...found, activation: "none" }];
  return factors.flatMap((factor) => (factor ? sources(graph, madeBy, factor) : []));
}

/** The most rows that are followed behind a choice of rows: among so many each level has some. */
const mostFollowed = 512;

/**
 * The elements that one may be a copy of where the network chooses rows when it runs, such as the best of all boxes: one for each value
 * that they lie in. The element itself where nothing is chosen.
 */
export function elementsBehind(graph: Graph, element: Element): readonly Element[] {
  const madeBy = producers(graph);
  const found = new Map<Value, Element>();
  function follow(each: Element): void {
    const origin = originOf(graph, madeBy, each);
    const node = madeBy.get(origin.value);
    const [value = ""] = node?.inputs ?? [];
    const sizes = sizesOfOne(graph, value);
    const chooses = node?.op === "GatherElements" || node?.op === "TopK";
    if (node === undefined || !chooses || sizes?.length !== origin.index.length) {
      const computedIn = sources(graph, madeBy, origin).map((source) => source.value);
      if (!found.has(computedIn.join(" "))) found.set(computedIn.join(" "), origin);
      return;
    }
    const axis = at([int(node, "axis", node.op === "TopK" ? -1 : 0)], 0, sizes.length);
    const rows = sizes[axis] ?? 0;
    const step = Math.max(1, rows / mostFollowed);
    for (let row = 0; row < rows; row += step) follow({ value, index: origin.index.with(axis, Math.floor(row)) });
  }
  follow(element);
  return [...found.values()];
}

/** The number that an element is a copy of, as far back as copies go. */
function originOf(graph: Graph, madeBy: ReadonlyMap<Value, GraphNode>, element: Element): Element {
  let origin = element;
  for (;;) {
    const node = madeBy.get(origin.value);
    const before = node && moves[node.op]?.(graph, node, origin);
    if (before === undefined) return origin;
    origin = before;
  }
}

/** The sizes of a value of one image; undefined where any other than the batch is open. */
export function sizesOfOne(graph: Graph, value: Value): readonly number[] | undefined {
  const sizes = dimsOf(graph, value)?.map((size, axis) => (axis === 0 && typeof size !== "number" ? 1 : size));
  return sizes?.every((size): size is number => typeof size === "number") ? sizes : undefined;
}

/** The place of an element in the row of all numbers of one image. */
export function flatIndex(index: readonly number[], sizes: readonly number[]): number {
  return index.reduce((flat, at, axis) => flat * (sizes[axis] ?? 1) + at, 0);
}

function indexAt(flat: number, sizes: readonly number[]): number[] {
  let rest = flat;
  return sizes
    .toReversed()
    .map((size) => {
      const at = rest % size;
      rest = Math.floor(rest / size);
      return at;
    })
    .toReversed();
}

/** The element of a value that is broadcast to larger sizes. */
function broadcastElement(graph: Graph, value: Value, index: readonly number[]): Element | undefined {
  const sizes = sizesOfOne(graph, value);
  if (sizes === undefined || sizes.length > index.length) return undefined;
  const own = index.slice(index.length - sizes.length);
  return { value, index: own.map((at, axis) => (sizes[axis] === 1 ? 0 : at)) };
}

/** Takes an element one operator back. */
type Move = (graph: Graph, node: GraphNode, element: Element) => Element | undefined;

const same: Move = (_, { inputs }, { index }) => ({ value: inputs[0] ?? "", index });

const reshaped: Move = (graph, { inputs: [value = ""] }, element) => {
  const [after, before] = [sizesOfOne(graph, element.value), sizesOfOne(graph, value)];
  return after && before && { value, index: indexAt(flatIndex(element.index, after), before) };
};

const moves: Readonly<Record<string, Move>> = {
  Identity: same,
  Cast: same,
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Transpose(_, node, { index }) {
    const perm = ints(node, "perm") ?? index.map((__, axis) => index.length - 1 - axis);
    const before = index.map((__, axis) => index[perm.indexOf(axis)] ?? 0);
    return { value: node.inputs[0] ?? "", index: before };
  },
  Concat(graph, node, { index }) {
    const axis = axisOf(node, index);
    let at = index[axis] ?? 0;
    for (const value of node.inputs) {
      const size = sizesOfOne(graph, value)?.[axis];
      if (size === undefined) return undefined;
      if (at < size) return { value, index: index.with(axis, at) };
      at -= size;
    }
    return undefined;
  },
  Split(graph, node, { value, index }) {
    const axis = axisOf(node, index);
    const before = node.outputs.slice(0, node.outputs.indexOf(value));
    const sizes = before.map((each) => sizesOfOne(graph, each)?.[axis]);
    const start = sizes.reduce<number>((sum, size) => sum + (size ?? Number.NaN), 0);
    if (!Number.isInteger(start)) return undefined;
    return { value: node.inputs[0] ?? "", index: index.with(axis, start + (index[axis] ?? 0)) };
  },
  Slice(graph, node, { index }) {
    const [value = "", ...bounds] = node.inputs;
    const [starts, , axes, steps] = bounds.map((name) => constantOf(graph, name));
    const sizes = sizesOfOne(graph, value);
    const isOpen = [bounds[2], bounds[3]].some((name) => name && constantOf(graph, name) === undefined);
    if (starts === undefined || sizes === undefined || isOpen) return undefined;
    const before = [...index];
    for (const [i, start] of starts.entries()) {
      const axis = at(axes ?? starts.map((_, k) => k), i, index.length);
      const [size, step] = [sizes[axis] ?? 0, steps?.[i] ?? 1];
      if (step < 0) return undefined;
      const first = Math.min(size, Math.max(0, start < 0 ? start + size : start));
      before[axis] = first + (index[axis] ?? 0) * step;
    }
    return { value, index: before };
  },
  Gather(graph, node, { index }) {
    const [value = "", places = ""] = node.inputs;
    const tensor = graph.initializers.get(places);
    const sizes = sizesOfOne(graph, value);
    if (tensor === undefined || sizes === undefined || tensor.dims.length > 1) return undefined;
    const axis = at([int(node, "axis", 0)], 0, sizes.length);
    const which = numbers(tensor)[tensor.dims.length === 0 ? 0 : (index[axis] ?? 0)] ?? 0;
    const place = which < 0 ? which + (sizes[axis] ?? 0) : which;
    const rest = tensor.dims.length === 0 ? index.slice(axis) : index.slice(axis + 1);
    return { value, index: [...index.slice(0, axis), place, ...rest] };
  },
};

function axisOf(node: GraphNode, index: readonly number[]): number {
  return at([int(node, "axis", 0)], 0, index.length);
}

/** An axis of a list, counted from the front. */
function at(axes: readonly number[], i: number, rank: number): number {
  const axis = axes[i] ?? 0;
  return axis < 0 ? axis + rank : axis;
}

function constantOf(graph: Graph, name: Value): readonly number[] | undefined {
  const tensor = graph.initializers.get(name);
  return tensor && numbers(tensor);
}
