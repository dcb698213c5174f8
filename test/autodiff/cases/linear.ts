/** @file Cases of the rules of matrix products. */

import { float } from "../../../src/onnx/builder.js";
import type { GradientCase } from "../../support/models/gradient-case.js";

const products: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[2, 3], [3, 4]],
  [[1, 3], [3, 1]],
  [[5, 2, 3], [5, 3, 4]],
  [[2, 2, 2, 3], [2, 2, 3, 2]],
  [[5, 2, 3], [3, 4]],
  [[2, 3], [5, 3, 4]],
  [[5, 1, 2, 3], [2, 3, 2]],
  [[1, 2, 3], [5, 3, 4]],
  [[5, 2, 3], [1, 3, 4]],
  [[2, 1, 2, 3], [1, 3, 3, 2]],
  [[3], [3]],
  [[3], [3, 4]],
  [[2, 3], [3]],
  [[3], [5, 3, 4]],
  [[5, 2, 3], [3]],
  [[3], [2, 5, 3, 4]],
  [[2, 5, 4, 3], [3]],
  [[3], [1, 3, 1]],
]; // biome-ignore format: a pair a line

const transpositions = [0, 1].flatMap((transA) => [0, 1].map((transB) => ({ transA, transB })));

function gemm(attributes: GradientCase["attributes"], c?: readonly number[]): GradientCase {
  const a = attributes?.transA === 1 ? [3, 2] : [2, 3];
  const b = attributes?.transB === 1 ? [4, 3] : [3, 4];
  return { inputs: { a, b, c }, known: ["c"], ...(attributes ? { attributes } : {}) };
}

export const linearCases: Record<string, GradientCase[]> = {
  Gemm: [
    ...transpositions.map((attributes) => gemm(attributes)),
    ...transpositions.map((attributes) => gemm({ ...attributes, alpha: float(0.5), beta: float(2) }, [4])),
    ...[[], [1], [4], [1, 4], [2, 1], [1, 1], [2, 4]].map((c) => gemm({ beta: float(-1.5) }, c)),
    { inputs: { a: [1, 3], b: [3, 4], c: [4] }, known: ["c"] },
    { inputs: { a: [2, 3], b: [3, 1], c: [1] }, known: ["c"] },
    { inputs: { a: [2, 3], b: [3, 4], c: [4] }, refused: ["nothing"] },
  ],
  MatMul: products.map(([a, b]) => ({ inputs: { a, b }, refused: ["nothing"] })),
};
