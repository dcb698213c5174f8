/** @file Keeps the shares of a sum finite where the sum is near zero. */

import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";

/** What is added to sums that relevance is divided by. */
export const epsilon = 1e-6;

/** z moved away from zero by ε, a zero upwards: Bach et al., PLOS ONE 2015, eq. 58. */
export function stabilised(op: Builder, z: Value, by = 1e-8): Value {
  const isBelow = op.Less(z, op.scalar(0));
  return op.Add(z, op.Where(isBelow, op.scalar(-by), op.scalar(by)));
}

/** R / z. */
export function quotient(op: Builder, relevance: Value, z: Value, by?: number): Value {
  return op.Div(relevance, stabilised(op, z, by));
}
