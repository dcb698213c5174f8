/** @file A part of a value along one axis, and which parts of its inputs an operator makes it of. */

import { type Dim, type Graph, type GraphNode, int, ints, staticDims, type Value } from "../../graph.js";
import { numbers } from "../../tensor.js";

/** Some neighbouring entries along an axis, or along a part of an axis that others were flattened into. */
export interface Rows {
  /** Counted from the front. */
  readonly axis: number;
  /** How many entries there are, and which of them these are. */
  readonly size: number;
  readonly start: number;
  readonly length: number;
  /** Where an axis holds more than these entries: whether they are the outermost or the innermost part of it. */
  readonly side: "outer" | "inner";
}

/** Of each input the rows that are needed; undefined for one that is needed as it is. */
export type InputRows = readonly (Rows | undefined)[];

export interface Question {
  readonly node: GraphNode;
  /** What is needed of its first output. */
  readonly rows: Rows;
  readonly dims: (value: Value) => readonly Dim[] | undefined;
  /** A constant's whole numbers. */
  readonly constant: (value: Value | undefined) => readonly number[] | undefined;
}

type Rule = (question: Question) => InputRows | undefined;

export function sameRows(a: Rows, b: Rows): boolean {
  return (["axis", "size", "start", "length", "side"] as const).every((key) => a[key] === b[key]);
}

/** Whether none of some rows is one of others along the same axis. */
export function areApart(a: Rows, b: Rows): boolean {
  const isAlong = (["axis", "size", "side"] as const).every((key) => a[key] === b[key]);
  return isAlong && (a.start + a.length <= b.start || b.start + b.length <= a.start);
}

/** The sizes of a value of which only rows are there. */
export function dimsOfRows(dims: readonly Dim[], { axis, size, length }: Rows): Dim[] {
  return dims.map((dim, i) => (i === axis ? shrunk(dim, size, length) : dim));
}

function shrunk(dim: Dim, size: number, length: number): Dim {
  if (typeof dim === "number") return (dim / size) * length;
  const factors = dim.split("*");
  const own = factors.indexOf(String(size));
  const rest = factors.filter((_, i) => i !== own);
  return length === 1 && rest.length === 1 && rest.length < factors.length ? (rest[0] ?? "") : "";
}

/** A constant's whole numbers by its name. */
export function constantsOf(graph: Graph): Question["constant"] {
  return (value = "") => {
    const tensor = graph.initializers.get(value);
    return tensor && /^int(32|64)$/.test(tensor.type) && tensor.size <= 64 ? numbers(tensor) : undefined;
  };
}

/**
 * For each output the rows of the first input that it is: of a Gather with one constant index, a Slice of constants along one axis, or
 * a Split. Undefined for every other node.
 */
export function selectedRows({ node, dims, constant }: Omit<Question, "rows">): readonly Rows[] | undefined {
  const [data = "", ...others] = node.inputs;
  const sizes = dims(data);
  if (node.domain !== "" || sizes === undefined) return undefined;
  const rowsAt = (axis: number, from: number, to: number): Rows[] | undefined => {
    const size = sizes[axis];
    if (typeof size !== "number") return undefined;
    const [start = 0, end = 0] = [from, to].map((place) =>
      Math.min(size, Math.max(0, place < 0 ? place + size : place)),
    );
    if (end <= start || end - start === size) return undefined;
    return [{ axis, size, start, length: end - start, side: "outer" }];
  };
  const axis = fromFront(int(node, "axis", 0), sizes);
  if (node.op === "Gather") {
    const [index, ...more] = constant(others[0]) ?? [];
    if (index === undefined || more.length > 0) return undefined;
    return rowsAt(axis, index, index === -1 ? Number.MAX_SAFE_INTEGER : index + 1);
  }
  if (node.op === "Split") {
    const lengths = constant(others[0]) ?? node.outputs.map((output) => Number(dims(output)?.[axis]));
    const all = lengths.map((length, i) => {
      const start = lengths.slice(0, i).reduce((sum, each) => sum + each, 0);
      return rowsAt(axis, start, start + length)?.[0];
    });
    return all.length === node.outputs.length && all.every((rows) => rows !== undefined) ? all : undefined;
  }
  return node.op === "Slice"
    ? slicedRows(others, constant, (at, ...bounds) => rowsAt(fromFront(at, sizes), ...bounds))
    : undefined;
}

function slicedRows(
  bounds: readonly Value[],
  constant: Question["constant"],
  rowsAt: (axis: number, from: number, to: number) => Rows[] | undefined,
): Rows[] | undefined {
  const [starts, ends, axes = [0], steps = [1]] = bounds.map((value) => (value ? (constant(value) ?? []) : undefined));
  const [start, end, axis] = [starts, ends, axes].map((list) => (list?.length === 1 ? list[0] : undefined));
  if (start === undefined || end === undefined || axis === undefined || steps.length !== 1 || steps[0] !== 1)
    return undefined;
  return rowsAt(axis, start, end);
}

/** Which rows of its inputs make rows of a node's output; undefined where an operator mixes rows, or sizes are not known. */
export function rowsOfInputs(question: Question): InputRows | undefined {
  const rule = question.node.domain === "" ? rules[question.node.op] : undefined;
  return rule?.(question);
}

function fromFront(axis: number, { length }: Pick<readonly Dim[], "length">): number {
  return axis < 0 ? axis + length : axis;
}

/** The rows of an input that is broadcast to the output: itself where it is the same for all rows; false where nothing is known. */
function broadcastRows({ node, rows, dims }: Question, input: Value): Rows | undefined | false {
  const [from, to] = [dims(input), dims(node.outputs[0] ?? "")];
  if (input === "") return undefined;
  if (from === undefined || to === undefined) return false;
  const axis = rows.axis - (to.length - from.length);
  const [size, whole] = [from[axis], to[rows.axis]];
  if (axis < 0 || (size === 1 && whole !== 1)) return undefined;
  return size !== "" && size === whole ? { ...rows, axis } : false;
}

const elementwise: Rule = (question) => {
  const each = question.node.inputs.map((input) => broadcastRows(question, input));
  return each.every((rows) => rows !== false) ? each : undefined;
};

/** Along axes that the node does not mix, of its first input. */
function apartFrom(axesOf: (question: Question) => readonly number[] | undefined): Rule {
  return (question) => {
    const { node, rows, dims } = question;
    const sizes = dims(node.inputs[0] ?? "");
    const axes = axesOf(question)?.map((axis) => fromFront(axis, sizes ?? []));
    return sizes === undefined || axes === undefined || axes.includes(rows.axis) ? undefined : [rows];
  };
}

const normalised = apartFrom(({ node, dims }) => {
  const sizes = dims(node.inputs[0] ?? "") ?? [];
  const first = fromFront(int(node, "axis", -1), sizes);
  return sizes.flatMap((_, axis) => (axis < first ? [] : [axis]));
});

const reduced = apartFrom(({ node, constant }) =>
  int(node, "keepdims", 1) === 1 ? (ints(node, "axes") ?? constant(node.inputs[1])) : undefined,
);

const product: Rule = (question) => {
  const { node, rows, dims } = question;
  const [a = "", b = ""] = node.inputs;
  const [left, right, whole] = [dims(a), dims(b), dims(node.outputs[0] ?? "")];
  if (!left || !right || !whole || left.length < 2 || right.length < 2) return undefined;
  if (rows.axis === whole.length - 1) return columns(question, b, right.length - 1);
  return rows.axis === whole.length - 2 ? [{ ...rows, axis: left.length - 2 }] : elementwise(question);
};

/** Columns of a product are products with columns of the second factor. */
function columns({ node, rows, dims }: Question, factor: Value, axis: number): InputRows | undefined {
  const size = dims(factor)?.[axis];
  const fits = typeof size === "number" && size === dims(node.outputs[0] ?? "")?.[rows.axis];
  return fits && (rows.side === "outer" || size === rows.size) ? [undefined, { ...rows, axis }] : undefined;
}

const gemm: Rule = (question) => {
  const { node, rows } = question;
  const [, b = "", c = ""] = node.inputs;
  const third = broadcastRows(question, c);
  if (third === false) return undefined;
  const factors = rows.axis === 1 ? columns(question, b, int(node, "transB", 0) === 1 ? 0 : 1) : [rows, undefined];
  const isPlain = rows.axis === 1 || int(node, "transA", 0) === 0;
  return isPlain && factors ? [...factors, third] : undefined;
};

const transposed: Rule = ({ node, rows, dims }) => {
  const { length = 0 } = dims(node.inputs[0] ?? "") ?? [];
  const axis = ints(node, "perm")?.[rows.axis] ?? length - 1 - rows.axis;
  return [{ ...rows, axis }];
};

/** The axis of other sizes of the same elements that holds the rows: with as many elements before all of them, or in each. */
const reshaped: Rule = ({ node, rows, dims }) => {
  const [from, to] = [dims(node.inputs[0] ?? ""), dims(node.outputs[0] ?? "")];
  if (from === undefined || to === undefined) return undefined;
  const { before, each } = elementsAround(to, rows);
  const sides = ["outer", "inner"] as const;
  const candidates = from.flatMap((dim, axis) =>
    holds(dim, rows.size) ? sides.map((side): Rows => ({ ...rows, axis, side })) : [],
  );
  const found = candidates.find((other) => {
    const around = elementsAround(from, other);
    return (before !== undefined && around.before === before) || (each !== undefined && around.each === each);
  });
  return found && [found];
};

/** How many elements lie before the first of the rows, and in each of them; undefined where sizes are open. */
function elementsAround(
  dims: readonly Dim[],
  { axis, size, side }: Rows,
): { before?: number | undefined; each?: number | undefined } {
  const [before, after] = [elementsOf(dims.slice(0, axis)), elementsOf(dims.slice(axis + 1))];
  const dim = dims[axis];
  const more = typeof dim === "number" ? dim / size : undefined;
  const times = (count: number | undefined) => (count !== undefined && more !== undefined ? count * more : undefined);
  return side === "outer" ? { before, each: times(after) } : { before: times(before), each: after };
}

function elementsOf(dims: readonly Dim[]): number | undefined {
  const sizes = staticDims(dims);
  return sizes?.reduce((all, size) => all * size, 1);
}

/** Whether an axis is rows of that number, or as many of them for each of others. */
function holds(dim: Dim, size: number): boolean {
  return typeof dim === "number" ? dim % size === 0 : dim.split("*").includes(String(size));
}

const unsqueezed: Rule = ({ node, rows, dims, constant }) => {
  const sizes = dims(node.outputs[0] ?? "") ?? [];
  const added = constant(node.inputs[1])?.map((axis) => fromFront(axis, sizes));
  if (added === undefined || added.includes(rows.axis)) return undefined;
  return [{ ...rows, axis: rows.axis - added.filter((axis) => axis < rows.axis).length }];
};

const squeezed: Rule = ({ node, rows, dims, constant }) => {
  const sizes = dims(node.inputs[0] ?? "") ?? [];
  const gone = constant(node.inputs[1])?.map((axis) => fromFront(axis, sizes));
  const left = gone && sizes.flatMap((_, axis) => (gone.includes(axis) ? [] : [axis]));
  const axis = left?.[rows.axis];
  return axis === undefined ? undefined : [{ ...rows, axis }];
};

/** Along axes other than those that are sliced. */
const sliced = apartFrom(({ constant, node }) => constant(node.inputs[3]));

/** Along axes other than the one that is picked from. */
const gathered: Rule = ({ node, rows, dims }) => {
  const [data, indices] = node.inputs.map(dims);
  if (data === undefined || indices === undefined) return undefined;
  const axis = fromFront(int(node, "axis", 0), data);
  if (rows.axis < axis) return [rows];
  return rows.axis < axis + indices.length ? undefined : [{ ...rows, axis: rows.axis - indices.length + 1 }];
};

const joined: Rule = ({ node, rows, dims }) => {
  const sizes = dims(node.outputs[0] ?? "") ?? [];
  return fromFront(int(node, "axis", 0), sizes) === rows.axis ? undefined : node.inputs.map(() => rows);
};

// biome-ignore format: a list reads best as a block
const elementwiseOperators = [
  "Abs", "Add", "Cast", "Clip", "Div", "Dropout", "Elu", "Erf", "Exp", "Gelu", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "Log",
  "Max", "Min", "Mish", "Mul", "Neg", "Pow", "Reciprocal", "Relu", "Sigmoid", "Softplus", "Sqrt", "Sub", "Sum", "Swish", "Tanh",
];

const rules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(elementwiseOperators.map((name) => [name, elementwise])),
  LayerNormalization: normalised,
  Softmax: apartFrom(({ node }) => [int(node, "axis", -1)]),
  ReduceMean: reduced,
  ReduceSum: reduced,
  MatMul: product,
  Gemm: gemm,
  Transpose: transposed,
  Reshape: reshaped,
  Unsqueeze: unsqueezed,
  Squeeze: squeezed,
  Gather: gathered,
  Slice: sliced,
  Concat: joined,
};
