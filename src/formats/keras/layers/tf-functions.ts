/** @file TensorFlow's functions and operators, which Keras 2 records as layers where a model calls them between layers. */

import { isObject } from "../../../foundation/check.js";
import { present } from "../../../foundation/present.js";
import { type Json, Settings, show } from "../../json.js";
import { arrayOf } from "../config.js";
import type { LayerCall, LayerType, LayerTypes } from "./layer-type.js";

/** The operation of Keras 3 for each function, by TensorFlow's name for it. */
const functions: Readonly<Record<string, string>> = {
  "__operators__.add": "Add",
  "__operators__.getitem": "GetItem",
  "math.add": "Add",
  "nn.bias_add": "Add",
  "math.subtract": "Subtract",
  "math.multiply": "Multiply",
  "math.divide": "TrueDivide",
  "math.truediv": "TrueDivide",
  "math.maximum": "Maximum",
  "math.minimum": "Minimum",
  "math.pow": "Power",
  "linalg.matmul": "Matmul",
  "math.reduce_mean": "Mean",
  "math.reduce_sum": "Sum",
  "math.reduce_max": "Max",
  "math.reduce_min": "Min",
  "math.negative": "Negative",
  "math.abs": "Absolute",
  "math.sqrt": "Sqrt",
  "math.rsqrt": "Rsqrt",
  "math.reciprocal": "Reciprocal",
  "math.square": "Square",
  "math.exp": "Exp",
  "math.log": "Log",
  "math.erf": "Erf",
  "math.sigmoid": "Sigmoid",
  "math.tanh": "Tanh",
  "math.softplus": "Softplus",
  "nn.relu": "Relu",
  "nn.relu6": "Relu6",
  "nn.leaky_relu": "LeakyRelu",
  "nn.elu": "Elu",
  "nn.selu": "Selu",
  "nn.silu": "Silu",
  "nn.gelu": "Gelu",
  "nn.softsign": "Softsign",
  "nn.softmax": "Softmax",
  "nn.log_softmax": "LogSoftmax",
  "nn.max_pool2d": "MaxPool",
  "nn.avg_pool2d": "AveragePool",
  clip_by_value: "Clip",
  cast: "Cast",
  identity: "Identity",
  convert_to_tensor: "Identity",
  concat: "Concatenate",
  stack: "Stack",
  expand_dims: "ExpandDims",
  squeeze: "Squeeze",
  "compat.v1.squeeze": "Squeeze",
  reshape: "Reshape",
  transpose: "Transpose",
  "compat.v1.transpose": "Transpose",
  pad: "Pad",
  "compat.v1.pad": "Pad",
  reverse: "Flip",
  "image.resize": "Resize",
};

/** Keras 3's names of settings, by TensorFlow's. */
const names: Readonly<Record<string, string>> = {
  shape: "newshape",
  perm: "axes",
  paddings: "pad_width",
  clip_value_min: "x_min",
  clip_value_max: "x_max",
  ksize: "pool_size",
  method: "interpolation",
};

const values: Readonly<Record<string, string>> = {
  SAME: "same",
  VALID: "valid",
  NHWC: "channels_last",
  NCHW: "channels_first",
  CONSTANT: "constant",
  REFLECT: "reflect",
};

/** The operation that a function is; undefined for one that is not translated. */
export function tfFunction(name: unknown, operations: LayerTypes): LayerType | undefined {
  const operation = typeof name === "string" && Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (operation === undefined) return undefined;
  const type = present(operations[operation], operation);
  return {
    emit: (call) => {
      const renamed = Object.entries(call.settings.json).map(([key, value]) => [
        names[key] ?? (key === "alpha" && name === "nn.leaky_relu" ? "negative_slope" : key),
        typeof value === "string" ? (values[value] ?? value) : value,
      ]);
      const settings = new Settings(Object.fromEntries(renamed), call.settings.where);
      if (name === "nn.bias_add") settings.only("data_format", "channels_last");
      return type.emit({ ...call, settings });
    },
  };
}

/** The operation of Keras 3 for each operator of a TensorFlow graph. */
const operators: Readonly<Record<string, string>> = {
  Add: "Add",
  AddV2: "Add",
  BiasAdd: "Add",
  Sub: "Subtract",
  Mul: "Multiply",
  RealDiv: "TrueDivide",
  Maximum: "Maximum",
  Minimum: "Minimum",
  Pow: "Power",
  Neg: "Negative",
  Square: "Square",
  Sqrt: "Sqrt",
  Rsqrt: "Rsqrt",
  Exp: "Exp",
  Relu: "Relu",
  Relu6: "Relu6",
  Sigmoid: "Sigmoid",
  Tanh: "Tanh",
  Mean: "Mean",
  Sum: "Sum",
  Max: "Max",
};

/** Operators whose second input is the axes. */
const reducing = new Set(["Mean", "Sum", "Max"]);

/**
 * The operation that TensorFlow up to 2.3 recorded: an operator with the inputs that are constant by their places. Undefined for
 * one that is not translated.
 */
export function tfOperator({ node_def: node, constants }: Json, operations: LayerTypes): LayerType | undefined {
  const name = isObject(node) && typeof node.op === "string" ? node.op : "";
  if (!Object.hasOwn(operators, name)) return undefined;
  const operation = present(operators[name], name);
  const type = present(operations[operation], operation);
  const values = isObject(constants) ? constants : {};
  if (reducing.has(name)) {
    const keep = isObject(node) && isObject(node.attr) ? node.attr.keep_dims : undefined;
    const settings = { axis: values["1"], keepdims: isObject(keep) && keep.b === true };
    return { emit: (call) => type.emit({ ...call, settings: new Settings(settings, call.settings.where) }) };
  }
  return { emit: (call) => type.emit({ ...call, args: insertConstants(call, values) }) };
}

function insertConstants({ args, settings }: LayerCall, constants: Json): LayerCall["args"] {
  const all = [...args];
  for (const place of Object.keys(constants)
    .map(Number)
    .sort((a, b) => a - b)) {
    const array = arrayOf(constants[place]);
    if (array === undefined) throw settings.refuse(`constants: expected numbers, got ${show(constants[place])}`);
    all.splice(place, 0, array);
  }
  return all;
}
