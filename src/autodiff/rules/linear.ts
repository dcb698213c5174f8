/** @file Rules of matrix products. */

import { FoveaError } from "../../foundation/error.js";
import type { Builder } from "../../onnx/builder.js";
import type { Dim, Value } from "../../onnx/graph.js";
import { float as floatAttribute, int as intAttribute, oneHotFrom } from "../../onnx/graph.js";
import type { Rule, RuleTable } from "../rule.js";

/** y = alpha·A'B' + beta·C, where A' and B' may be transposed. */
const gemm: Rule = {
  gradients: ({ op, node, inputs: [a, b = "", c], gradients: [g = ""], dims }) => {
    const [transA, transB] = [intAttribute(node, "transA", 0), intAttribute(node, "transB", 0)];
    const alpha = { type: "float", value: floatAttribute(node, "alpha", 1) } as const;
    const rows = transA === 0 && alpha.value === 1 ? gatherRows(op, g, b, transB === 1) : undefined;
    const ga = transA
      ? op.Gemm(b, g, { alpha, transA: transB, transB: 1 })
      : (rows ?? op.Gemm(g, b, { alpha, transB: 1 - transB }));
    const gb = transB
      ? op.Gemm(g, a, { alpha, transA: 1, transB: transA })
      : op.Gemm(a, g, { alpha, transA: 1 - transA });
    if (c === undefined) return [ga, gb];
    return [ga, gb, biasGradient(op, op.Mul(g, op.scalar(floatAttribute(node, "beta", 1))), c, dims(c))];
  },
};

/** The product of one-hot rows and a matrix is a choice of its rows: reading those is cheaper than reading all. */
function gatherRows(op: Builder, g: Value, matrix: Value, byRow: boolean): Value | undefined {
  const oneHot = oneHotFrom(op.graph, g);
  if (oneHot === undefined) return undefined;
  const { classes, weight } = oneHot;
  const rows = byRow
    ? op.Gather(matrix, classes, { axis: 0 })
    : op.Transpose(op.Gather(matrix, classes, { axis: 1 }), { perm: [1, 0] });
  return weight === 1 ? rows : op.Mul(rows, op.scalar(weight));
}

/** C is broadcast to [M, N] from one of [], [1], [N], [1, N], [M, 1], [M, N]. */
function biasGradient(op: Builder, g: Value, c: Value, dims: readonly Dim[] | undefined): Value {
  if (dims === undefined) throw new FoveaError("bad-graph", `Gemm bias "${c}": expected a known rank, got none`);
  const [rows, columns] = [dims[dims.length - 2] ?? 1, dims[dims.length - 1] ?? 1];
  const axes = [rows === 1 ? [0] : [], columns === 1 ? [1] : []].flat();
  return op.Reshape(axes.length === 0 ? g : op.ReduceSum(g, op.ints(axes)), op.Shape(c));
}

/** NumPy's matmul: vectors are taken as matrices of one row (first operand) or one column (second operand). */
const matMul: Rule = {
  broadcast: "batch",
  gradients: ({ op, inputs: [a = "", b = ""], gradients: [g = ""], dims }) => {
    const [rankA, rankB] = [dims(a)?.length, dims(b)?.length];
    if (rankA === undefined || rankB === undefined) {
      throw new FoveaError("bad-graph", `MatMul of "${a}" and "${b}": expected known ranks, got none`);
    }
    if (rankA === 1 && rankB === 1) return [op.Mul(g, b), op.Mul(g, a)];
    if (rankB === 1) {
      const column = op.Unsqueeze(g, op.ints([-1]));
      const leading = Array.from({ length: rankA - 1 }, (_, i) => i);
      return [op.Mul(column, b), op.ReduceSum(op.Mul(column, a), op.ints(leading), { keepdims: 0 })];
    }
    if (rankA === 1) {
      const row = op.Unsqueeze(g, op.ints([-2]));
      const summed = op.ReduceSum(op.Mul(row, b), op.ints([-1]), { keepdims: 0 });
      const leading = Array.from({ length: rankB - 2 }, (_, i) => i);
      const ga = leading.length === 0 ? summed : op.ReduceSum(summed, op.ints(leading), { keepdims: 0 });
      return [ga, op.Mul(op.Unsqueeze(a, op.ints([-1])), row)];
    }
    const rows = rankA === 2 && rankB === 2 ? gatherRows(op, g, b, false) : undefined;
    return [rows ?? op.MatMul(g, transposeMatrix(op, b, rankB)), op.MatMul(transposeMatrix(op, a, rankA), g)];
  },
};

function transposeMatrix(op: Builder, matrix: Value, rank: number): Value {
  const perm = Array.from({ length: rank }, (_, i) => i);
  perm.splice(-2, 2, rank - 1, rank - 2);
  return op.Transpose(matrix, { perm });
}

export const linear: RuleTable = { Gemm: gemm, MatMul: matMul };
