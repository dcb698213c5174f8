/** @file Cases of the rules of operators that read between elements. */

import { type AttributeLike, float } from "../../../src/onnx/builder.js";
import { float32, int64 } from "../../../src/onnx/tensor.js";
import type { GradientCase } from "../../support/models/gradient-case.js";

const paddings = ["zeros", "border", "reflection"];

/** Where coordinates meet an element or the edge, along axes of 3, 4 and 5 elements: there the slope breaks. */
const kinks = {
  corners: [0, 1 / 3, 1 / 2, 1, 4 / 3],
  edges: [0, 1 / 4, 3 / 4, 2 / 5, 4 / 5, 2 / 3, 1, 6 / 5, 5 / 4, 4 / 3],
};

/** Coordinates reach beside the picture. */
function grid(attributes: Readonly<Record<string, AttributeLike>>, more: Partial<GradientCase> = {}): GradientCase {
  const away = attributes.align_corners === 1 ? kinks.corners : kinks.edges;
  return {
    inputs: { x: [2, 3, 4, 5], grid: [2, 3, 2, 2] },
    of: { grid: { interval: [-1.4, 1.4], away: away.flatMap((kink) => [kink, -kink]) } },
    attributes,
    // Of opset 20 on the modes have other names.
    newest: 18,
    refused: ["nothing"],
    ...more,
  };
}

const volume: Partial<GradientCase> = { inputs: { x: [2, 2, 3, 4, 3], grid: [2, 2, 1, 3, 3] }, opset: 20, newest: 23 };

/** Regions within, at the edge of and beside a picture of 6x7 elements at half the scale; one smaller than a bin, one empty. */
const someRegions = [
  ...[0.6, 1.2, 9.4, 8.6],
  ...[-3.1, -2.7, 7.3, 5.9],
  ...[8.2, 7.7, 17.9, 16.3],
  ...[3.3, 4.1, 4.9, 5.2],
  ...[5.1, 5.3, 5.1, 5.3],
];
const pictures = int64([0, 1, 1, 0, 1]);

function regions(attributes: Readonly<Record<string, AttributeLike>>): GradientCase {
  const rois = float32([5, 4], someRegions);
  return {
    inputs: { x: [2, 3, 6, 7], rois, pictures },
    attributes: { output_height: 3, output_width: 2, spatial_scale: float(0.5), ...attributes },
    // A maximum is never in doubt, and never one of the zeros beside the picture.
    ...(attributes.mode === "max" ? { separated: true, offset: 20 } : {}),
    // onnxruntime has no RoiAlign of opset 22.
    newest: 21,
  };
}

const outputHalfPixel = { coordinate_transformation_mode: "output_half_pixel" };

export const samplingCases: Record<string, GradientCase[]> = {
  GridSample: [
    grid({}),
    ...["bilinear", "nearest", "bicubic"].flatMap((mode) =>
      paddings.flatMap((padding_mode) =>
        [0, 1].map((align_corners) =>
          grid({ mode, padding_mode, align_corners }, mode === "nearest" ? { without: ["grid"] } : {}),
        ),
      ),
    ),
    ...paddings.map((padding_mode) => grid({ mode: "linear", padding_mode }, { opset: 20, newest: 23 })),
    grid({ mode: "cubic" }, { opset: 20, newest: 23 }),
    grid({ mode: "linear" }, volume),
    grid({ mode: "nearest", padding_mode: "border" }, { ...volume, without: ["grid"] }),
    grid({ mode: "linear", padding_mode: "reflection", align_corners: 1 }, volume),
    grid({ align_corners: 1, padding_mode: "reflection" }, { inputs: { x: [1, 2, 1, 4], grid: [1, 3, 2, 2] } }),
  ],
  RoiAlign: [
    regions({}),
    regions({ sampling_ratio: 1 }),
    regions({ sampling_ratio: 2 }),
    regions({ ...outputHalfPixel, sampling_ratio: 2 }),
    regions(outputHalfPixel),
    regions({ mode: "max", sampling_ratio: 2 }),
    regions({ mode: "max" }),
    regions({ ...outputHalfPixel, mode: "max" }),
    regions({ ...outputHalfPixel, mode: "max", sampling_ratio: 3 }),
  ],
};
