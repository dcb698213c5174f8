/** @file The images that a report is about, with the models as it sees them. */

import type { PhotoDataset, SkippedPhoto } from "../../data/photos/photo.js";
import type { FoveaError } from "../../foundation/error.js";
import type { ReportedData } from "../../report/collect/report-images.js";
import type { NamedModel } from "../inputs/models.js";
import type { TrialPhoto } from "../inputs/try-model.js";
import type { ImageColumns } from "./parts/report-table.js";
import type { Size } from "./sizes.js";

export interface ReportSubject {
  /** With groups of classes in the place of their classes. */
  readonly models: readonly NamedModel[];
  readonly data: ReportedData;
  /** For each model, the class of the report that each of its own is. Default the same, in the same order. */
  readonly classes?: readonly (readonly number[])[];
  readonly skipped: readonly SkippedPhoto[];
  /** How many images there are, with those that are skipped. */
  readonly total: number;
  /** Photos to try recipes on: paths, or pictures. */
  readonly samples: readonly TrialPhoto[];
  /** Tells of an image that could not be read or explained. */
  readonly failureOf: (index: number, error: FoveaError) => SkippedPhoto;
  /** What the table of a part says of an image besides what models do. */
  readonly aboutOf: (id: string) => Promise<Pick<ImageColumns, "split" | "sha256" | "near_hash">>;
  /** Of photos: where labels come from, and how they were split. */
  readonly found?: PhotoDataset["found"];
  /** Images lie in archives, which a shard takes whole. Default false. */
  readonly isArchived?: boolean;
  /** What these images add to the report of all. */
  readonly own: { readonly photos: number; readonly sizes?: readonly [Size, Size] };
  /** Tells an image from others; left out where images are not worth keeping results of. */
  readonly keyOf?: (index: number) => string | undefined;
}
