/** @file Planted methods that look at nothing that the network has learnt. */

import type { ActivationMethod } from "../../../src/explain/method.js";
import { methodNamed } from "../../../src/explain/methods/index.js";
import type { Builder } from "../../../src/onnx/builder.js";
import type { Value } from "../../../src/onnx/graph.js";
import { float32 } from "../../../src/onnx/tensor.js";

function planted(name: string, evidence: (op: Builder, image: Value) => Value): ActivationMethod {
  return {
    ...{ name, title: name, paper: methodNamed("gradient").paper, at: "image", needsGradient: false },
    build: (op, { image }) => ({ evidence: evidence(op, op.ReduceMean(image, op.ints([1]), { keepdims: 1 })) }),
  };
}

/** The same value everywhere. */
export const constantMap = planted("constant", (op, plane) => op.Add(op.Mul(plane, op.scalar(0)), op.scalar(1)));

/** Zero everywhere. */
export const blankMap = planted("nothing", (op, plane) => op.Mul(plane, op.scalar(0)));

/** A Gaussian around the middle of a square image. */
export const centreGaussian = (side: number) =>
  planted("centre", (op, plane) => {
    const along = Array.from({ length: side }, (_, i) => Math.exp(-(((i + 0.5) / side - 0.5) ** 2) * 8));
    const gaussian = float32(
      [1, 1, side, side],
      along.flatMap((y) => along.map((x) => x * y)),
    );
    return op.Add(op.Mul(plane, op.scalar(0)), op.constant(gaussian));
  });

/** The strength of edges by Sobel's two kernels (Sobel and Feldman 1968). */
export const sobelEdges = planted("sobel", (op, plane) => {
  const across = [-1, 0, 1, -2, 0, 2, -1, 0, 1];
  const down = [-1, -2, -1, 0, 0, 0, 1, 2, 1];
  const kernels = op.constant(float32([2, 1, 3, 3], [...across, ...down]));
  const edges = op.Conv(plane, kernels, { pads: [1, 1, 1, 1] });
  return op.Sqrt(op.ReduceSum(op.Mul(edges, edges), op.ints([1]), { keepdims: 1 }));
});

/** The image itself. */
export const imageItself = planted("image", (_op, plane) => plane);
