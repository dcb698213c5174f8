/** @file A network that computes no rows which nobody reads, and rows apart that are read apart: of tokens, or of packed projections. */

import { Builder } from "../../builder.js";
import {
  copyGraph,
  type Dim,
  dimsOf,
  type Graph,
  type GraphNode,
  ints,
  readsOf,
  typeOf,
  type Value,
} from "../../graph.js";
import { prune } from "../../prune.js";
import {
  areApart,
  constantsOf,
  dimsOfRows,
  type InputRows,
  type Rows,
  rowsOfInputs,
  sameRows,
  selectedRows,
} from "./rows.js";

export interface Narrowed {
  /** The graph, where the output is computed of rows; the values that it was computed of are still there. */
  readonly graph: Graph;
  /** Values through which the output is no longer computed, but through rows of them. */
  readonly replaced: ReadonlySet<Value>;
}

/** Below so much work nobody notices. */
const worth = new Set(["MatMul", "Gemm"]);

/** Into as many parts a value is taken apart at most: queries, keys and values are three. */
const mostParts = 3;

/** Rows of a value, and the rows of its node's inputs that they are made of. */
interface Part {
  readonly rows: Rows;
  readonly inputs: InputRows;
}

/**
 * Where a network goes on with the class token alone, all that is computed of single tokens before that is computed of that token
 * alone: projections, layer norms, and the queries of the last attention. Where it takes queries, keys and values out of one product,
 * each becomes a product of its own, and nothing is copied. The numbers are the same but for rounding, and so are gradients of what is
 * kept. Undefined where a network has no such place.
 * @param graph with the types of its values
 * @param kept values that are not to be narrowed
 */
export function narrowRows(graph: Graph, output: Value, kept: readonly Value[]): Narrowed | undefined {
  const wanted = findWanted(graph, output, kept);
  if (!graph.nodes.some((node) => worth.has(node.op) && wanted.parts.has(node))) return undefined;
  const op = new Builder(copyGraph(graph));
  op.graph.nodes = [];
  const narrowing = new Narrowing(op, graph, wanted);
  for (const node of graph.nodes) if (!narrowing.add(node)) return undefined;
  return { graph: op.graph, replaced: new Set([...wanted.parts.keys()].flatMap(({ outputs }) => outputs)) };
}

/** What the output needs. */
interface Wanted {
  /** Nodes of whose output it needs some rows alone. */
  readonly parts: ReadonlyMap<GraphNode, readonly Part[]>;
  /** Nodes that pick rows, of an input of which no others are computed, and these rows for each output. */
  readonly pickers: ReadonlyMap<GraphNode, readonly Rows[]>;
}

/** From the output to the inputs: of each value the rows that its readers want, or else all of it. */
function findWanted(graph: Graph, output: Value, kept: readonly Value[]): Wanted {
  const question = { dims: (value: Value) => dimsOf(graph, value), constant: constantsOf(graph) };
  const wanted = new Map<Value, readonly Rows[] | "all">([output, ...kept].map((value) => [value, "all"]));
  const parts = new Map<GraphNode, readonly Part[]>();
  const picked = new Map<GraphNode, readonly Rows[]>();
  const want = (value: Value, rows: Rows | undefined) => {
    const before = wanted.get(value) ?? [];
    wanted.set(value, rows === undefined || before === "all" ? "all" : withRows(before, rows));
  };
  for (const node of prune(graph, [output]).nodes.toReversed()) {
    const [first = "", ...others] = node.outputs;
    const some = wanted.get(first);
    const isOnly = others.every((value) => !wanted.has(value));
    const made =
      some === undefined || some === "all" || !isOnly ? [] : some.map((rows) => partOf({ ...question, node, rows }));
    if (made.length > 0 && made.every((part) => part !== undefined)) {
      parts.set(node, made);
      for (const { inputs } of made) for (const [i, value] of node.inputs.entries()) want(value, inputs[i]);
      continue;
    }
    for (const value of node.outputs) if (wanted.has(value)) wanted.set(value, "all");
    const own = node.outputs.every((value) => wanted.has(value)) ? selectedRows({ ...question, node }) : undefined;
    if (own) picked.set(node, own);
    const [data] = node.inputs;
    for (const value of readsOf(node)) {
      if (value !== data || own === undefined) want(value, undefined);
      else for (const rows of own) want(value, rows);
    }
  }
  const madeParts = new Map([...parts].map(([node, made]) => [node.outputs[0] ?? "", made]));
  const pickers = [...picked].filter(([{ inputs }, own]) =>
    own.every((rows) => madeParts.get(inputs[0] ?? "")?.some((part) => sameRows(part.rows, rows))),
  );
  return { parts, pickers: new Map(pickers) };
}

/** Adds rows to those that are wanted already: the same, or apart from all of them. */
function withRows(before: readonly Rows[], rows: Rows): readonly Rows[] | "all" {
  if (before.some((each) => sameRows(each, rows))) return before;
  const isApart = before.length < mostParts && before.every((each) => areApart(each, rows));
  return isApart ? [...before, rows] : "all";
}

function partOf(question: Parameters<typeof rowsOfInputs>[0]): Part | undefined {
  const inputs = rowsOfInputs(question);
  return inputs && { rows: question.rows, inputs };
}

class Narrowing {
  readonly #op: Builder;
  readonly #graph: Graph;
  readonly #wanted: Wanted;
  /** What is computed of each value. */
  readonly #made = new Map<Value, { readonly rows: Rows; readonly name: Value }[]>();

  constructor(op: Builder, graph: Graph, wanted: Wanted) {
    this.#op = op;
    this.#graph = graph;
    this.#wanted = wanted;
  }

  /** Appends a node, and one for each part of its output. @returns whether that was possible */
  add(node: GraphNode): boolean {
    const { graph } = this.#op;
    const picked = this.#wanted.pickers.get(node);
    if (picked) {
      graph.nodes.push(...node.outputs.flatMap((output, i) => this.#picking(node, output, picked[i])));
      return true;
    }
    graph.nodes.push(node);
    return (this.#wanted.parts.get(node) ?? []).every((part) => this.#addPart(node, part));
  }

  #addPart(node: GraphNode, { rows, inputs: asked }: Part): boolean {
    const { graph } = this.#op;
    const [value = ""] = node.outputs;
    const inputs = node.inputs.flatMap((input, i) => this.#input(input, asked[i]) ?? []);
    const type = typeOf(this.#graph, value);
    if (type?.dims === undefined || inputs.length < node.inputs.length) return false;
    const dims = dimsOfRows(type.dims, rows);
    const plain = this.#asReshape(node, inputs[0] ?? "", dims);
    if (node.op === "Reshape" && plain === undefined) return false;
    const name = this.#op.fresh(`${value}/rows`);
    graph.nodes.push({ ...node, inputs, ...plain, name: this.#op.fresh(`${node.name}/rows`), outputs: [name] });
    graph.types.set(name, { type: type.type, dims });
    this.#made.set(value, [...(this.#made.get(value) ?? []), { rows, name }]);
    return true;
  }

  /** A Reshape to known sizes, in the place of one, or of a Transpose that moves nothing but axes of one entry. */
  #asReshape(
    node: GraphNode,
    input: Value,
    dims: readonly Dim[],
  ): Pick<GraphNode, "op" | "inputs" | "attributes"> | undefined {
    if (dims.filter((dim) => typeof dim !== "number").length > 1) return undefined;
    if (node.op === "Transpose") {
      const from = dimsOf(this.#op.graph, input);
      const moved = ints(node, "perm")?.filter((axis) => from?.[axis] !== 1);
      if (moved === undefined || moved.some((axis, i) => axis < (moved[i - 1] ?? 0))) return undefined;
    } else if (node.op !== "Reshape") return undefined;
    const shape = this.#op.ints(dims.map((dim) => (typeof dim === "number" ? dim : -1)));
    return { op: "Reshape", inputs: [input, shape], attributes: {} };
  }

  /** What hands on the rows of the first input that a node picks as one of its outputs. */
  #picking(node: GraphNode, output: Value, rows: Rows | undefined): GraphNode[] {
    const [data = "", indices = ""] = node.inputs;
    const part = this.#made.get(data)?.find((each) => rows && sameRows(each.rows, rows));
    if (part === undefined || rows === undefined) return [];
    const isOne = node.op === "Gather" && this.#graph.initializers.get(indices)?.dims.length === 0;
    const [op, inputs] = isOne ? ["Squeeze", [part.name, this.#op.ints([rows.axis])]] : ["Identity", [part.name]];
    return [{ ...node, name: this.#op.fresh(`${node.name}/rows`), op, inputs, outputs: [output], attributes: {} }];
  }

  /** An input, or the rows of it: those that were computed, or else cut out. Undefined where that is not possible. */
  #input(value: Value, rows: Rows | undefined): Value | undefined {
    if (rows === undefined || value === "") return value;
    const part = this.#made.get(value)?.find((each) => sameRows(each.rows, rows));
    if (part) return part.name;
    const type = typeOf(this.#graph, value);
    const whole = type?.dims?.[rows.axis];
    if (type?.dims === undefined || typeof whole !== "number") return undefined;
    if (whole !== rows.size && rows.side === "inner") return undefined;
    const [start, end] = [rows.start, rows.start + rows.length].map((place) => (place * whole) / rows.size);
    const bounds = [start, end, rows.axis].map((each) => this.#op.ints([each ?? 0]));
    const cut = this.#op.scope(value).Slice(value, ...bounds);
    this.#op.graph.types.set(cut, { type: type.type, dims: dimsOfRows(type.dims, rows) });
    return cut;
  }
}
