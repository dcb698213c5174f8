/** @file Trials of recipes, kept in the cache folder under the hash of the model's file. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomically } from "../../files/atomic.js";
import { contentHash } from "../../files/content-hash.js";
import { readInputSync } from "../../files/input/read-input.js";
import { isObject } from "../../foundation/check.js";
import { FoveaError } from "../../foundation/error.js";
import { parseJson } from "../../foundation/parse-json.js";
import type { Model } from "../../model/model.js";
import type { RecipeTrial, TriedRecipe } from "../../model/preprocessing/recipe-trial.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { environment } from "../environment.js";
import { fingerprint } from "./identity.js";

/** A trial with the first photo that it looked at. */
export interface KeptTrial {
  readonly trial: RecipeTrial;
  /** See `fileIdentity`; undefined for a picture that is no file. */
  readonly firstPhoto?: string | undefined;
}

/** The place of a model's trial. */
export interface TrialPlace {
  /** Undefined where there is none, or one that cannot be read. */
  get(): KeptTrial | undefined;
  /** Does nothing where the folder cannot be written: the next run tries again. */
  put(kept: KeptTrial): Promise<void>;
}

/**
 * @param path the model's file. Weights that it keeps in other files are not looked at
 * @throws FoveaError `bad-file` for what is no readable file
 */
export function trialPlace(path: string, model: Model): TrialPlace {
  const { preprocessing } = preprocessingOf(model);
  const settings = fingerprint(version, model.output, model.scores, preprocessing);
  const place = join(environment().cacheFolder, "recipes", `${contentHash(path)}.json`);
  return {
    get() {
      if (!existsSync(place)) return undefined;
      try {
        const kept: unknown = parseJson(new TextDecoder().decode(readInputSync(place, "settings")));
        return isKept(kept) && kept.settings === settings ? kept : undefined;
      } catch {
        return undefined;
      }
    },
    async put(kept) {
      try {
        await writeFileAtomically(place, `${JSON.stringify({ settings, ...kept })}\n`);
      } catch (error) {
        if (!(error instanceof FoveaError)) throw error;
      }
    },
  };
}

/** Of the trial itself: another one is another version. */
const version = 1;

function isKept(value: unknown): value is KeptTrial & { readonly settings: string } {
  return isObject(value) && isTrial(value.trial) && ["string", "undefined"].includes(typeof value.firstPhoto);
}

const evidences: readonly unknown[] = ["batch normalization", "answers", undefined] satisfies RecipeTrial["by"][];

function isTrial(value: unknown): value is RecipeTrial {
  if (!isObject(value) || !Array.isArray(value.recipes)) return false;
  const { photos, by, assumed, surer, recipes } = value;
  const isAbout = Number.isInteger(photos) && typeof assumed === "string" && isOptional(surer, "string");
  return isAbout && evidences.includes(by) && recipes.every(isTried);
}

function isTried(value: unknown): value is TriedRecipe {
  if (!isObject(value) || typeof value.name !== "string" || typeof value.evidence !== "number") return false;
  const { first } = value;
  const isFirst = first === undefined || (isObject(first) && [first.class, first.probability].every(Number.isFinite));
  return isFirst && isOptional(value.confidence, "number") && isOptional(value.answers, "number");
}

function isOptional(value: unknown, type: "string" | "number"): boolean {
  return value === undefined || typeof value === type;
}
