/** @file Trials of recipes, kept in the cache folder under the hash of the model's file. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomically } from "../../files/atomic.js";
import { contentHash } from "../../files/content-hash.js";
import { FoveaError } from "../../foundation/error.js";
import type { Model } from "../../model/model.js";
import type { RecipeTrial } from "../../model/preprocessing/recipe-trial.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { environment } from "../environment.js";
import { fingerprint } from "../report/partial-results.js";

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
        const kept: unknown = JSON.parse(readFileSync(place, "utf8"));
        return isKept(kept) && kept.sum === sumOf(settings, kept) ? kept : undefined;
      } catch {
        return undefined;
      }
    },
    async put(kept) {
      try {
        await writeFileAtomically(place, `${JSON.stringify({ sum: sumOf(settings, kept), ...kept })}\n`);
      } catch (error) {
        if (!(error instanceof FoveaError)) throw error;
      }
    },
  };
}

/** Of the trial itself and of the file: another one is another version. */
const version = 2;

/** Of what is kept, and of all that it depends on. */
function sumOf(settings: string, { trial, firstPhoto }: KeptTrial): string {
  return fingerprint(settings, trial, firstPhoto);
}

function isKept(value: unknown): value is KeptTrial & { readonly sum: string } {
  return typeof value === "object" && value !== null && "sum" in value && "trial" in value;
}
