/** @file Cases of the rules of operators that read between elements. */

import type { AttributeLike } from "../../../src/onnx/builder.js";
import type { GradientCase } from "../../support/models/gradient-case.js";

const paddings = ["zeros", "border", "reflection"];

/** Coordinates reach beside the picture. Steps are small, because the slope breaks at every element. */
function grid(attributes: Readonly<Record<string, AttributeLike>>, more: Partial<GradientCase> = {}): GradientCase {
  return {
    inputs: { x: [2, 3, 4, 5], grid: [2, 3, 2, 2] },
    of: { grid: { interval: [-1.4, 1.4] } },
    attributes,
    // Of opset 20 on the modes have other names.
    newest: 18,
    refused: ["nothing"],
    ...more,
  };
}

const volume: Partial<GradientCase> = { inputs: { x: [2, 2, 3, 4, 3], grid: [2, 2, 1, 3, 3] }, opset: 20, newest: 23 };

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
};
