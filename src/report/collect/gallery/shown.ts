/** @file What a report shows of single images, by kind; plain data. */

import type { AttackOutcome } from "../../../evaluate/attack/attack-study.js";
import type { PairOfClasses } from "../../../evaluate/sanity/class-sensitivity.js";
import type { TrustMeasurement } from "../../../evaluate/studies/trust-measurement.js";
import type { Picture } from "../../picture.js";
import type { AstrayImage, AttackExample, ChangeReport, ChangeSide, ErrorReport } from "../../report-data.js";

export type ShownError = Pick<ErrorReport, "image" | "thumbnail" | "maps" | "steady" | "notes">;

export type ShownAstray = Pick<AstrayImage, "scale" | "picture" | "boxes">;

export type ShownSide = Pick<ChangeSide, "map" | "scale">;

export interface ShownChange extends Pick<ChangeReport, "image"> {
  readonly before: ShownSide;
  readonly after: ShownSide;
}

/** Null where nothing is averaged, and where the map says nothing. */
export type ShownAgreement = { readonly correlation: number; readonly misplaced: number } | null;

/** Null for an image that cannot be read or explained. */
export type ShownTrust = {
  readonly measurement: TrustMeasurement;
  /** How the maps of other classes differ; of the first images only. */
  readonly pairs?: readonly PairOfClasses[];
} | null;

/** Classes are the model's. */
export interface ShownAttack {
  /** Of each size. */
  readonly outcomes: readonly AttackOutcome[];
  /** Of some images whose right prediction an attack changed. */
  readonly example?: Omit<AttackExample, "index" | "name">;
}

export interface Shown {
  readonly sample: Picture;
  readonly error: ShownError;
  readonly astray: ShownAstray;
  /** Of a model and the one before it. */
  readonly change: ShownChange;
  readonly agreement: ShownAgreement;
  readonly attack: ShownAttack;
  readonly trust: ShownTrust;
}

export type ShownKind = keyof Shown;
