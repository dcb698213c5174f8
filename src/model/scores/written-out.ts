/** @file Softmax, log-softmax and sigmoid where a file writes them out in exponentials and sums. */

import type { Builder } from "../../onnx/builder.js";
import type { GraphNode, Value } from "../../onnx/graph.js";
import type { GraphReader } from "./graph-reader.js";

/** The scores z of exp(z) / Σ exp(z), as a quotient or as the product with a reciprocal. */
export function softmaxWrittenOut(graph: GraphReader, { op, inputs }: GraphNode): Value | undefined {
  const [left, right] = inputs;
  const pairs: [Value | undefined, Value | undefined][] =
    op === "Div"
      ? [[left, right]]
      : [
          [left, graph.madeBy(right, "Reciprocal")?.inputs[0]],
          [right, graph.madeBy(left, "Reciprocal")?.inputs[0]],
        ];
  for (const [top, bottom] of pairs) {
    const power = graph.madeBy(top, "Exp")?.inputs[0];
    if (power !== undefined && graph.isSame(graph.sumOverClasses(bottom), top)) return withoutMaximum(graph, power);
  }
  return undefined;
}

/** The scores z of z - log Σ exp(z). */
export function logSoftmaxWrittenOut(graph: GraphReader, { inputs: [z, log] }: GraphNode): Value | undefined {
  return z !== undefined && isLogSumExp(graph, log, z) ? withoutMaximum(graph, z) : undefined;
}

function isLogSumExp(graph: GraphReader, value: Value | undefined, of: Value): boolean {
  const node = graph.behindBroadcast(value);
  if (node?.op === "ReduceLogSumExp") return graph.isSame(graph.reducedOverClasses(node), of);
  if (node?.op === "Log") return graph.isSame(graph.madeBy(graph.sumOverClasses(node.inputs[0]), "Exp")?.inputs[0], of);
  if (node?.op !== "Add") return false;
  // m + log Σ exp(z - m)
  const [left, right] = node.inputs;
  return [
    [left, right],
    [right, left],
  ].some(([maximum, log]) => {
    const sum = graph.sumOverClasses(graph.behindBroadcast(log)?.op === "Log" ? logged(graph, log) : undefined);
    const shifted = graph.madeBy(graph.madeBy(sum, "Exp")?.inputs[0], "Sub");
    return graph.isSame(shifted?.inputs[0], of) && isSameShift(graph, shifted?.inputs[1], maximum);
  });
}

function logged(graph: GraphReader, value: Value | undefined): Value | undefined {
  return graph.behindBroadcast(value)?.inputs[0];
}

function isSameShift(graph: GraphReader, a: Value | undefined, b: Value | undefined): boolean {
  const [left, right] = [graph.behindBroadcast(a), graph.behindBroadcast(b)];
  return graph.isSame(left?.outputs[0], right?.outputs[0]);
}

/** z of z - max z, which changes neither the softmax nor its gradient. */
function withoutMaximum(graph: GraphReader, power: Value): Value {
  const [z, maximum] = graph.madeBy(power, "Sub")?.inputs ?? [];
  const node = graph.behindBroadcast(maximum);
  const isMaximum = node?.op === "ReduceMax" && graph.isSame(node.inputs[0], z);
  return isMaximum && z !== undefined ? z : power;
}

/** The scores z of 1 / (1 + exp(-z)) and of exp(z) / (1 + exp(z)). */
export function sigmoidWrittenOut(graph: GraphReader, node: GraphNode): ((op: Builder) => Value) | undefined {
  const [top, bottom] = node.op === "Reciprocal" ? [undefined, node.inputs[0]] : node.inputs;
  const sum = graph.madeBy(bottom, "Add");
  const { constant, other } = graph.withConstant(sum?.inputs ?? []);
  const power = graph.madeBy(other, "Exp")?.inputs[0];
  if (sum === undefined || constant !== 1 || power === undefined) return undefined;
  if (top !== undefined && graph.isSame(top, other)) return () => power;
  if (top !== undefined && graph.number(top) !== 1) return undefined;
  const positive = graph.madeBy(power, "Neg")?.inputs[0] ?? timesMinusOne(graph, power);
  return (op) => positive ?? op.Neg(power);
}

function timesMinusOne(graph: GraphReader, value: Value): Value | undefined {
  const { constant, other } = graph.withConstant(graph.madeBy(value, "Mul")?.inputs ?? []);
  return constant === -1 ? other : undefined;
}
