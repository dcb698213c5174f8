/** @file The models and images that pictures are made from. */

import { at } from "../../../foundation/present.js";
import type { Encode } from "../draw.js";
import type { Rows } from "../observe/observation.js";
import type { ReportImages } from "../report-images.js";
import type { ReportedModel } from "../study.js";

export interface LiveSubject {
  readonly models: readonly ReportedModel[];
  readonly images: ReportImages;
  /** What each model says of each image. */
  readonly rows: readonly Rows[];
  /** Of the report. */
  readonly classes: readonly string[];
  readonly encode: Encode;
}

/** A model's index of a class of the report; -1 where it has none. */
export function modelClassOf({ classes }: Pick<ReportedModel, "classes">, label: number): number {
  return classes === undefined ? label : classes.indexOf(label);
}

/** The class of the report that a class of a model is. */
export function reportClassOf({ classes }: Pick<ReportedModel, "classes">, index: number): number {
  return classes === undefined ? index : at(classes, index);
}
