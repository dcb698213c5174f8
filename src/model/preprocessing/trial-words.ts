/** @file A trial of recipes in words. */

import { counted, percent } from "../../foundation/words.js";
import { className } from "../class-names.js";
import type { Model } from "../model.js";
import { preprocessingOf } from "../preprocessing.js";
import { fewestTrialPhotos, type RecipeTrial } from "./recipe-trial.js";

/** Where a model's preprocessing comes from, and what a trial of other recipes found. */
export function recipeWords(model: Model): string {
  const { origin } = preprocessingOf(model);
  const found = trialWords(model);
  // Where parts have sources of their own, they are listed.
  const colon = /^(from|assumed)/.test(origin) ? "" : ":";
  return `preprocessing${colon} ${origin}${found ? `; ${found}` : ""}`;
}

/** The outcome in half a sentence, for people who can choose a recipe with `--preprocess`; undefined without a trial. */
export function trialWords({ trial, card }: Pick<Model, "trial" | "card">): string | undefined {
  if (trial === undefined || trial.photos === 0) return undefined;
  const { surer } = trial;
  return `${trialOutcome({ trial, card })}${surer === undefined ? "" : ` (--preprocess ${surer})`}`;
}

/** The outcome in half a sentence: `caffe is surer: golden retriever 34 %`. */
export function trialOutcome({ trial, card }: { readonly trial: RecipeTrial } & Pick<Model, "card">): string {
  const photos = counted(trial.photos, "photo");
  if (trial.photos < fewestTrialPhotos)
    return `too few to tell whether another recipe is surer: ${photos}, ${fewestTrialPhotos} are needed`;
  if (trial.by === undefined) return "too few classes to tell whether another recipe is surer";
  if (trial.surer === undefined) return `no other recipe is surer on ${photos}`;
  return `${trial.surer} is surer${surerAnswer(trial, card)}`;
}

/** The first photo's answer by the surer recipe. */
function surerAnswer({ recipes, surer }: RecipeTrial, card: Model["card"]): string {
  const first = recipes.find(({ name }) => name === surer)?.first;
  return first ? `: ${className({ card }, first.class)} ${percent(first.probability, 0)}` : "";
}
