/** @file Python operators and keras.ops calls that Keras recorded between layers. */

import { float32, type Value } from "../../onnx/index.js";
import { broadcast, commonLayout, KerasTensor } from "../keras-tensor.js";
import { activations } from "./activations.js";
import { type LayerCall, type LayerType, type LayerTypes, onlyInput } from "./layer-type.js";
import { concatenated } from "./merging.js";

const unary = (emit: (call: LayerCall, x: KerasTensor) => Value): LayerType => ({
  emit: (call) => {
    const x = onlyInput(call);
    return x.with(emit(call, x));
  },
});

const activation = (name: string) => unary((call, x) => (activations[name] as (typeof activations)["relu"])(call, x));

type Binary = "Add" | "Sub" | "Mul" | "Div" | "Max" | "Min" | "Pow";

/** Values and numbers on either side, broadcast as NumPy does. */
const binary = (operator: Binary): LayerType => ({
  emit: ({ op, args, settings }) => {
    if (args.length !== 2) throw settings.refuse(`expected two operands, got ${args.length}`);
    const tensors = args.filter((each) => each instanceof KerasTensor);
    const lists = args.some((each) => Array.isArray(each));
    const layout = lists ? "keras" : commonLayout(tensors);
    const [a, b] = args.map((each) => {
      if (each instanceof KerasTensor) return each.in(layout, op);
      if (typeof each === "number") return op.scalar(each);
      const values = each as readonly number[];
      return op.constant(float32([values.length], values), "operand");
    });
    const shape = broadcast(tensors.map((each) => each.shape));
    return new KerasTensor(op[operator](a, b), shape, layout);
  },
});

const reduce = (operator: "ReduceMean" | "ReduceSum" | "ReduceMax" | "ReduceMin"): LayerType => ({
  emit: (call) => {
    const { op, settings } = call;
    const x = onlyInput(call);
    const axes = settings.numbers("axis").map((axis) => x.axis(axis, "keras"));
    const keep = settings.flag("keepdims", false);
    const layout = keep ? x.layout : "keras";
    const lies = axes.map((axis) => x.axis(axis));
    if (keep) {
      const shape = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
      return new KerasTensor(op[operator](x.value, op.ints(lies), { keepdims: 1 }), shape, layout);
    }
    const shape = x.shape.filter((_, i) => !axes.includes(i));
    // What is left of planes is in Keras' order only where rows and columns go together, or channels do not move.
    const whole = x.layout === "planes" && !(axes.includes(1) && axes.includes(2)) && !axes.includes(3);
    const [value, at] = whole ? [x.keras(op), axes] : [x.value, lies];
    return new KerasTensor(op[operator](value, op.ints(at), { keepdims: 0 }), shape);
  },
});

export const operations: LayerTypes = {
  Add: binary("Add"),
  Subtract: binary("Sub"),
  Multiply: binary("Mul"),
  TrueDivide: binary("Div"),
  Divide: binary("Div"),
  Maximum: binary("Max"),
  Minimum: binary("Min"),
  Power: binary("Pow"),
  Mean: reduce("ReduceMean"),
  Sum: reduce("ReduceSum"),
  Max: reduce("ReduceMax"),
  Min: reduce("ReduceMin"),
  Negative: unary(({ op }, { value }) => op.Neg(value)),
  Absolute: unary(({ op }, { value }) => op.Abs(value)),
  Sqrt: unary(({ op }, { value }) => op.Sqrt(value)),
  Square: unary(({ op }, { value }) => op.Mul(value, value)),
  Exp: unary(({ op }, { value }) => op.Exp(value)),
  Log: unary(({ op }, { value }) => op.Log(value)),
  Relu: activation("relu"),
  Relu6: activation("relu6"),
  Sigmoid: activation("sigmoid"),
  HardSigmoid: activation("hard_sigmoid"),
  Silu: activation("silu"),
  HardSilu: activation("hard_silu"),
  Softplus: activation("softplus"),
  Tanh: activation("tanh"),
  Concatenate: { emit: (call) => concatenated(call, call.settings.number("axis", -1)) },
};
