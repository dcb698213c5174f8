/** @file What all parts of a run have in common: the model, settings and versions, with the words that telling needs. */

import type { PhotoDataset } from "../../../data/photos/photo.js";
import { isObject } from "../../../foundation/check.js";

export interface ModelFacts {
  readonly name: string;
  /** As it was given. */
  readonly path: string;
  /** Of its file. */
  readonly hash: string;
  /** Its name, with where it comes from. */
  readonly line: string;
  /** Assumptions about it, in words. */
  readonly notes: readonly string[];
  /** How pictures become its input: fields for programs. */
  readonly recipe: Readonly<Record<string, unknown>>;
}

export interface SameFacts {
  readonly model: ModelFacts;
  /** As it was given. */
  readonly data: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly versions: readonly { readonly name: string; readonly version: string }[];
}

/** Photos besides: where labels come from, and how they were split. */
export interface SamePhotos extends SameFacts {
  readonly found: PhotoDataset["found"];
  readonly split: string;
}

/** Of a header: whether it has these facts. */
export function hasSameFacts(value: unknown): value is SameFacts {
  return isObject(value) && isObject(value.model) && isObject(value.settings) && Array.isArray(value.versions);
}
