/** @file Appends nodes to a graph; operators are methods spelled as in the ONNX specification. */

import { type Attribute, emptyGraph, type Graph, type GraphNode, type Value, type ValueInfo } from "./graph.js";
import { Names } from "./names.js";
import { float32, int64, Tensor } from "./tensor.js";

/** Operators with one output. Those with several go through `Builder.node`. */
// biome-ignore format: a list in alphabetical order reads best as a block
export const emitters = [
  "Abs", "Add", "And", "ArgMax", "AveragePool", "Cast", "CastLike", "Ceil", "Clip", "Concat", "ConstantOfShape", "Conv",
  "ConvTranspose", "Cos", "Cosh", "DepthToSpace", "Div", "Equal", "Erf", "Exp", "Expand", "Flatten", "Floor", "Gather",
  "GatherElements", "Gemm", "GlobalAveragePool", "Greater", "GreaterOrEqual", "GridSample", "Identity", "IsNaN",
  "LeakyRelu", "Less", "LessOrEqual", "Log", "LogSoftmax", "MatMul", "Max", "MaxUnpool", "Min", "Mul", "Neg", "NonZero",
  "Not", "OneHot", "Or", "Pad", "Pow", "Range", "Reciprocal", "ReduceL1", "ReduceL2", "ReduceLogSumExp", "ReduceMax",
  "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "Relu", "Reshape", "Resize", "Round", "ScatterElements",
  "Shape", "Sigmoid", "Sign", "Sin", "Sinh", "Size", "Slice", "Softmax", "Softplus", "Sqrt", "Squeeze", "Sub", "Tanh",
  "Tile", "Transpose", "Unsqueeze", "Where",
] as const;

/** An attribute as it may be written: a number is an int (write `float(x)` for a float), a list of numbers ints. */
export type AttributeLike = number | string | readonly number[] | readonly string[] | Tensor | Attribute;
export type Attributes = Record<string, AttributeLike | undefined>;

type Inputs = readonly (Value | undefined)[];
type Emit = (...args: (Value | undefined | Attributes)[]) => Value;
type Emitters = { readonly [Operator in (typeof emitters)[number]]: Emit };

/** Marks an attribute as a float. */
export function float(value: number): Attribute {
  return { type: "float", value };
}

/** Appends operators to a graph, each by a method of its name: `op.Mul(a, b)`. Values are names; `undefined` omits an optional input. */
export interface Builder extends Emitters {}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the emitters are installed on the prototype below
export class Builder {
  readonly graph: Graph;
  readonly #scope: string;
  readonly #taken: Names;
  readonly #constants: Map<string, Value>;
  /** The graph that holds the constants. */
  readonly #home: Graph;

  /**
   * @param graph the graph to append to; a new one by default
   * @param home the graph that holds the constants; the same by default
   */
  constructor(graph: Graph = emptyGraph("graph"), scope = "", shared?: Builder, home = graph) {
    this.graph = graph;
    this.#home = home;
    this.#scope = scope;
    this.#taken = shared ? shared.#taken : new Names(namesIn(graph));
    this.#constants = shared ? shared.#constants : new Map();
  }

  /** The same graph; new names begin with `name`. */
  scope(name: string): Builder {
    return new Builder(this.graph, name, this, this.#home);
  }

  /** Builds the body of a Scan: a new graph whose names are free here too, and whose constants lie in the graph around it. */
  inner(): Builder {
    return new Builder(emptyGraph(this.fresh("body")), this.#scope, this, this.#home);
  }

  /** Declares a run-time input. */
  input(name: Value, type: ValueInfo["type"], dims?: ValueInfo["dims"]): Value {
    this.#taken.add(name);
    this.graph.inputs.push({ name, type, dims });
    return name;
  }

  /** Declares an output; with `name` the value is handed out under that name. */
  output(value: Value, name?: Value): Value {
    const output = name === undefined || name === value ? value : this.named(name, value);
    this.graph.outputs.push({ name: output });
    return output;
  }

  /** Gives a value a second, fixed name. */
  named(name: Value, value: Value): Value {
    return this.layer(name, "Identity", [value]);
  }

  /** A constant held as an initializer. */
  constant(tensor: Tensor, hint = "constant"): Value {
    const name = this.fresh(hint);
    this.#home.initializers.set(name, tensor);
    return name;
  }

  /** A float32 scalar. */
  scalar(value: number): Value {
    return this.#shared(`f${value}`, () => float32([], [value]));
  }

  /** An int64 vector, as shapes and axes are given. */
  ints(values: readonly number[]): Value {
    return this.#shared(`i${values}`, () => int64(values));
  }

  /** An int64 scalar. */
  int(value: number): Value {
    return this.#shared(`s${value}`, () => int64([value], []));
  }

  /** Appends a node with `outputCount` outputs and returns their names. */
  node(op: string, inputs: Inputs, attributes: Attributes, outputCount: 3): [Value, Value, Value];
  node(op: string, inputs: Inputs, attributes: Attributes, outputCount: 2): [Value, Value];
  node(op: string, inputs: Inputs, attributes?: Attributes, outputCount?: number): [Value, ...Value[]];
  node(op: string, inputs: Inputs, attributes: Attributes = {}, outputCount = 1): [Value, ...Value[]] {
    const name = this.fresh(op);
    const others = Array.from({ length: outputCount - 1 }, (_, i) => this.fresh(`${op}_${i + 1}`));
    this.#push(name, op, inputs, attributes, [name, ...others]);
    return [name, ...others];
  }

  /** Appends a node with one output, both of the given name, so that people can ask for it. */
  layer(name: Value, op: string, inputs: Inputs, attributes: Attributes = {}): Value {
    this.#taken.add(name);
    this.#push(name, op, inputs, attributes, [name]);
    return name;
  }

  /** Appends a copy of a node under its own names. */
  append(node: GraphNode): void {
    for (const output of node.outputs) this.#taken.add(output);
    this.graph.nodes.push(node);
  }

  #push(name: string, op: string, inputs: Inputs, attributes: Attributes, outputs: readonly Value[]): void {
    const names = inputs.map((input) => input ?? "");
    while (names[names.length - 1] === "") names.pop();
    const entries = Object.entries(attributes).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, attributeOf(value)] as const],
    );
    this.graph.nodes.push({
      name,
      op,
      domain: "",
      inputs: names,
      outputs,
      attributes: Object.fromEntries(entries),
    });
  }

  #shared(key: string, make: () => Tensor): Value {
    const existing = this.#constants.get(key);
    if (existing !== undefined) return existing;
    const name = this.constant(make(), `const/${key}`);
    this.#constants.set(key, name);
    return name;
  }

  /** A name that nothing in the graph bears yet, now taken. */
  fresh(hint: string): string {
    return this.#taken.fresh(this.#scope === "" ? hint : `${this.#scope}/${hint}`);
  }
}

for (const op of emitters) {
  Object.defineProperty(Builder.prototype, op, {
    value: function emit(this: Builder, ...args: (Value | undefined | Attributes)[]): Value {
      const last = args[args.length - 1];
      const attributes = typeof last === "object" ? last : undefined;
      const inputs = args.filter((arg) => typeof arg !== "object");
      return this.node(op, inputs, attributes)[0];
    },
  });
}

function attributeOf(value: AttributeLike): Attribute {
  if (typeof value === "number") return { type: "int", value };
  if (typeof value === "string") return { type: "string", value };
  if (value instanceof Tensor) return { type: "tensor", value };
  if ("value" in value) return value;
  return areStrings(value) ? { type: "strings", value } : { type: "ints", value };
}

function areStrings(values: readonly number[] | readonly string[]): values is readonly string[] {
  return typeof values[0] === "string";
}

function namesIn(graph: Graph): Set<string> {
  const names = new Set<string>([...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()]);
  for (const node of graph.nodes) {
    names.add(node.name);
    for (const output of node.outputs) names.add(output);
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.type === "graph") for (const name of namesIn(attribute.value)) names.add(name);
    }
  }
  return names;
}
