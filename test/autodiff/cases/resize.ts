/** @file Cases of the rule of Resize. */

import { type AttributeLike, float } from "../../../src/onnx/builder.js";
import { float32, int64 } from "../../../src/onnx/tensor.js";
import type { GradientCase } from "../../support/models/gradient-case.js";

type Attributes = Readonly<Record<string, AttributeLike>>;

const x = [2, 2, 4, 5] as const;
const refused = ["nothing"] as const;

function scaled(scales: readonly number[], attributes: Attributes, dims: readonly number[] = x): GradientCase {
  return {
    inputs: { x: dims, roi: undefined, scales: float32([scales.length], scales) },
    attributes,
    refused,
  };
}

function sized(sizes: readonly number[], attributes: Attributes, dims: readonly number[] = x): GradientCase {
  return { inputs: { x: dims, roi: undefined, scales: undefined, sizes: int64(sizes) }, attributes, refused };
}

const coordinates = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"].map(
  (coordinate_transformation_mode) => ({ coordinate_transformation_mode }),
);
const roundings = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"].map((nearest_mode) => ({
  nearest_mode,
}));

export const resizeCases: Record<string, GradientCase[]> = {
  Resize: [
    ...coordinates.flatMap((mode) => [
      scaled([1, 1, 2, 1.6], { ...mode, mode: "linear" }),
      scaled([1, 1, 0.5, 1.7], { ...mode, mode: "cubic" }),
      sized([2, 2, 7, 3], { ...mode, mode: "nearest" }),
    ]),
    ...roundings.map((mode) => scaled([1, 1, 2, 0.6], { ...mode, mode: "nearest" })),
    ...roundings.map((mode) => scaled([1, 1, 2, 3], { ...mode, coordinate_transformation_mode: "asymmetric" })),
    sized([2, 2, 3, 8], { mode: "linear" }),
    sized([2, 2, 6, 8], { mode: "cubic", cubic_coeff_a: float(-0.5), exclude_outside: 1 }),
    sized([2, 2, 2, 3], { mode: "linear", antialias: 1 }),
    sized([2, 2, 2, 3], { mode: "cubic", antialias: 1 }),
    scaled([2, 1.6], { mode: "linear", axes: [2, 3] }),
    sized([7], { mode: "nearest", axes: [-1] }),
    sized([3, 2, 4, 5], { mode: "nearest" }),
    scaled([2, 3], { mode: "linear" }, [3, 4]),
    scaled([1, 1, 1.5], { mode: "nearest" }, [2, 2, 6]),
    scaled([1, 1, 2, 1.5, 2], { mode: "linear" }, [1, 2, 3, 2, 2]),
    scaled([1, 1, 2, 2, 2], { mode: "nearest" }, [1, 2, 2, 2, 2]),
    {
      inputs: {
        x,
        roi: float32([8], [0, 0, 0.1, 0.2, 1, 1, 0.8, 1.3]),
        scales: undefined,
        sizes: int64([2, 2, 6, 7]),
      },
      attributes: {
        mode: "linear",
        coordinate_transformation_mode: "tf_crop_and_resize",
        extrapolation_value: float(3),
      },
      refused,
    },
  ],
};
