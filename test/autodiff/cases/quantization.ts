/**
 * @file Cases of the straight-through rules. Their steps are so fine that finite differences see a straight line; what is
 * clipped lies far outside.
 */

import type { Builder } from "../../../src/onnx/builder.js";
import type { Value } from "../../../src/onnx/graph.js";
import { float32, Tensor } from "../../../src/onnx/tensor.js";
import type { GradientCase } from "../../support/models/gradient-case.js";

const step = 4e-5;

/** There and back; `axis` is given where every slice along it has a scale and a zero point of its own. */
function pair(x: readonly number[], more: Partial<GradientCase> = {}, axis?: number): GradientCase {
  const count = axis === undefined ? 0 : (x.at(axis) as number);
  const dims = axis === undefined ? [] : [count];
  const scales = float32(
    dims,
    Float32Array.from({ length: count || 1 }, (_, i) => step * (1 + i / 4)),
  );
  const zeros = new Tensor(
    "int16",
    dims,
    Int16Array.from({ length: count || 1 }, (_, i) => 100 * i),
  );
  const attributes = axis === undefined ? {} : { axis };
  return {
    inputs: { x },
    opset: 21,
    tolerance: 1e-2,
    build: (op: Builder, [value]) => {
      const given = [op.constant(scales, "scale"), op.constant(zeros, "zero")];
      const q = op.node("QuantizeLinear", [value, ...given], attributes)[0];
      const back = op.node("DequantizeLinear", [q, ...given], attributes)[0] as Value;
      return op.Mul(back, back);
    },
    ...more,
  };
}

const pairs = [
  pair([3, 4]),
  pair([3, 4], { interval: [4, 6] }),
  pair([3, 4], { interval: [-6, -4] }),
  pair([2, 3, 2, 2], { refused: ["nothing"] }, 1),
  pair([2, 3, 4], { refused: ["nothing"] }, -1),
];

export const quantizationCases: Record<string, GradientCase[]> = { DequantizeLinear: pairs, QuantizeLinear: pairs };
