/** @file A network that computes no rows which nobody reads, such as those of other tokens behind the last attention. */

import { Builder } from "../../builder.js";
import { copyGraph, dimsOf, type Graph, type GraphNode, readsOf, typeOf, type Value } from "../../graph.js";
import { prune } from "../../prune.js";
import { constantsOf, dimsOfRows, type InputRows, type Rows, rowsOfInputs, sameRows, selectedRows } from "./rows.js";

export interface Narrowed {
  /** The graph, where the output is computed of rows; the values that it was computed of are still there. */
  readonly graph: Graph;
  /** Values of which the output now depends on some rows alone, and on those through other values. */
  readonly replaced: ReadonlySet<Value>;
}

/** Below so much work nobody notices. */
const worth = new Set(["MatMul", "Gemm"]);

/**
 * Where a network goes on with the class token alone, all that is computed of single tokens before that is computed of that token
 * alone: projections, layer norms, and the queries of the last attention. The numbers are the same but for rounding, and so are
 * gradients of what is kept. Undefined where a network has no such place.
 * @param graph with the types of its values
 * @param kept values that are not to be narrowed
 */
export function narrowRows(graph: Graph, output: Value, kept: readonly Value[]): Narrowed | undefined {
  const wanted = findWanted(graph, output, kept);
  const isWorth = graph.nodes.some((node) => worth.has(node.op) && wanted.rows.has(node.outputs[0] ?? ""));
  if (!isWorth) return undefined;
  const op = new Builder(copyGraph(graph));
  op.graph.nodes = [];
  const narrowing = new Narrowing(op, graph, wanted);
  for (const node of graph.nodes) if (!narrowing.add(node)) return undefined;
  return { graph: op.graph, replaced: new Set(wanted.rows.keys()) };
}

/** What the output needs. */
interface Wanted {
  /** Values of which it needs some rows. */
  readonly rows: ReadonlyMap<Value, Rows>;
  /** For each node of such a value, the rows of its inputs. */
  readonly inputs: ReadonlyMap<GraphNode, InputRows>;
  /** Nodes that pick rows, of an input that is narrowed to these. */
  readonly pickers: ReadonlySet<GraphNode>;
}

/** From the output to the inputs: of each value the rows that all its readers share, or else all of it. */
function findWanted(graph: Graph, output: Value, kept: readonly Value[]): Wanted {
  const [dims, constant] = [(value: Value) => dimsOf(graph, value), constantsOf(graph)];
  const wanted = new Map<Value, Rows | "all">([output, ...kept].map((value) => [value, "all"]));
  const inputs = new Map<GraphNode, InputRows>();
  const picked = new Map<GraphNode, Rows>();
  const want = (value: Value, rows: Rows | undefined) => {
    const before = wanted.get(value);
    const agrees = rows && (before === undefined || (before !== "all" && sameRows(before, rows)));
    wanted.set(value, agrees ? rows : "all");
  };
  for (const node of prune(graph, [output]).nodes.toReversed()) {
    const [first = ""] = node.outputs;
    const rows = wanted.get(first);
    const isOnly = node.outputs.every((value, i) => i === 0 || !wanted.has(value));
    const question = { node, dims, constant };
    const asked = rows !== undefined && rows !== "all" && isOnly ? rowsOfInputs({ ...question, rows }) : undefined;
    if (asked !== undefined) {
      inputs.set(node, asked);
      node.inputs.forEach((value, i) => {
        want(value, asked[i]);
      });
      continue;
    }
    wanted.set(first, "all");
    const own = selectedRows(question);
    if (own) picked.set(node, own);
    for (const value of readsOf(node)) want(value, value === node.inputs[0] ? own : undefined);
  }
  const rows = new Map(
    graph.nodes.flatMap((node): [Value, Rows][] => {
      const [value = ""] = node.outputs;
      const some = wanted.get(value);
      return inputs.has(node) && some !== undefined && some !== "all" ? [[value, some]] : [];
    }),
  );
  const isNarrow = (value: Value | undefined, own: Rows) => {
    const some = rows.get(value ?? "");
    return some !== undefined && sameRows(some, own);
  };
  const pickers = [...picked].flatMap(([node, own]) => (isNarrow(node.inputs[0], own) ? [node] : []));
  return { rows, inputs, pickers: new Set(pickers) };
}

class Narrowing {
  readonly #op: Builder;
  readonly #graph: Graph;
  readonly #wanted: Wanted;
  /** The names of rows by those of their values. */
  readonly #names = new Map<Value, Value>();

  constructor(op: Builder, graph: Graph, wanted: Wanted) {
    this.#op = op;
    this.#graph = graph;
    this.#wanted = wanted;
  }

  /** Appends a node, and one for the rows of its output. @returns whether that was possible */
  add(node: GraphNode): boolean {
    const { graph } = this.#op;
    if (this.#wanted.pickers.has(node)) {
      graph.nodes.push(this.#picking(node));
      return true;
    }
    graph.nodes.push(node);
    const [value = ""] = node.outputs;
    const rows = this.#wanted.rows.get(value);
    const asked = this.#wanted.inputs.get(node);
    if (rows === undefined || asked === undefined) return true;
    const inputs = node.inputs.map((input, i) => this.#input(input, asked[i]));
    const type = typeOf(this.#graph, value);
    if (type?.dims === undefined || !inputs.every((input) => input !== undefined)) return false;
    const dims = dimsOfRows(type.dims, rows);
    if (node.op === "Reshape") {
      if (dims.filter((dim) => typeof dim !== "number").length > 1) return false;
      inputs[1] = this.#op.ints(dims.map((dim) => (typeof dim === "number" ? dim : -1)));
    }
    const name = this.#op.fresh(`${value}/rows`);
    const attributes = node.op === "Reshape" ? {} : node.attributes;
    graph.nodes.push({ ...node, name: this.#op.fresh(`${node.name}/rows`), inputs, outputs: [name], attributes });
    graph.types.set(name, { type: type.type, dims });
    this.#names.set(value, name);
    return true;
  }

  /** The node, whose first input has no other rows than those that it picks. */
  #picking(node: GraphNode): GraphNode {
    const [data = "", indices = ""] = node.inputs;
    const narrow = this.#names.get(data) ?? data;
    if (node.op === "Slice") return { ...node, op: "Identity", inputs: [narrow], attributes: {} };
    const rank = this.#graph.initializers.get(indices)?.dims.length ?? 0;
    return { ...node, inputs: [narrow, rank === 0 ? this.#op.int(0) : this.#op.ints([0])] };
  }

  /** An input, or the rows of it: those that were computed, or else cut out. Undefined where that is not possible. */
  #input(value: Value, rows: Rows | undefined): Value | undefined {
    if (rows === undefined || value === "") return value;
    const narrow = this.#names.get(value);
    if (narrow !== undefined) return narrow;
    const type = typeOf(this.#graph, value);
    if (type?.dims?.[rows.axis] !== rows.size) return undefined;
    const { axis, start, length } = rows;
    const bounds = [[start], [start + length], [axis]].map((each) => this.#op.ints(each));
    const cut = this.#op.scope(value).Slice(value, ...bounds);
    this.#op.graph.types.set(cut, { type: type.type, dims: dimsOfRows(type.dims, rows) });
    return cut;
  }
}
