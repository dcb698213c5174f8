/** @file Settings of Azure Custom Vision in metadata. */

import type { Preprocessing } from "../../../image/input/preprocessing.js";
import { numbersIn } from "../fields.js";
import { readPythonLiteral } from "../python-literal.js";
import type { Sidecar } from "../sidecar.js";
import { nominalRanges, readImageMetadata } from "./image-metadata.js";
import type { Metadata, MetadataReader } from "./reader.js";

const prefix = "CustomVision.Preprocess.";

export function readCustomVision(metadata: Metadata): Omit<Sidecar, "origin"> {
  const method = metadata(`${prefix}ResizeMethod`);
  if (method === undefined) return {};
  const { preprocessing, notes } = readImageMetadata(metadata);
  return {
    preprocessing: {
      ...fitOf(metadata, method),
      ...nominalRanges.nominalrange_0_255,
      ...preprocessing,
      ...statistics(metadata),
    },
    ...(notes ? { notes } : {}),
  };
}

/** Pictures are stretched to the target, or get its length as their shorter side and lose what stands over. */
function fitOf(metadata: Metadata, method: string): Partial<Preprocessing> {
  const number = (name: string) => Number(metadata(prefix + name) ?? 0);
  const [height, width] = [number("TargetHeight"), number("TargetWidth")];
  if (!(height > 0 && width > 0)) return {};
  if (!/shorterside/i.test(method)) return { height, width, fit: "stretch" };
  const [down, across] = [number("CropHeight") || height, number("CropWidth") || width];
  return { height: down, width: across, fit: "crop", resize: { height, width } };
}

/** Subtracted and divided by after the nominal range; zeros and ones where the network does it itself. */
function statistics(metadata: Metadata): Partial<Preprocessing> {
  const list = (name: string) => numbersIn(readPythonLiteral(metadata(prefix + name) ?? ""));
  const [mean, std] = [list("NormalizeMean"), list("NormalizeStd")];
  const says = (mean?.some((value) => value !== 0) ?? false) || (std?.some((value) => value !== 1) ?? false);
  return says ? { mean: mean ?? [0], std: std ?? [1] } : {};
}

export const customVision: MetadataReader = {
  origin: "the file's Custom Vision metadata",
  read: readCustomVision,
};
