/** @file The `Image.*` metadata that ONNX defines (docs/MetadataProps.md of onnx): order and range of pixels. */

import type { Preprocessing } from "../../../image/input/preprocessing.js";
import type { Sidecar } from "../sidecar.js";
import type { Metadata, MetadataReader } from "./reader.js";

type Range = Pick<Preprocessing, "scale" | "mean" | "std">;

/** Pixels 0..255 in each nominal range. */
export const nominalRanges: Readonly<Record<string, Range>> = {
  nominalrange_0_255: { scale: 1, mean: [0], std: [1] },
  normalized_0_1: { scale: 1 / 255, mean: [0], std: [1] },
  normalized_1_1: { scale: 1 / 127.5, mean: [1], std: [1] },
  nominalrange_16_235: { scale: 219 / 255, mean: [-16], std: [1] },
};

const linearNote =
  "the file's metadata ask for linear light (Image.ColorSpaceGamma), but pictures are given in sRGB: prepare arrays (.npy) to be exact";

export function readImageMetadata(metadata: Metadata): Omit<Sidecar, "origin"> {
  const lower = (key: string) => metadata(key)?.trim().toLowerCase() ?? "";
  const range = nominalRanges[lower("Image.NominalPixelRange")];
  const format = lower("Image.BitmapPixelFormat");
  const order = format.startsWith("bgr") ? "bgr" : format.startsWith("rgb") ? "rgb" : undefined;
  if (range === undefined && order === undefined) return {};
  return {
    preprocessing: { ...range, ...(order ? { order } : {}) },
    ...(lower("Image.ColorSpaceGamma") === "linear" ? { notes: [linearNote] } : {}),
  };
}

export const imageMetadata: MetadataReader = { origin: "the file's Image metadata", read: readImageMetadata };
