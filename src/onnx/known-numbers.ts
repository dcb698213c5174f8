/** @file Small lists of whole numbers that follow from constants and from sizes, worked out without running anything. */

import { type Dim, type Graph, type GraphNode, int, typeOf, type Value } from "./graph.js";
import { numbers, type Tensor } from "./tensor.js";

/** What is known of a number: its value; or the least, from 0 on, of one that grows with the number of images, or with an open size. */
export interface Known {
  readonly least: number;
  readonly exact: boolean;
}

/** The elements of a value in row-major order; those of which nothing is known are undefined. */
export type KnownList = readonly (Known | undefined)[];

/** More numbers than shapes and lists of axes have. */
const longest = 64;

/** What the rules of operators read. */
interface Operands {
  readonly node: GraphNode;
  readonly lists: readonly (KnownList | undefined)[];
  /** The sizes of the first input. */
  readonly dims: readonly Known[] | undefined;
}

type Rule = (operands: Operands) => KnownList | undefined;

/** What is known of the small lists of int32 and int64 of a graph. */
export class KnownNumbers {
  readonly #graph: Graph;
  readonly #outer: KnownNumbers | undefined;
  readonly #found = new Map<Value, KnownList>();
  readonly #batch: ReadonlySet<Dim>;

  /**
   * @param graph with the types of its values
   * @param outer those of the graph around
   */
  constructor(graph: Graph, outer?: KnownNumbers) {
    this.#graph = graph;
    this.#outer = outer;
    const dims = graph.inputs.flatMap((input) => input.dims ?? []);
    this.#batch = new Set([
      ...(outer ? outer.#batch : []),
      ...dims.filter((dim) => typeof dim === "string" && dim !== ""),
    ]);
    for (const node of graph.nodes) this.#add(node);
  }

  /** Undefined where not even the number of elements is known, or there are more than 64. */
  of(value: Value): KnownList | undefined {
    const tensor = this.#graph.initializers.get(value);
    return this.#found.get(value) ?? (tensor ? listOf(tensor) : this.#outer?.of(value));
  }

  #add(node: GraphNode): void {
    const rule = node.domain === "" ? rules[node.op] : undefined;
    const [x = ""] = node.inputs;
    const [y = ""] = node.outputs;
    if (rule === undefined || node.inputs.length > longest) return;
    const type = typeOf(this.#graph, y)?.type;
    const largest = type === "int64" ? Number.MAX_SAFE_INTEGER : type === "int32" ? 2 ** 31 - 1 : undefined;
    if (largest === undefined) return;
    const dims = typeOf(this.#graph, x)?.dims?.map((dim) => this.#size(dim));
    const list = rule({ node, lists: node.inputs.map((input) => (input ? this.of(input) : undefined)), dims });
    if (list && list.length <= longest) {
      // Sums and products beyond the type's range wrap around.
      this.#found.set(
        y,
        list.map((each) => (each && Math.abs(each.least) <= largest ? each : undefined)),
      );
    }
  }

  #size(dim: Dim): Known {
    if (typeof dim === "number") return exactly(dim);
    return { least: this.#batch.has(dim) ? 1 : 0, exact: false };
  }
}

function exactly(value: number): Known {
  return { least: value, exact: true };
}

function listOf(tensor: Tensor): KnownList | undefined {
  if (tensor.size > longest || !/^int(32|64)$/.test(tensor.type)) return undefined;
  return numbers(tensor).map(exactly);
}

/** A rule for two lists, element by element; a single element goes with each of the other list. */
function pairwise(one: (a: Known, b: Known) => Known | undefined): Rule {
  return ({ lists: [a, b] }) => {
    if (!a || !b || (a.length !== b.length && a.length !== 1 && b.length !== 1)) return undefined;
    const [longer, count] = a.length === 1 ? [b, b.length] : [a, a.length];
    const at = (list: KnownList, i: number) => list[list.length === 1 && longer.length !== 1 ? 0 : i];
    return Array.from({ length: count }, (_, i) => {
      const [x, y] = [at(a, i), at(b, i)];
      return x && y && one(x, y);
    });
  };
}

/** A rule for numbers that are known exactly. */
function ofExact(compute: (a: number, b: number) => number): Rule {
  return pairwise((a, b) => {
    const value = a.exact && b.exact ? compute(a.least, b.least) : Number.NaN;
    return Number.isFinite(value) ? exactly(value) : undefined;
  });
}

function sum(a: Known, b: Known): Known | undefined {
  const [least, exact] = [a.least + b.least, a.exact && b.exact];
  return exact || least >= 0 ? { least, exact } : undefined;
}

function product(a: Known, b: Known): Known | undefined {
  const exact = a.exact && b.exact;
  return exact || (a.least >= 0 && b.least >= 0) ? { least: a.least * b.least, exact } : undefined;
}

function maximum(a: Known, b: Known): Known {
  return { least: Math.max(a.least, b.least), exact: a.exact && b.exact };
}

/** All numbers multiplied. */
function multiplied(list: KnownList): Known | undefined {
  return list.reduce<Known | undefined>((all, each) => all && each && product(all, each), exactly(1));
}

const same: Rule = ({ lists: [x] }) => x;

const rules: Readonly<Record<string, Rule>> = {
  Identity: same,
  // Other lists have no known elements, so that a Cast comes from whole numbers.
  Cast: same,
  Flatten: same,
  Reshape: same,
  Squeeze: same,
  Unsqueeze: same,
  Shape: ({ node, dims }) => dims?.slice(int(node, "start", 0), int(node, "end", Number.POSITIVE_INFINITY)),
  Size: ({ dims }) => dims && [multiplied(dims)],
  Concat: ({ lists }) => (lists.every((list) => list !== undefined) ? lists.flat() : undefined),
  Gather: ({ node, lists: [x, indices], dims }) => {
    if (!x || !indices || dims?.length !== 1 || int(node, "axis", 0) > 0) return undefined;
    return indices.map((index) => (index?.exact ? x.at(index.least) : undefined));
  },
  Slice: ({ lists: [x, starts, ends, axes, steps], node, dims }) => {
    const plain = (node.inputs[3] ?? "") === "" || axes?.[0]?.least === 0 || axes?.[0]?.least === -1;
    const oneByOne = (node.inputs[4] ?? "") === "" || steps?.[0]?.least === 1;
    const [[start] = [], [end] = []] = [starts, ends];
    if (!x || dims?.length !== 1 || !plain || !oneByOne || !start?.exact || !end?.exact) return undefined;
    return x.slice(start.least, end.least);
  },
  Add: pairwise(sum),
  Sub: pairwise((a, b) => (b.exact ? sum(a, exactly(-b.least)) : undefined)),
  Mul: pairwise(product),
  Div: ofExact((a, b) => Math.trunc(a / b)),
  Mod: ofExact((a, b) => a - Math.floor(a / b) * b),
  Max: pairwise(maximum),
  Min: ofExact(Math.min),
  ReduceProd: ({ lists: [x], dims }) => (x && dims?.length === 1 ? [multiplied(x)] : undefined),
};
