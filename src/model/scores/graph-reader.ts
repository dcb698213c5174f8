/** @file Questions about the last values of a classifier: numbers, sums over classes, and whether two values are the same. */

import { dimsOf, type Graph, type GraphNode, int, producers, type Value } from "../../onnx/graph.js";
import { numbers } from "../../onnx/tensor.js";

/** Operators that give a sum over classes the sizes of what it is compared with. */
const broadcasting = new Set(["Identity", "Unsqueeze", "Reshape", "Expand", "Tile", "Cast", "Clip"]);
/** The largest constant that is looked at. */
const mostElements = 2 ** 14;
/** The largest number of nodes that are compared to tell whether two values are the same. */
const mostCompared = 6;

/** Reads a graph backwards. */
export class GraphReader {
  readonly #graph: Graph;
  readonly #madeBy: ReadonlyMap<Value, GraphNode>;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#madeBy = producers(graph);
  }

  producer(value: Value | undefined): GraphNode | undefined {
    return this.#madeBy.get(value ?? "");
  }

  /** The node of that operator that makes a value. */
  madeBy(value: Value | undefined, op: string): GraphNode | undefined {
    const node = this.producer(value);
    return node?.op === op && node.domain === "" ? node : undefined;
  }

  /** The number that a constant holds, in one element or for every class. */
  number(value: Value | undefined): number | undefined {
    const tensor = this.#graph.initializers.get(value ?? "");
    if (tensor === undefined || tensor.size > mostElements) return undefined;
    const [first, ...others] = numbers(tensor);
    return others.every((other) => other === first) ? first : undefined;
  }

  /** Of two inputs the one that is a number, and the other one. */
  withConstant([left, right]: readonly Value[]): { constant: number | undefined; other: Value | undefined } {
    const constant = this.number(right);
    return constant === undefined ? { constant: this.number(left), other: right } : { constant, other: left };
  }

  /** Whether two values are the same, because they are computed in the same way. */
  isSame(a: Value | undefined, b: Value | undefined, most = mostCompared): boolean {
    if (a === undefined || b === undefined) return false;
    if (a === b) return true;
    const [left, right] = [this.producer(a), this.producer(b)];
    if (most === 0 || !left || !right || left.op !== right.op || left.inputs.length !== right.inputs.length)
      return false;
    if (JSON.stringify(left.attributes) !== JSON.stringify(right.attributes)) return false;
    return left.inputs.every((input, i) => this.isSame(input, right.inputs[i], most - 1));
  }

  /** What is added up over the classes to make a value; undefined for another value. */
  sumOverClasses(value: Value | undefined): Value | undefined {
    const node = this.behindBroadcast(value);
    return node && ["ReduceSum", "ReduceL1"].includes(node.op) ? this.reducedOverClasses(node) : undefined;
  }

  /** The node that makes a value, without those that only give it other sizes or keep it from zero. */
  behindBroadcast(value: Value | undefined): GraphNode | undefined {
    let node = this.producer(value);
    while (node !== undefined) {
      const { constant, other } = this.withConstant(node.inputs);
      if (broadcasting.has(node.op)) node = this.producer(node.inputs[0]);
      else if (constant !== undefined && (node.op === "Add" || node.op === "Max") && Math.abs(constant) < 1e-3)
        node = this.producer(other);
      else break;
    }
    return node;
  }

  /** The input of a node that reduces the classes alone. */
  reducedOverClasses({ inputs: [x = "", axes = ""], attributes }: GraphNode): Value | undefined {
    const tensor = this.#graph.initializers.get(axes);
    const listed = attributes.axes?.type === "ints" ? attributes.axes.value : undefined;
    const [axis, ...others] = tensor ? numbers(tensor) : (listed ?? []);
    return axis !== undefined && others.length === 0 && (axis === 1 || this.isClassAxis(x, axis)) ? x : undefined;
  }

  /** Whether all axes that a node reduces hold one element. */
  reducesSingles({ inputs: [x = "", axes = ""] }: GraphNode): boolean {
    const [dims, tensor] = [dimsOf(this.#graph, x), this.#graph.initializers.get(axes)];
    return dims !== undefined && tensor !== undefined && numbers(tensor).every((axis) => dims.at(axis) === 1);
  }

  /** Whether an axis of a value is that of the classes: behind the batch, and all others behind it hold one element. */
  isClassAxis(value: Value | undefined, axis: number): boolean {
    const dims = dimsOf(this.#graph, value ?? "");
    if (dims === undefined) return axis === 1 || axis === -1;
    const at = axis < 0 ? axis + dims.length : axis;
    if (dims.length === 1) return at === 0;
    return at > 0 && dims.every((dim, i) => i === 0 || i === at || dim === 1);
  }

  /** Indices of the classes that a Gather takes, or none for a Slice; undefined where the node takes other things apart. */
  classesChosen(node: GraphNode): readonly number[] | undefined {
    const [x, indices = "", , axes = ""] = node.inputs;
    const constant = (value: Value) => this.#graph.initializers.get(value);
    if (dimsOf(this.#graph, x ?? "")?.length !== 2) return undefined;
    if (node.op === "Gather") {
      const chosen = constant(indices);
      return chosen && this.isClassAxis(x, int(node, "axis", 0)) ? numbers(chosen) : undefined;
    }
    const along = constant(axes);
    const [axis = 0, ...others] = along ? numbers(along) : [];
    return along && others.length === 0 && this.isClassAxis(x, axis) ? [] : undefined;
  }
}
