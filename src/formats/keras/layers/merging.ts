/** @file Layers that combine several values, attention among them. */

import { at } from "../../../foundation/present.js";
import type { Value } from "../../../onnx/graph.js";
import { float32 } from "../../../onnx/tensor.js";
import { broadcast, commonLayout, KerasTensor, raiseRank } from "../tensor.js";
import { type LayerCall, type LayerType, type LayerTypes, listVariables } from "./layer-type.js";

const merge = (emit: (call: LayerCall, values: readonly Value[]) => Value, count?: number): LayerType => ({
  emit: (call) => {
    const { op, inputs, settings } = call;
    if (inputs.length < 1 || (count !== undefined && inputs.length !== count)) {
      throw settings.refuse(`expected ${count ?? "some"} inputs, got ${inputs.length}`);
    }
    const rank = Math.max(...inputs.map((each) => each.rank));
    const tensors = inputs.map((each) => raiseRank(op, each, rank));
    const layout = commonLayout(tensors);
    const values = tensors.map((each) => each.in(layout, op));
    return new KerasTensor(emit(call, values), broadcast(tensors.map(({ shape }) => shape)), layout);
  },
});

const pairwise = (operator: "Add" | "Mul" | "Sub") =>
  merge(({ op }, [first = "", ...others]) => others.reduce((all, each) => op[operator](all, each), first));

export function concatenate(call: LayerCall, axis: number): KerasTensor {
  const { op, inputs, settings } = call;
  const [first] = inputs;
  const rank = first?.rank ?? 0;
  const keras = axis < 0 ? axis + rank : axis;
  if (first === undefined || inputs.some((each) => each.rank !== rank) || keras < 1 || keras >= rank) {
    throw settings.refuse(`axis ${axis}: expected inputs with as many axes as each other, and one of these`);
  }
  const layout = commonLayout(inputs);
  const values = inputs.map((each) => each.in(layout, op));
  const sizes = inputs.map(({ shape }) => shape[keras]);
  const total = sizes.reduce((all, size) => (all === undefined || size === undefined ? undefined : all + size), 0);
  const shape = first.shape.map((size, i) => (i === keras ? total : size));
  return new KerasTensor(op.Concat(...values, { axis: first.axis(axis, layout) }), shape, layout);
}

const dot: LayerType = {
  emit: (call) => {
    const { op, settings, inputs } = call;
    const [a, b] = inputs;
    if (a === undefined || b === undefined || inputs.length !== 2 || a.rank !== b.rank || ![2, 3].includes(a.rank)) {
      throw settings.refuse("expected two inputs with 2 or 3 axes each");
    }
    const [leftAxis = 0, rightAxis = leftAxis] = settings.numbers("axes");
    const [left, right] = [a.axis(leftAxis), b.axis(rightAxis)];
    const unit = (x: KerasTensor, axis: number): Value => {
      if (!settings.flag("normalize", false)) return x.value;
      const squares = op.ReduceSum(op.Mul(x.value, x.value), op.ints([axis]), { keepdims: 1 });
      return op.Div(x.value, op.Sqrt(op.Max(squares, op.scalar(1e-12))));
    };
    const [x, y] = [unit(a, left), unit(b, right)];
    if (a.rank === 2) {
      return new KerasTensor(op.ReduceSum(op.Mul(x, y), op.ints([1]), { keepdims: 1 }), [undefined, 1]);
    }
    const transpose = (value: Value) => op.Transpose(value, { perm: [0, 2, 1] });
    const value = op.MatMul(left === 2 ? x : transpose(x), right === 1 ? y : transpose(y));
    return new KerasTensor(value, [undefined, a.shape[3 - left], b.shape[3 - right]]);
  },
};

/** Luong's attention: query and value, and a key if it is not the value. */
const attention: LayerType = {
  variables: (settings) => listVariables(settings.flag("use_scale", false) && "scale"),
  emit: (call) => {
    const { op, settings, inputs } = call;
    settings.only("score_mode", "dot");
    const [query, value, key = value] = inputs;
    if (query === undefined || value === undefined || key === undefined || inputs.some(({ rank }) => rank !== 3)) {
      throw settings.refuse("expected a query and a value with 3 axes each");
    }
    const product = op.MatMul(query.value, op.Transpose(key.value, { perm: [0, 2, 1] }));
    const scores = call.has("scale")
      ? op.Mul(
          product,
          call.constant("scale", () => call.tensor("scale", [])),
        )
      : product;
    const shape = [undefined, query.shape[1], value.shape[2]];
    return new KerasTensor(op.MatMul(op.Softmax(scores, { axis: -1 }), value.value), shape);
  },
};

const projections = ["query", "key", "value", "attention_output"];

const multiHeadAttention: LayerType = {
  variables: (settings) =>
    projections.flatMap((name) => listVariables(`${name}/kernel`, settings.flag("use_bias", true) && `${name}/bias`)),
  emit: (call) => {
    const { op, settings, inputs } = call;
    for (const name of ["use_gate", "flash_attention"]) settings.only(name, false);
    settings.only("sliding_window");
    settings.only("output_shape");
    settings.only("attention_axes", [1], 1);
    const [query, value, key = value] = inputs;
    if (query === undefined || value === undefined || key === undefined || inputs.some(({ rank }) => rank !== 3)) {
      throw settings.refuse("expected a query and a value with 3 axes each");
    }
    const [heads, keyDim] = [settings.number("num_heads"), settings.number("key_dim")];
    const valueDim = settings.number("value_dim", keyDim);
    const project = (name: string, x: KerasTensor, dim: number): Value => {
      const kernel = call.constant(`${name}/kernel`, () => {
        const tensor = call.tensor(`${name}/kernel`, [x.channels, heads, dim]);
        return tensor.reshape([at(tensor.dims, 0), heads * dim]);
      });
      const flat = op.Reshape(addBias(op.MatMul(x.value, kernel), name, heads * dim), op.ints([0, 0, heads, dim]));
      return op.Transpose(flat, { perm: [0, 2, 1, 3] });
    };
    const addBias = (x: Value, name: string, count: number): Value =>
      call.has(`${name}/bias`)
        ? op.Add(
            x,
            call.constant(`${name}/bias`, () => call.tensor(`${name}/bias`).reshape([count])),
          )
        : x;
    const q = op.Mul(project("query", query, keyDim), op.constant(float32([], [1 / Math.sqrt(keyDim)]), "scale"));
    const k = op.Transpose(project("key", key, keyDim), { perm: [0, 1, 3, 2] });
    const weights = op.Softmax(op.MatMul(q, k), { axis: -1 });
    const mixed = op.Transpose(op.MatMul(weights, project("value", value, valueDim)), { perm: [0, 2, 1, 3] });
    const rows = op.Reshape(mixed, op.ints([0, 0, heads * valueDim]));
    const out = call.tensor("attention_output/kernel", [heads, valueDim, undefined]);
    const count = at(out.dims, 2);
    const kernel = call.constant("attention_output/kernel", () => out.reshape([heads * valueDim, count]));
    const shape = [undefined, query.shape[1], count];
    return new KerasTensor(addBias(op.MatMul(rows, kernel), "attention_output", count), shape);
  },
};

export const merging: LayerTypes = {
  Add: pairwise("Add"),
  Multiply: pairwise("Mul"),
  Subtract: merge(({ op }, [a, b]) => op.Sub(a, b), 2),
  Average: merge(({ op }, values) =>
    op.Div(
      values.reduce((all, each) => op.Add(all, each)),
      op.scalar(values.length),
    ),
  ),
  Maximum: merge(({ op }, values) => op.Max(...values)),
  Minimum: merge(({ op }, values) => op.Min(...values)),
  Concatenate: { emit: (call) => concatenate(call, call.settings.number("axis", -1)) },
  /** Of InceptionResNetV2: the first input, and a share of the second. */
  CustomScaleLayer: merge(({ op, settings }, [a, b]) => op.Add(a, op.Mul(b, op.scalar(settings.number("scale")))), 2),
  Dot: dot,
  Attention: attention,
  MultiHeadAttention: multiHeadAttention,
};
