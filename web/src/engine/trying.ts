/** @file Tries the usual recipes on open pictures where a model's preprocessing is assumed. */

import type { LoadedModel } from "../../../src/explain/loaded-model.js";
import { presetNamed } from "../../../src/model/preprocessing/presets.js";
import { tryRecipes } from "../../../src/model/preprocessing/trial.js";
import { trialOutcome } from "../../../src/model/preprocessing/trial-words.js";
import type { RecipeView } from "./api.js";
import type { Pictures } from "./pictures.js";

/** @throws the reason of the signal's abort */
export async function tryOn(
  model: LoadedModel,
  ids: readonly number[],
  { pictures, signal }: { readonly pictures: Pictures; readonly signal: AbortSignal },
): Promise<RecipeView> {
  const { runtime } = model.platform;
  const read = [];
  for (const id of ids) read.push((await pictures.glance(id)).picture);
  const trial = await tryRecipes(model, read, { runtime, signal });
  const says = trialOutcome({ trial, card: model.card });
  return trial.surer === undefined ? { says } : { says, surer: presetNamed(trial.surer) };
}
