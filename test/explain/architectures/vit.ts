/** @file A small transformer. */

import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { randomTensor } from "../../support/models/random-tensor.js";

export interface VitOptions {
  /** Rows and columns of patches. Default 4x4. */
  readonly grid?: readonly [number, number];
  /** Tokens before those of the patches. Default 1. */
  readonly skip?: number;
  /** What the scores are made of: the first token, or the mean over all. Default `token`. */
  readonly head?: "token" | "mean";
  /** Whether the patches come from a convolution; else the input is a sequence already. Default true. */
  readonly patches?: boolean;
}

/** Channels of its tokens. */
export const vitWidth = 6;

/** Patches, two blocks of one-headed attention with a normalisation before each, a last normalisation, and a head. */
export function vit({ grid = [4, 4], skip = 1, head = "token", patches = true }: VitOptions = {}): Graph {
  const op = new Builder();
  const weight = (dims: number[], seed: string) => op.constant(randomTensor(dims, seed), seed);
  const norm = (x: string, name: string) => {
    const [y] = op.node("LayerNormalization", [
      x,
      weight([vitWidth], `${name}.scale`),
      weight([vitWidth], `${name}.bias`),
    ]);
    return op.named(name, y as string);
  };
  const count = grid[0] * grid[1];
  let x: string;
  if (patches) {
    const image = op.input("x", "float32", ["N", 3, 2 * grid[0], 2 * grid[1]]);
    const maps = op.Conv(image, weight([vitWidth, 3, 2, 2], "patch"), { strides: [2, 2] });
    x = op.Transpose(op.Reshape(maps, op.ints([0, vitWidth, count])), { perm: [0, 2, 1] });
  } else x = op.Reshape(op.input("x", "float32", ["N", 1, count, vitWidth]), op.ints([0, count, vitWidth]));
  if (skip > 0) {
    const batch = op.Shape(x, { start: 0, end: 1 });
    const others = op.Expand(weight([1, skip, vitWidth], "class"), op.Concat(batch, op.ints([1, 1]), { axis: 0 }));
    x = op.Concat(others, x, { axis: 1 });
  }
  x = op.Add(x, weight([1, count + skip, vitWidth], "positions"));
  for (const block of ["a", "b"]) {
    const y = norm(x, `${block}.norm`);
    const [q, k, v] = ["q", "k", "v"].map((name) => op.MatMul(y, weight([vitWidth, vitWidth], `${block}.${name}`)));
    const share = op.Softmax(op.MatMul(q, op.Transpose(k, { perm: [0, 2, 1] })), { axis: -1 });
    x = op.named(`${block}.sum`, op.Add(x, op.MatMul(share, v)));
  }
  const last = norm(x, "last");
  const pooled =
    head === "mean" ? op.ReduceMean(last, op.ints([1]), { keepdims: 0 }) : op.Gather(last, op.int(0), { axis: 1 });
  op.output(op.Gemm(pooled, weight([vitWidth, 3], "head")), "y");
  return op.graph;
}
