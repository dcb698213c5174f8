/** @file Python operators and calls of keras.ops that Keras recorded between layers: arithmetic, sums, activations. */

import { float } from "../../../onnx/builder.js";
import type { Value } from "../../../onnx/graph.js";
import { broadcast, commonLayout, KerasTensor } from "../tensor.js";
import { type ActivationName, activations } from "./activations.js";
import { type LayerCall, type LayerType, type LayerTypes, onlyInput } from "./layer-type.js";

const unary = (emit: (call: LayerCall, x: KerasTensor) => Value): LayerType => ({
  emit: (call) => {
    const x = onlyInput(call);
    return x.with(emit(call, x));
  },
});

const activation = (name: ActivationName) => unary((call, x) => activations[name](call, x));

type Binary = "Add" | "Sub" | "Mul" | "Div" | "Max" | "Min" | "Pow";

/** Values and numbers on either side, broadcast as NumPy does. */
const binary = (operator: Binary): LayerType => ({
  emit: ({ op, args, settings }) => {
    if (args.length !== 2) throw settings.refuse(`expected two operands, got ${args.length}`);
    const tensors = args.filter((each) => each instanceof KerasTensor);
    const isPlain = args.every((each) => each instanceof KerasTensor || each.dims.length === 0);
    const layout = isPlain ? commonLayout(tensors) : "keras";
    const [a, b] = args.map((each) => {
      if (each instanceof KerasTensor) return each.in(layout, op);
      return each.dims.length === 0 ? op.scalar(Number(each.data[0])) : op.constant(each, "operand");
    });
    const shape = broadcast(args.map((each) => (each instanceof KerasTensor ? each.shape : each.dims)));
    return new KerasTensor(op[operator](a, b), shape, layout);
  },
});

const matMul: LayerType = {
  emit: ({ op, inputs, settings }) => {
    const [a, b] = inputs;
    if (a === undefined || b === undefined || a.rank < 3 || a.rank !== b.rank) {
      throw settings.refuse("expected two inputs with as many axes, three or more");
    }
    const transpose = (x: KerasTensor, flag: string): KerasTensor => {
      if (!settings.flag(flag, false)) return x;
      const order = x.shape.map((_, axis) => (axis < x.rank - 2 ? axis : 2 * x.rank - 3 - axis));
      return new KerasTensor(
        op.Transpose(x.keras(op), { perm: order }),
        order.map((axis) => x.shape[axis]),
      );
    };
    const [left, right] = [transpose(a, "transpose_a"), transpose(b, "transpose_b")];
    const outer = broadcast([left.shape.slice(0, -2), right.shape.slice(0, -2)]);
    const shape = [...outer, left.shape[left.rank - 2], right.shape[right.rank - 1]];
    return new KerasTensor(op.MatMul(left.keras(op), right.keras(op)), shape);
  },
};

/** The sigmoid's approximation by tanh, unless the exact form is asked for. */
const gelu = unary((call, x) => {
  if (!call.settings.flag("approximate", false)) return activations.gelu(call, x);
  const { op } = call;
  const cube = op.Mul(op.Mul(x.value, x.value), x.value);
  const inner = op.Mul(op.Add(x.value, op.Mul(cube, op.scalar(0.044715))), op.scalar(Math.sqrt(2 / Math.PI)));
  return op.Mul(op.Mul(x.value, op.scalar(0.5)), op.Add(op.Tanh(inner), op.scalar(1)));
});

/** The values as they are, where the numbers stay real ones. */
const cast = unary(({ op, settings }, { value }) => {
  const type = settings.string("dtype", "float32");
  if (/^b?float(16|32|64)$/.test(type)) return op.Identity(value);
  throw settings.refuse(`dtype: expected real numbers, got ${type}: export to ONNX instead`);
});

const reduce = (operator: "ReduceMean" | "ReduceSum" | "ReduceMax" | "ReduceMin"): LayerType => ({
  emit: (call) => {
    const { op, settings } = call;
    const x = onlyInput(call);
    const axes = settings.numbers("axis").map((axis) => x.axis(axis, "keras"));
    const keep = settings.flag("keepdims", false);
    const layout = keep ? x.layout : "keras";
    const positions = axes.map((axis) => x.axis(axis));
    if (keep) {
      const shape = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
      return new KerasTensor(op[operator](x.value, op.ints(positions), { keepdims: 1 }), shape, layout);
    }
    const shape = x.shape.filter((_, i) => !axes.includes(i));
    // The remaining axes of planes are in Keras' order only where rows and columns go together, or channels do not move.
    const whole = x.layout === "planes" && !(axes.includes(1) && axes.includes(2)) && !axes.includes(3);
    const [value, places] = whole ? [x.keras(op), axes] : [x.value, positions];
    return new KerasTensor(op[operator](value, op.ints(places), { keepdims: 0 }), shape);
  },
});

export const arithmetic: LayerTypes = {
  Add: binary("Add"),
  Subtract: binary("Sub"),
  Multiply: binary("Mul"),
  TrueDivide: binary("Div"),
  Divide: binary("Div"),
  Maximum: binary("Max"),
  Minimum: binary("Min"),
  Power: binary("Pow"),
  Matmul: matMul,
  Mean: reduce("ReduceMean"),
  Sum: reduce("ReduceSum"),
  Max: reduce("ReduceMax"),
  Min: reduce("ReduceMin"),
  Negative: unary(({ op }, { value }) => op.Neg(value)),
  Absolute: unary(({ op }, { value }) => op.Abs(value)),
  Sqrt: unary(({ op }, { value }) => op.Sqrt(value)),
  Square: unary(({ op }, { value }) => op.Mul(value, value)),
  Rsqrt: unary(({ op }, { value }) => op.Reciprocal(op.Sqrt(value))),
  Reciprocal: unary(({ op }, { value }) => op.Reciprocal(value)),
  Erf: unary(({ op }, { value }) => op.Erf(value)),
  Exp: unary(({ op }, { value }) => op.Exp(value)),
  Log: unary(({ op }, { value }) => op.Log(value)),
  Clip: unary(({ op, settings }, { value }) =>
    op.Clip(value, op.scalar(settings.number("x_min")), op.scalar(settings.number("x_max"))),
  ),
  Identity: unary(({ op }, { value }) => op.Identity(value)),
  Cast: cast,
  Relu: activation("relu"),
  Relu6: activation("relu6"),
  Sigmoid: activation("sigmoid"),
  HardSigmoid: activation("hard_sigmoid"),
  Silu: activation("silu"),
  HardSilu: activation("hard_silu"),
  Softplus: activation("softplus"),
  Softsign: activation("softsign"),
  Selu: activation("selu"),
  Elu: unary(({ op, settings }, { value }) => {
    return op.node("Elu", [value], { alpha: float(settings.number("alpha", 1)) })[0];
  }),
  LeakyRelu: unary((call, { value }) =>
    call.op.LeakyRelu(value, { alpha: float(call.settings.number("negative_slope", 0.2)) }),
  ),
  Gelu: gelu,
  Tanh: activation("tanh"),
  Softmax: unary(({ op, settings }, x) => op.Softmax(x.value, { axis: x.axis(settings.number("axis", -1)) })),
  LogSoftmax: unary(({ op, settings }, x) => op.LogSoftmax(x.value, { axis: x.axis(settings.number("axis", -1)) })),
};
