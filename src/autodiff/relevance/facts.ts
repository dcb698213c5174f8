/** @file What relevance propagation must know of a graph before it walks: which values come from the image, which are never negative, and where one value is all that another depends on. */

import { type Graph, type GraphNode, producers, readers, type Value } from "../../onnx/graph.js";
import { descendants } from "../../onnx/prune.js";
import { numbers } from "../../onnx/tensor.js";

/** Names of operators, with spaces between. */
export const operators = (names: string): ReadonlySet<string> => new Set(names.match(/\w+/g));

/** Operators that give no negative numbers. */
const rectifiers = operators("Relu Sigmoid Softmax Abs Exp HardSigmoid Softplus Sqrt");
/** Operators that give none for inputs that hold none. */
const keepers = operators(`
  Add AveragePool Concat DepthToSpace Dropout Expand Flatten Gather GlobalAveragePool GlobalMaxPool Identity
  MaxPool Mul Pad ReduceMax ReduceMean ReduceSum Reshape Slice SpaceToDepth Split Squeeze Sum Transpose
  Unsqueeze
`);
/** Operators whose rules give an input its own share: none to a zero. */
const sharers = operators("Add AveragePool Conv ConvTranspose Gemm GlobalAveragePool MatMul ReduceMean ReduceSum Sum");
/** Operators that only move numbers, or choose some of them. */
const movers = operators(
  "Concat Flatten Identity MaxPool GlobalMaxPool Pad Reshape Slice Split Squeeze Transpose Unsqueeze",
);
/** Operators that work element by element. */
const elementwise = operators(`
  Abs Add Cast Celu Clip Div Elu Erf Exp Gelu HardSigmoid HardSwish Identity LeakyRelu Log Max Min Mish Mul
  Neg Pow Reciprocal Relu Selu Sigmoid Softplus Softsign Sqrt Sub Swish Tanh ThresholdedRelu
`);

export class Facts {
  readonly graph: Graph;
  readonly producerOf: ReadonlyMap<Value, GraphNode>;
  readonly #fromImage: ReadonlySet<Value>;
  readonly #takers: ReadonlySet<Value>;
  readonly #readers: ReadonlyMap<Value, readonly GraphNode[]>;
  readonly #nonNegative = new Map<Value, boolean>();

  /**
   * @param flat operators of sizes, comparisons and indices, which are no function of the image that relevance could follow
   * @param ends further operators whose results take no relevance
   */
  constructor(graph: Graph, input: Value, flat: readonly string[], ends: readonly string[]) {
    this.graph = graph;
    this.producerOf = producers(graph);
    this.#readers = readers(graph);
    const nodes = graph.nodes.filter(({ op }) => !flat.includes(op));
    this.#fromImage = descendants({ ...graph, nodes }, [input]);
    this.#takers = descendants({ ...graph, nodes: nodes.filter(({ op }) => !ends.includes(op)) }, [input]);
  }

  /** Whether relevance may go to a value: the image lies behind it. */
  takes(value: Value | undefined): value is Value {
    return value !== undefined && value !== "" && this.#takers.has(value);
  }

  /** Whether a value is the same for all images. */
  isFixed(value: Value | undefined): boolean {
    return value === undefined || !this.#fromImage.has(value);
  }

  /** The only node that reads a value, if it is one, and no output of the graph is it. */
  onlyReader(value: Value): GraphNode | undefined {
    const readers = this.#readers.get(value) ?? [];
    return this.graph.outputs.some(({ name }) => name === value) || readers.length !== 1 ? undefined : readers[0];
  }

  /** The node that alone reads a value and makes zeros of all negative numbers, if no relevance arrives at these zeros. */
  rectifierOf(value: Value): GraphNode | undefined {
    const reader = this.onlyReader(value);
    const [output = ""] = reader?.outputs ?? [];
    const rectifies = reader?.op === "Relu" || (reader?.op === "Clip" && this.isNonNegative(output));
    return rectifies && this.#zerosGetNothing(output) ? reader : undefined;
  }

  #zerosGetNothing(value: Value): boolean {
    const readers = this.#readers.get(value) ?? [];
    return readers.every(
      ({ op, outputs }) =>
        sharers.has(op) || (movers.has(op) && outputs.every((output) => this.#zerosGetNothing(output))),
    );
  }

  /** Whether a value is known to hold no negative number. */
  isNonNegative(value: Value): boolean {
    const known = this.#nonNegative.get(value);
    if (known !== undefined) return known;
    const found = this.#findNonNegative(value);
    this.#nonNegative.set(value, found);
    return found;
  }

  #findNonNegative(value: Value): boolean {
    const node = this.producerOf.get(value);
    if (node === undefined) {
      const constant = this.graph.initializers.get(value);
      return constant !== undefined && numbers(constant).every((number) => number >= 0);
    }
    if (rectifiers.has(node.op)) return true;
    if (node.op === "Clip") return node.inputs[1] !== undefined && this.isNonNegative(node.inputs[1]);
    if (node.op === "Add" || node.op === "Mul" || node.op === "Sum" || node.op === "Concat")
      return node.inputs.every((input) => this.isNonNegative(input));
    if (node.op === "Pad") return this.isNonNegative(node.inputs[0] ?? "") && node.inputs[2] === undefined;
    return keepers.has(node.op) && this.isNonNegative(node.inputs[0] ?? "");
  }

  /** The value of which another is a function element by element, itself if of none; `steps` counts the operators between. */
  rootOf(value: Value): { readonly root: Value; readonly steps: number } {
    const node = this.producerOf.get(value);
    if (node === undefined || !elementwise.has(node.op)) return { root: value, steps: 0 };
    const [first, ...others] = node.inputs.filter((input) => this.takes(input)).map((input) => this.rootOf(input));
    if (first === undefined || others.some(({ root }) => root !== first.root)) return { root: value, steps: 0 };
    return { root: first.root, steps: 1 + Math.max(first.steps, ...others.map(({ steps }) => steps)) };
  }
}
