/** @file KPCA-CAM. */

import { FoveaError } from "../../foundation/error.js";
import { channelsOf } from "../../model/layers/layer.js";
import { gridOf } from "../../model/layers/layout.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { ActivationMethod } from "../method.js";
import { alike, asPlane, firstEigenvector } from "./parts/principal-component.js";

/** The kernel of all pairs of places is squared a dozen times: with more places that takes minutes, then hours. */
const mostPlaces = 64 ** 2;

/**
 * Karmani et al., "KPCA-CAM: Visual Explainability of Deep Computer Vision Models using Kernel PCA", MMSP 2024 (arXiv:2410.00267):
 * Eigen-CAM with kernel PCA. As in pytorch-grad-cam the kernel of two positions with centred activations a and b is
 * tanh(a·b / C + 1) with the number of channels C, centred itself; the map is its first eigenvector times the root of the
 * eigenvalue. The sign is that of the mean activation.
 */
export const kpcaCam: ActivationMethod = {
  name: "kpca-cam",
  title: "KPCA-CAM",
  aliases: ["kernel-pca-cam"],
  paper: "Karmani et al., MMSP 2024",
  worksOn: "all; the layer's number of channels must be known, and its places at most 4096",
  classBlind: true,
  needsGradient: false,
  build(op, { activation, layer }) {
    const { sizes } = gridOf(layer.layout, layer.dims);
    if (sizes.reduce<number>((product, size) => product * Number(size), 1) > mostPlaces) {
      const got = sizes.join("x");
      throw new FoveaError(
        "bad-input",
        `kpca-cam at layer "${layer.name}": expected at most ${mostPlaces} places, got ${got}`,
      );
    }
    const flat = op.Reshape(activation, op.ints([0, 0, -1]));
    const centred = op.Sub(flat, mean(op, flat, 2));
    const products = op.MatMul(op.Transpose(centred, { perm: [0, 2, 1] }), centred);
    const kernel = op.Tanh(op.Add(op.Div(products, op.scalar(channelsOf(layer))), op.scalar(1)));
    const centredKernel = op.Add(
      op.Sub(op.Sub(kernel, mean(op, kernel, 1)), mean(op, kernel, 2)),
      mean(op, mean(op, kernel, 1), 2),
    );
    const direction = firstEigenvector(op, shifted(op, centredKernel));
    const image = op.MatMul(direction, centredKernel);
    const eigenvalue = op.ReduceSum(op.Mul(image, direction), op.ints([2]), { keepdims: 1 });
    const projection = op.Mul(direction, op.Sqrt(op.Relu(eigenvalue)));
    return { evidence: asPlane(op, alike(op, projection, mean(op, flat, 1)), activation) };
  },
};

function mean(op: Builder, matrix: Value, axis: number): Value {
  return op.ReduceMean(matrix, op.ints([axis]), { keepdims: 1 });
}

/** This kernel may have negative eigenvalues: with the largest row's sum added to all none is, and the largest stays so. */
function shifted(op: Builder, matrix: Value): Value {
  const rows = op.ReduceSum(op.Abs(matrix), op.ints([2]), { keepdims: 1 });
  const bound = op.ReduceMax(rows, op.ints([1, 2]), { keepdims: 1 });
  const size = op.Squeeze(op.Shape(matrix, { start: 1, end: 2 }), op.ints([0]));
  const places = op.Range(op.int(0), size, op.int(1));
  const identity = op.Cast(op.Equal(op.Unsqueeze(places, op.ints([0])), op.Unsqueeze(places, op.ints([1]))), { to: 1 });
  return op.Add(matrix, op.Mul(identity, bound));
}
