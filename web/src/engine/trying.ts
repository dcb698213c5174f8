/** @file Tries the usual recipes on open pictures where a model's preprocessing is assumed. */

import type { LoadedModel } from "../../../src/explain/loaded-model.js";
import type { Picture } from "../../../src/image/picture/picture.js";
import { answerOf } from "../../../src/model/preprocessing/certainty.js";
import { presetNamed, presetsFor, withPreset } from "../../../src/model/preprocessing/presets.js";
import { fewestTrialPhotos } from "../../../src/model/preprocessing/recipe-trial.js";
import { tryRecipes } from "../../../src/model/preprocessing/trial.js";
import { inputOf, prepareImages } from "../../../src/model/preprocessing/trial-images.js";
import { trialOutcome } from "../../../src/model/preprocessing/trial-words.js";
import { preprocessingOf } from "../../../src/model/preprocessing.js";
import { floats } from "../../../src/onnx/tensor.js";
import type { RecipeAnswer, RecipeView } from "./api.js";
import type { Pictures } from "./pictures.js";

/** @param ids the first is the picture that is looked at @throws the reason of the signal's abort */
export async function tryOn(
  model: LoadedModel,
  ids: readonly number[],
  { pictures, signal }: { readonly pictures: Pictures; readonly signal: AbortSignal },
): Promise<RecipeView> {
  const { runtime } = model.platform;
  const read: Picture[] = [];
  for (const id of ids) read.push((await pictures.glance(id)).picture);
  const [first] = read;
  const answers = first ? await answersOf(model, first, signal) : [];
  if (read.length < fewestTrialPhotos) return { answers, says: undefined };
  const trial = await tryRecipes(model, read, { runtime, signal });
  const says = trialOutcome({ trial, card: model.card });
  return trial.surer === undefined ? { answers, says } : { answers, says, surer: presetNamed(trial.surer) };
}

async function answersOf(model: LoadedModel, picture: Picture, signal: AbortSignal): Promise<RecipeAnswer[]> {
  const { preprocessing } = preprocessingOf(model);
  const { plain, onDark, differ } = await prepareImages([picture], preprocessing, model.platform.runtime);
  const classifier = model.classifier();
  const answers: RecipeAnswer[] = [];
  try {
    for (const preset of presetsFor(preprocessing).filter(({ parts }) => differ || parts.ground !== "dark")) {
      signal.throwIfAborted();
      const recipe = withPreset(preprocessing, preset);
      const images = recipe.ground === "dark" ? onDark : plain;
      const probabilities = floats(await classifier.classify(inputOf(images, recipe)));
      const answer = answerOf(probabilities);
      answers.push({ ...preset, answer, probability: probabilities[answer] ?? 0 });
    }
  } finally {
    await classifier.close();
  }
  return answers;
}
