/** @file What the header of a part of a report says: what all parts have in common, and what each adds. */

import type { SkippedPhoto } from "../../../data/photos/photo.js";
import { isObject } from "../../../foundation/check.js";
import { FoveaError } from "../../../foundation/error.js";
import type { GatheredModel } from "../../../report/collect/study.js";
import type { ReportData } from "../../../report/report-data.js";
import type { Part } from "../../shards/part-files.js";
import type { Size } from "../sizes.js";

/** How trust was measured: metrics by name. */
export interface WrittenTrust {
  readonly method: { readonly name: string; readonly title: string };
  readonly metrics: readonly string[];
}

export interface ReportModelFacts {
  readonly facts: GatheredModel["facts"];
  /** Of the model's file. */
  readonly hash: string;
  /** Names of its classes. */
  readonly classes: readonly string[];
  /** How pictures become its input. */
  readonly recipe: unknown;
  readonly trust?: WrittenTrust;
}

/** The same in all parts of a report. */
export interface ReportSame {
  readonly models: readonly ReportModelFacts[];
  readonly data: { readonly name: string; readonly part?: ReportData["data"]["part"] };
  /** Where labels come from and how photos were split; of images by a dataset's name what it says of itself. */
  readonly found:
    | { readonly origin: string; readonly how: string }
    | { readonly source: string; readonly image: string };
  /** Of a dataset with a name: its classes. */
  readonly classes?: readonly string[];
  readonly title?: string;
  readonly errors: number;
  readonly attack: boolean;
  readonly names: NonNullable<ReportData["names"]>;
  readonly reproduce: ReportData["reproduce"];
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What a part adds. */
export interface ReportOwn {
  readonly labels: readonly string[];
  /** For each model, by label the model's index. */
  readonly matched: readonly Readonly<Record<string, number>>[];
  readonly counts: ReportData["data"]["counts"];
  readonly sizes?: readonly [Size, Size];
  readonly photos: number;
  readonly skipped: readonly SkippedPhoto[];
  /** For each model the baselines of trust, as far as they are known. */
  readonly trustSources?: readonly (readonly {
    readonly name: string;
    readonly title: string;
    readonly control: string | null;
  }[])[];
}

/** A part of a report that is there. */
export interface ReportPart {
  readonly part: Part;
  readonly same: ReportSame;
  readonly own: ReportOwn;
}

/** @throws FoveaError `bad-file` for a header that a report did not write */
export function reportPart(part: Part): ReportPart {
  const { same, own } = part.header;
  if (isSame(same) && isOwn(own)) return { part, same, own };
  throw new FoveaError("bad-file", `${part.path}: header: expected that of a report, got another`);
}

function isSame(value: unknown): value is ReportSame {
  return isObject(value) && Array.isArray(value.models) && isObject(value.data) && isObject(value.reproduce);
}

function isOwn(value: unknown): value is ReportOwn {
  return isObject(value) && Array.isArray(value.labels) && Array.isArray(value.matched) && isObject(value.counts);
}
