/** @file Reverse-mode differentiation of graphs: a walker that knows no operator. */

import { FoveaError } from "../foundation/error.js";
import { at, present } from "../foundation/present.js";
import { Builder } from "../onnx/builder.js";
import {
  copyGraph,
  type Dim,
  dimsOf,
  type Graph,
  type GraphNode,
  operatorName,
  producers,
  readsOf,
  typeOf,
  type Value,
} from "../onnx/graph.js";
import { ancestors, descendants } from "../onnx/prune.js";
import { whyNoRule } from "./no-rule.js";
import { flat, type Rule, type RuleTable } from "./rule.js";
import { rules as standardRules } from "./rules/index.js";

export interface DifferentiateOptions {
  /** The value to differentiate. If it is no scalar, the sum of its elements (weighted by `seed`) is differentiated. */
  readonly of: Value;
  /** The values to differentiate with respect to: inputs, weights or inner values. */
  readonly wrt: readonly Value[];
  /** A value of `of`'s shape: the gradient that arrives there. Default: ones. */
  readonly seed?: Value;
  /** Rules that take precedence over the standard ones, e.g. for guided backpropagation. Default: none. */
  readonly rules?: RuleTable;
}

/** A graph with its gradients. */
export interface Differentiated {
  /** The graph with the backward nodes appended; outputs are unchanged. */
  readonly graph: Graph;
  /** The value that holds the gradient with respect to each of `wrt`, of the same shape. */
  readonly gradients: ReadonlyMap<Value, Value>;
}

/**
 * Appends nodes that compute the gradient of one value with respect to others. Types of inner values should be known
 * (`inferTypes`): where a shape is not, it is computed at run time.
 * @throws FoveaError `unsupported-operator` when an operator between `wrt` and `of` has no rule
 */
export function differentiate(graph: Graph, options: DifferentiateOptions): Differentiated {
  const op = new Builder(copyGraph(graph));
  const gradients = appendGradients(op, options);
  const used = ancestors(op.graph, gradients.values());
  for (const name of op.graph.initializers.keys()) {
    if (!graph.initializers.has(name) && !used.has(name)) op.graph.initializers.delete(name);
  }
  return { graph: op.graph, gradients };
}

/**
 * As `differentiate`, but appends to the builder's own graph, so that gradients of gradients and of several values can follow.
 * @returns the value that holds the gradient with respect to each of `wrt`
 */
export function appendGradients(op: Builder, options: DifferentiateOptions): ReadonlyMap<Value, Value> {
  const { of, wrt, seed, rules = {} } = options;
  return new Walk(op.scope(""), { ...standardRules, ...rules }).run(of, wrt, seed);
}

/**
 * Appends the gradients that a single node passes on to its inputs, whatever else depends on them.
 * @param output the node's first output
 * @param gradient the gradient that arrives there
 */
export function appendLocalGradients(
  op: Builder,
  output: Value,
  inputs: readonly Value[],
  gradient: Value,
): ReadonlyMap<Value, Value> {
  const { graph } = op;
  const { nodes } = graph;
  const index = nodes.findIndex(({ outputs }) => outputs[0] === output);
  graph.nodes = nodes.slice(index, index + 1);
  const gradients = appendGradients(op, { of: output, wrt: inputs, seed: gradient });
  const [node, ...appended] = graph.nodes;
  graph.nodes = [...nodes.slice(0, index), present(node, output), ...nodes.slice(index + 1), ...appended];
  return gradients;
}

class Walk {
  readonly graph: Graph;
  readonly #op: Builder;
  readonly #rules: RuleTable;
  readonly #producerOf: ReadonlyMap<Value, GraphNode>;
  readonly #contributions = new Map<Value, Value[]>();
  /** The node through which a gradient first reached a value. */
  readonly #reachedBy = new Map<Value, GraphNode>();

  constructor(op: Builder, rules: RuleTable) {
    this.graph = op.graph;
    this.#op = op;
    this.#rules = rules;
    this.#producerOf = producers(op.graph);
  }

  run(of: Value, wrt: readonly Value[], seed: Value | undefined): Map<Value, Value> {
    const forward = [...this.graph.nodes];
    const dependent = descendants(this.graph, wrt);
    const contributing = ancestors(this.graph, [of]);
    const onPath = (value: Value) => dependent.has(value) && contributing.has(value);
    if (onPath(of)) this.#contributions.set(of, [seed ?? fillLike(this.#beside(of), of, 1)]);
    for (const [i, node] of [...forward.entries()].reverse()) {
      if (node.outputs.some((output) => this.#contributions.has(output)) && readsOf(node).some(onPath)) {
        this.#backward(node, i, onPath);
      }
    }
    const gradients = new Map(
      wrt.map((value) => [value, this.#gradient(value) ?? fillLike(this.#beside(value), value, 0)]),
    );
    const used = ancestors(this.graph, gradients.values());
    this.graph.nodes = this.graph.nodes.filter(
      (node, i) => i < forward.length || node.outputs.some((output) => used.has(output)),
    );
    return gradients;
  }

  #backward(node: GraphNode, index: number, onPath: (value: Value) => boolean): void {
    const rule = node.domain === "" ? this.#rules[node.op] : undefined;
    if (rule === flat) return;
    if (rule === undefined) throw this.#noRule(node);
    const op = this.#op.scope(`${node.name}/grad`);
    const gradients = rule.gradients({
      op,
      node,
      inputs: node.inputs.map((input) => input || undefined),
      gradients: node.outputs.map((output) => this.#gradient(output)),
      dims: (value = "") => dimsOf(this.graph, value),
      typeOf: (value = "") => typeOf(this.graph, value),
      output: (i) => this.#output(index, i),
      gradientsOf: (of, wrt) => this.#partials(op, of, wrt),
    });
    node.inputs.forEach((input, i) => {
      const gradient = gradients[i];
      if (input === "" || gradient === undefined || !onPath(input)) return;
      const contribution = rule.broadcast ? this.#unbroadcast(op, rule.broadcast, gradient, input, node) : gradient;
      const contributions = this.#contributions.get(input);
      if (contributions) contributions.push(contribution);
      else this.#contributions.set(input, [contribution]);
      if (!this.#reachedBy.has(input)) this.#reachedBy.set(input, node);
    });
  }

  /** The sum of all that arrived at a value. */
  #gradient(value: Value): Value | undefined {
    const contributions = this.#contributions.get(value);
    if (contributions === undefined || contributions.length === 0) return undefined;
    const sum = contributions.reduce((a, b) => this.#beside(value).Add(a, b));
    this.#contributions.set(value, [sum]);
    return sum;
  }

  /** New nodes are named after the node that makes a value, or after the value where it is an input. */
  #beside(value: Value): Builder {
    return this.#op.scope(`${this.#producerOf.get(value)?.name ?? value}/grad`);
  }

  /** As if nothing computed `wrt`: what depends on one of them through another does not count. */
  #partials(op: Builder, of: Value, wrt: readonly Value[]): Value[] {
    const { nodes } = this.graph;
    const between = nodes.filter(({ outputs }) => !outputs.some((output) => wrt.includes(output)));
    this.graph.nodes = [...between];
    const gradients = new Walk(op, this.#rules).run(of, wrt, undefined);
    const changed = new Map(between.map((node, i) => [node, at(this.graph.nodes, i)]));
    const appended = this.graph.nodes.slice(between.length);
    this.graph.nodes = [...nodes.map((node) => changed.get(node) ?? node), ...appended];
    return wrt.map((value) => present(gradients.get(value), value));
  }

  #output(index: number, i: number): Value {
    const node = at(this.graph.nodes, index);
    const existing = node.outputs[i];
    if (existing) return existing;
    const length = Math.max(i + 1, node.outputs.length);
    const outputs = Array.from({ length }, (_, k) => node.outputs[k] ?? "");
    const name = this.#op.scope(node.name).fresh(`output_${i}`);
    outputs[i] = name;
    this.graph.nodes[index] = { ...node, outputs };
    return name;
  }

  #unbroadcast(
    op: Builder,
    kind: NonNullable<Rule["broadcast"]>,
    gradient: Value,
    input: Value,
    node: GraphNode,
  ): Value {
    const to = dimsOf(this.graph, input);
    const output = dimsOf(this.graph, at(node.outputs, 0));
    const vector = to !== undefined && to.length < 2;
    const batched = to && output && (vector ? to : [...output.slice(0, -2), ...to.slice(-2)]);
    const from = kind === "all" ? output : batched;
    return sumTo(op, gradient, input, from, to);
  }

  #noRule(node: GraphNode): FoveaError {
    const next = ({ outputs }: GraphNode) => this.#reachedBy.get(outputs.find((o) => this.#reachedBy.has(o)) ?? "");
    const path: string[] = [];
    for (let each = next(node); each !== undefined && path.length < 6; each = next(each)) {
      path.push(`${each.op} "${each.name}"`);
    }
    const reached = path.length === 0 ? "" : ` (reached by ${path.join(" <- ")})`;
    const { problem, advice } = whyNoRule(node);
    return new FoveaError(
      "unsupported-operator",
      `node "${node.name}": operator ${operatorName(node)} ${problem}${reached}: ${advice}`,
    );
  }
}

/** Sums a gradient of sizes `from` over the axes along which `input` (sizes `to`) was broadcast. */
function sumTo(
  op: Builder,
  gradient: Value,
  input: Value,
  from: readonly Dim[] | undefined,
  to: readonly Dim[] | undefined,
): Value {
  if (from === undefined || to === undefined) return sumToAtRunTime(op, gradient, input);
  const extraAxes = from.length - to.length;
  // A symbol stands for the same size only where it bears the same name.
  const certain = (dim: Dim, i: number) => typeof dim === "number" || (dim !== "" && dim === from[i + extraAxes]);
  if (extraAxes < 0 || !to.every(certain)) return sumToAtRunTime(op, gradient, input);
  const leading = Array.from({ length: extraAxes }, (_, i) => i);
  const stretched = to.flatMap((dim, i) => (dim === 1 && from[i + extraAxes] !== 1 ? [i + extraAxes] : []));
  if (leading.length + stretched.length === 0) return gradient;
  const summed = op.ReduceSum(gradient, op.ints([...leading, ...stretched]), { keepdims: 1 });
  return extraAxes === 0 ? summed : op.Squeeze(summed, op.ints(leading));
}

/** The same where sizes are known only at run time: axes of size 1 in the input are summed, the rest is a reshape. */
function sumToAtRunTime(op: Builder, gradient: Value, input: Value): Value {
  const rank = (value: Value) => op.Shape(op.Shape(value));
  const missing = op.Sub(rank(gradient), rank(input));
  const shape = op.Pad(op.Shape(input), op.Concat(missing, op.ints([0]), { axis: 0 }), op.int(1));
  const axes = op.Squeeze(op.NonZero(op.Equal(shape, op.ints([1]))), op.ints([0]));
  const summed = op.ReduceSum(gradient, axes, { keepdims: 1, noop_with_empty_axes: 1 });
  return op.Reshape(summed, op.Shape(input));
}

/** A tensor of `value`'s shape, all elements the same. */
function fillLike(op: Builder, value: Value, element: number): Value {
  return op.Expand(op.scalar(element), op.Shape(value));
}
