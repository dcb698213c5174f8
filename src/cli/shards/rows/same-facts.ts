/** @file What all parts of a run have in common: the model, settings and versions, with the words that telling needs. */

import type { PhotoDataset } from "../../../data/photos/photo.js";
import { contentHash } from "../../../files/content-hash.js";
import { isObject } from "../../../foundation/check.js";
import { modelLine, type NamedModel } from "../../inputs/models.js";
import { describedRecipe } from "../../inputs/read-input.js";
import { platform } from "../../platform.js";

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
  readonly versions: typeof platform.versions;
}

/** Photos besides: where labels come from, and how they were split. */
export interface SamePhotos extends SameFacts {
  readonly found: PhotoDataset["found"];
  readonly split: string;
}

/** @param notes assumptions besides the model's own */
export function sameFacts(named: NamedModel, data: string, flags: object, notes: readonly string[]): SameFacts {
  const { name, path, file, model } = named;
  return {
    model: {
      ...{ name, path, hash: contentHash(file), line: modelLine(named) },
      notes: [...model.notes, ...notes],
      recipe: describedRecipe(model),
    },
    data,
    settings: settingsOf(flags),
    versions: platform.versions,
  };
}

/** What decides the rows and what is told of them. */
function settingsOf(flags: object): Readonly<Record<string, unknown>> {
  const others = new Set(["out", "json", "jsonl", "quiet", "shard"]);
  return Object.fromEntries(Object.entries(flags).filter(([name]) => !others.has(name)));
}

/** Of a header: whether it has these facts. */
export function hasSameFacts(value: unknown): value is SameFacts {
  return isObject(value) && isObject(value.model) && isObject(value.settings) && Array.isArray(value.versions);
}
