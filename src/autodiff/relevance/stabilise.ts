/** @file Keeps the shares of a sum finite where the sum is near zero. */

import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";

/** What sums of linear layers are moved away from zero by: the ε of the rules. */
export const epsilon = 1e-6;
/** What other sums are: so little that hardly any relevance is lost. */
const tiny = 1e-8;

/** R / z, with z moved away from zero by ε, a zero upwards: Bach et al., PLOS ONE 2015, eq. 58. */
export function quotient(op: Builder, relevance: Value, z: Value, by = tiny): Value {
  const distance = op.Where(op.Less(z, op.scalar(0)), op.scalar(-by), op.scalar(by));
  return op.Div(relevance, op.Add(z, distance));
}

/** The same of a z without negative numbers. */
export function positiveQuotient(op: Builder, relevance: Value, z: Value): Value {
  return op.Div(relevance, op.Add(z, op.scalar(tiny)));
}
