/** @file Metadata of Ultralytics' exports, which are Python's literals. */

import type { Preprocessing } from "../../../image/input/preprocessing.js";
import { sizeIn } from "../fields.js";
import { readPythonLiteral } from "../python-literal.js";
import type { MetadataReader } from "./reader.js";

/** Its exports of all tasks take values from 0 to 1, without mean and deviation. */
const values: Partial<Preprocessing> = { scale: 1 / 255, mean: [0], std: [1], resample: "linear" };

/** Classifiers see the middle of a picture, all others the whole with grey around it (docs.ultralytics.com/modes/export). */
function fitOf(task: string): Partial<Preprocessing> {
  return task === "classify" ? { fit: "crop", cropFraction: 1 } : { fit: "letterbox", padding: [114, 114, 114] };
}

export const ultralytics: MetadataReader = {
  origin: "the file's Ultralytics metadata",
  read(metadata) {
    const task = metadata("task");
    if (task === undefined || metadata("author")?.toLowerCase() !== "ultralytics") return {};
    const size = sizeIn(readPythonLiteral(metadata("imgsz") ?? ""));
    return { preprocessing: { ...size, ...fitOf(task), ...values } };
  },
};
