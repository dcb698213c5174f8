/** @file Tries the usual recipes on photos where nobody says how a network wants its pixels, and finds which one it answers surest. */

import { at } from "../../foundation/present.js";
import type { Preprocessing } from "../../image/input/preprocessing.js";
import type { Picture } from "../../image/picture/picture.js";
import { dimsOf } from "../../onnx/graph.js";
import { floats, type Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import type { Model } from "../model.js";
import { preprocessingOf } from "../preprocessing.js";
import { type Classifier, createClassifier } from "../run/classifier.js";
import { openStatisticsFit } from "./batch-norm-fit.js";
import {
  type Answers,
  agreementOf,
  answerOf,
  answersFrom,
  confidenceOf,
  differentAnswers,
  informationOf,
} from "./certainty.js";
import { type Preset, presetOf, presetsFor, withPreset } from "./presets.js";
import {
  fewestTrialPhotos,
  mostTrialPhotos,
  type RecipeTrial,
  type TrialEvidence,
  type TriedRecipe,
} from "./recipe-trial.js";
import { inputOf, prepareImages, type TrialImages, type TrialView } from "./trial-images.js";

/** With fewer classes any recipe gives few answers, and sure ones. */
const fewestClasses = 10;
/** How many times the evidence of the assumed recipe another one needs. */
const surerBy = 1.5;
/** A misfit of fewer nats than this is as good as none. */
const goodFit = 0.02;
/** Photos of the first look. */
const firstLook = 4;
/** Recipes with less than this share of the most information then are not looked at more closely. */
const closeShare = 0.5;

/** Pixels of a batch: twenty photos of 224 x 224, one of 1024 x 1024. */
const mostBatchPixels = 2 ** 20;

/** Options of `tryRecipes`. */
export interface TryRecipesOptions {
  readonly runtime: Runtime;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Whether nobody says how the model's pixels become numbers: neither its file, nor files beside it, nor the user. */
export function assumesRecipe(model: Model): boolean {
  const { origins } = preprocessingOf(model);
  return origins.scale === "assumed" && origins.mean === "assumed" && origins.deviation === "assumed";
}

/**
 * Runs the network on photos by every usual recipe, and compares what speaks for each. Nothing is decided: the model stays as it is.
 *
 * Where the network still has a batch normalization, the recipe is sought under which the photos have the means and variances that it
 * kept of its training images, which needs the network's beginning only. Elsewhere the answers speak: the mutual information of photo
 * and answer times how well the answers for the photo, its mirror image and a shifted one agree.
 *
 * @param pictures the first ten are looked at; with fewer than three nothing is said
 * @throws FoveaError `bad-graph`, `bad-input` for a model that takes no images; the reason of `signal`'s abort
 */
export async function tryRecipes(
  model: Model,
  pictures: readonly Picture[],
  options: TryRecipesOptions,
): Promise<RecipeTrial> {
  const { preprocessing } = preprocessingOf(model);
  const assumed = presetOf(preprocessing)?.name ?? "assumed";
  const shown = pictures.slice(0, mostTrialPhotos);
  const undecided = { photos: shown.length, by: undefined, assumed, recipes: [], surer: undefined };
  if (shown.length < fewestTrialPhotos) return undecided;
  const images = await prepareImages(shown, preprocessing, options.runtime);
  const candidates = candidatesFor(preprocessing, assumed, images);
  const trial = new Trial(model, images, options);
  try {
    const fitted = await trial.byStatistics(candidates, assumed);
    const found = fitted ?? (givesAnswers(model) ? await trial.byAnswers(candidates) : undefined);
    return found ? { ...undecided, ...judged(found, assumed) } : undecided;
  } finally {
    await trial.close();
  }
}

interface Candidate extends Pick<Preset, "name" | "weight"> {
  readonly recipe: Preprocessing;
}

function candidatesFor(preprocessing: Preprocessing, assumed: string, { differ }: TrialImages): Candidate[] {
  const usual = presetsFor(preprocessing)
    .filter(({ parts, name }) => differ || parts.ground !== "dark" || name === assumed)
    .map((preset) => ({ name: preset.name, weight: preset.weight, recipe: withPreset(preprocessing, preset) }));
  const own = { name: assumed, weight: 1, recipe: preprocessing };
  return usual.some(({ name }) => name === assumed) ? usual : [own, ...usual];
}

/** Whether the model's scores are those of a few classes for a whole picture. */
function givesAnswers(model: Model): boolean {
  const { classCount = 0, graph, scores } = model;
  return classCount >= fewestClasses && dimsOf(graph, scores)?.length === 2;
}

/** A candidate after the first look. */
interface Look extends Candidate {
  readonly answers: Answers;
  readonly information: number;
}

interface Findings {
  readonly by: TrialEvidence;
  readonly recipes: readonly TriedRecipe[];
}

function judged({ by, recipes }: Findings, assumed: string): Pick<RecipeTrial, "by" | "recipes" | "surer"> {
  const sorted = recipes.toSorted((a, b) => b.evidence - a.evidence);
  const [best] = sorted;
  const own = recipes.find(({ name }) => name === assumed)?.evidence ?? 0;
  const surer = best && best.name !== assumed && best.evidence > surerBy * own ? best.name : undefined;
  return { by, recipes: sorted, surer };
}

/** The runs of one trial. */
class Trial {
  readonly #model: Model;
  readonly #images: TrialImages;
  readonly #options: TryRecipesOptions;
  readonly #classifier: Classifier;
  #done = 0;

  constructor(model: Model, images: TrialImages, options: TryRecipesOptions) {
    this.#model = model;
    this.#images = images;
    this.#options = options;
    this.#classifier = createClassifier(model, options);
  }

  close(): Promise<void> {
    return this.#classifier.close();
  }

  /** Undefined for a network that has kept no statistics. */
  async byStatistics(candidates: readonly Candidate[], assumed: string): Promise<Findings | undefined> {
    const fit = await openStatisticsFit(this.#model, this.#options.runtime);
    if (fit === undefined) return undefined;
    const tried: (TriedRecipe & Candidate)[] = [];
    try {
      for (const candidate of candidates) {
        this.#tell(candidates.length + 2);
        const misfit = await fit.misfit(this.#inputs(candidate.recipe));
        tried.push({ ...candidate, evidence: 1 / (misfit + goodFit) });
      }
    } finally {
      await fit.close();
    }
    const best = tried.reduce((a, b) => (b.evidence > a.evidence ? b : a));
    const recipes: TriedRecipe[] = [];
    for (const { name, evidence, recipe } of tried) {
      const isShown = name === best.name || name === assumed;
      const answers = isShown && this.#hasClasses ? await this.#answers(recipe) : undefined;
      recipes.push({ name, evidence, ...(answers ? described(answers) : {}) });
    }
    return { by: "batch normalization", recipes };
  }

  /** A first look at a few photos by every recipe, and a closer one at all of them by those that come close to the best. */
  async byAnswers(candidates: readonly Candidate[]): Promise<Findings> {
    const looked: Look[] = [];
    for (const candidate of candidates) {
      this.#tell(2 * candidates.length);
      const answers = await this.#answers(candidate.recipe, "plain", this.#spread);
      looked.push({ ...candidate, answers, information: informationOf(answers) });
    }
    const most = Math.max(...looked.map(({ information }) => information));
    const isClose = ({ information }: Look) => information >= closeShare * most;
    const close: TriedRecipe[] = [];
    for (const look of looked.filter(isClose)) {
      this.#tell(2 * candidates.length);
      close.push(await this.#lookClosely(look));
    }
    const best = Math.max(...close.map(({ evidence }) => evidence));
    const far = looked.filter((look) => !isClose(look));
    const others = far.map(({ name, answers, information }) => ({
      name,
      evidence: (best * information) / most,
      ...described(answers),
    }));
    return { by: "answers", recipes: [...close, ...others] };
  }

  async #lookClosely({ name, weight, recipe }: Look): Promise<TriedRecipe> {
    const answers = await this.#answers(recipe);
    const mirrored = agreementOf(answers, await this.#answers(recipe, "mirrored"));
    const shifted = agreementOf(answers, await this.#answers(recipe, "shifted"));
    return { name, evidence: weight * informationOf(answers) * mirrored * shifted, ...described(answers) };
  }

  /** A few photos from the first to the last. */
  get #spread(): readonly number[] {
    const last = this.#images.plain.length - 1;
    return Array.from({ length: Math.min(last + 1, firstLook) }, (_, i) =>
      Math.round((i * last) / (Math.min(last + 1, firstLook) - 1)),
    );
  }

  get #hasClasses(): boolean {
    return dimsOf(this.#model.graph, this.#model.scores)?.length === 2;
  }

  async #answers(recipe: Preprocessing, view?: TrialView, photos?: readonly number[]): Promise<Answers> {
    const rows: Float32Array[] = [];
    for (const input of this.#inputs(recipe, view, photos)) {
      const probabilities = floats(await this.#classifier.classify(input));
      rows.push(...answersFrom(probabilities, at(input.dims, 0)));
    }
    return rows;
  }

  /** The photos by a recipe, in batches that fit in memory. */
  *#inputs(recipe: Preprocessing, view?: TrialView, photos?: readonly number[]): Generator<Tensor> {
    const all = recipe.ground === "dark" ? this.#images.onDark : this.#images.plain;
    const images = photos ? photos.map((i) => at(all, i)) : all;
    const batch = Math.max(1, Math.floor(mostBatchPixels / (recipe.width * recipe.height)));
    for (let first = 0; first < images.length; first += batch) {
      this.#options.signal?.throwIfAborted();
      yield inputOf(images.slice(first, first + batch), recipe, view);
    }
  }

  #tell(total: number): void {
    this.#options.signal?.throwIfAborted();
    this.#options.onProgress?.(this.#done++, total);
  }
}

function described(answers: Answers): Pick<TriedRecipe, "confidence" | "answers" | "first"> {
  const [first] = answers;
  if (first === undefined) return {};
  const index = answerOf(first);
  return {
    confidence: confidenceOf(answers),
    answers: differentAnswers(answers),
    first: { class: index, probability: at(first, index) },
  };
}
