/** @file The preprocessing of a model: the sources of its settings in their order, laid over the usual recipe for its input. */

import { FoveaError, shownJson } from "../foundation/error.js";
import { list } from "../foundation/words.js";
import { isPreprocessing, type Preprocessing } from "../image/input/preprocessing.js";
import type { Dim } from "../onnx/graph.js";
import { photoAxes } from "./input/image-axes.js";
import { isWholeType } from "./input/whole-types.js";
import type { Model } from "./model.js";
import { fitting, originOf, overlay, ownOrigin, partNames, type Sidecar } from "./settings/sidecar.js";
import { usualRecipe } from "./settings/usual-recipe.js";

/** A part of a preprocessing, as people call it. */
export type PreprocessingPart = "size" | "crop" | "scale" | "mean" | "deviation" | "channel order";

export interface ChosenPreprocessing {
  readonly preprocessing: Preprocessing;
  /** Where it comes from, for people: one source, or that of each part. */
  readonly origin: string;
  /** The source of each part, for people; `assumed` for a part that nobody states. */
  readonly origins: Readonly<Record<PreprocessingPart, string>>;
}

/** The settings that each part of a preprocessing is made of. */
const settingsOf: Readonly<Record<PreprocessingPart, readonly (keyof Preprocessing)[]>> = {
  size: ["height", "width"],
  crop: fitting,
  scale: ["scale"],
  mean: ["mean"],
  deviation: ["std"],
  "channel order": ["order"],
};

const parts: readonly PreprocessingPart[] = ["size", "crop", "scale", "mean", "deviation", "channel order"];

type Origins = ChosenPreprocessing["origins"];

function originsBy(originOfPart: (part: PreprocessingPart) => string): Origins {
  return {
    size: originOfPart("size"),
    crop: originOfPart("crop"),
    scale: originOfPart("scale"),
    mean: originOfPart("mean"),
    deviation: originOfPart("deviation"),
    "channel order": originOfPart("channel order"),
  };
}

const stored = "stored with the model";
const fromModel = "from the model";
const assumed = "assumed";

/**
 * The preprocessing in the model's card, else the usual recipe with the settings beside the file and in its metadata; the user's
 * parts win over both.
 * @throws FoveaError `bad-graph` when the input is no image of 1, 3 or 4 channels, `bad-input` for parts that contradict it
 */
export function preprocessingOf(model: Model): ChosenPreprocessing {
  const { card, beside, given } = model;
  const recipe = card.preprocessing ? fromOne(card.preprocessing, stored) : stated(model, beside);
  const choice = withGiven(recipe, given?.preprocessing);
  const { channels, height, width, layout = "nchw" } = choice.preprocessing;
  const dims = photoAxes(model);
  const fits = (dim: Dim | undefined, size: number) => typeof dim !== "number" || dim === size;
  const agrees =
    dims?.layout === layout && fits(dims.channels, channels) && fits(dims.height, height) && fits(dims.width, width);
  if (agrees && isPreprocessing(choice.preprocessing)) return choice;
  throw new FoveaError(
    "bad-input",
    `preprocessing (${choice.origin}): expected one that makes [${model.input.dims?.join(", ")}], got ${shownJson(choice.preprocessing, 300)}`,
  );
}

function fromOne(preprocessing: Preprocessing, origin: string): ChosenPreprocessing {
  return { preprocessing, origin, origins: originsBy(() => origin) };
}

/** The usual recipe with the parts that files or metadata state. */
function stated(model: Model, beside: Sidecar | undefined): ChosenPreprocessing {
  const usual = usualRecipe(model);
  const recipe = fromOne(usual.preprocessing, assumed);
  if (beside?.preprocessing === undefined || partNames(beside.preprocessing).length === 0)
    return { ...recipe, origin: usual.origin, origins: { ...recipe.origins, size: sizeOrigin(model) } };
  const fitting = withoutValues(fitToInput(beside, model), beside, model);
  const preprocessing = withParts(usual.preprocessing, fitting);
  const origins = originsBy((part) => {
    const setting = settingsOf[part].find((name) => fitting[name] !== undefined);
    return setting ? originOf(beside, setting) : part === "size" ? sizeOrigin(model) : assumed;
  });
  return {
    preprocessing,
    origins,
    origin: describeOrigins(origins, preprocessing, fitting.height ? undefined : otherSize(beside, model)),
  };
}

function sizeOrigin(model: Model): string {
  const { height, width } = photoAxes(model) ?? {};
  return typeof height === "number" && typeof width === "number" ? fromModel : assumed;
}

/** The size that a file of another tool states, where it is not the model's: it was written for another export. */
function otherSize(beside: Sidecar, model: Model): { readonly height: number; readonly width: number } | undefined {
  const { height, width } = beside.preprocessing ?? {};
  const dims = photoAxes(model);
  if (height === undefined || width === undefined || originOf(beside, "height") === ownOrigin) return undefined;
  const differs = (dim: Dim | undefined, size: number) => typeof dim === "number" && dim !== size;
  return differs(dims?.height, height) || differs(dims?.width, width) ? { height, width } : undefined;
}

/** The stated parts for the model's own size: what pictures are resized to grows with it. */
function fitToInput(beside: Sidecar, model: Model): Partial<Preprocessing> {
  const { preprocessing = {}, atOtherSize } = beside;
  const other = otherSize(beside, model);
  if (other === undefined) return preprocessing;
  if (atOtherSize && otherSize({ ...beside, preprocessing: atOtherSize }, model) === undefined)
    return overlay(preprocessing, atOtherSize);
  const { height: _, width: __, resize, ...rest } = preprocessing;
  const dims = photoAxes(model);
  const scaled = (length: number, dim: Dim | undefined, from: number) =>
    typeof dim === "number" ? Math.floor((length * dim) / from) : length;
  if (resize === undefined) return rest;
  const height = scaled(resize.height, dims?.height, other.height);
  return { ...rest, resize: { height, width: scaled(resize.width, dims?.width, other.width) } };
}

/** Values that other tools give their numbers of 0 to 1 are lost on an input of whole numbers, whose network makes them itself. */
function withoutValues(parts: Partial<Preprocessing>, beside: Sidecar, { fileInput }: Model): Partial<Preprocessing> {
  if (!isWholeType(fileInput.type)) return parts;
  const names = ["scale", "mean", "std"] as const;
  const lost = names.filter((name) => originOf(beside, name) !== ownOrigin);
  const kept = Object.entries(parts).filter(([name]) => !lost.some((each) => each === name));
  return Object.fromEntries(kept);
}

/** Parts over a whole preprocessing; one number for all channels stands for each of them. */
function withParts(whole: Preprocessing, upper: Partial<Preprocessing>): Preprocessing {
  const result = overlay(whole, upper);
  const { channels } = result;
  const perChannel = (values: readonly number[], ofOpacity: number) => {
    if (values.length === 1) return Array.from({ length: channels }, () => values[0] ?? Number.NaN);
    // Settings for colour beside a network of grey pictures, or of those with opacity.
    if (channels === 1) return [values.reduce((sum, value) => sum + value, 0) / values.length];
    return channels === 4 && values.length === 3 ? [...values, ofOpacity] : values;
  };
  return { ...result, mean: perChannel(result.mean, 0), std: perChannel(result.std, 1) };
}

function withGiven(recipe: ChosenPreprocessing, given: Partial<Preprocessing> = {}): ChosenPreprocessing {
  const names = partNames(given);
  if (names.length === 0) return recipe;
  const isGiven = (part: PreprocessingPart) => settingsOf[part].some((name) => given[name] !== undefined);
  const preprocessing = withParts(recipe.preprocessing, given);
  const origins = originsBy((part) => (isGiven(part) ? "as given" : recipe.origins[part]));
  // Of a recipe whose numbers are all replaced, its name would mislead.
  const isReplaced = (["scale", "mean", "deviation"] as const).every(isGiven);
  const origin = isReplaced
    ? describeOrigins(origins, preprocessing, undefined)
    : `${recipe.origin}; ${list(names)} as given`;
  return { preprocessing, origin, origins };
}

/** `size from the model, mean and deviation from config.json, crop and scale assumed`; one source alone where all have the same. */
function describeOrigins(
  origins: Origins,
  { order }: Preprocessing,
  other: { readonly height: number; readonly width: number } | undefined,
): string {
  // Of RGB, which nearly all networks take, nothing is said where nobody states it.
  const counted = parts.filter(
    (part) => part !== "channel order" || (order !== undefined && origins[part] !== assumed),
  );
  const sources = [...new Set(counted.map((part) => origins[part]))];
  const [only, ...more] = sources;
  if (only !== undefined && more.length === 0) return only;
  const inOrder = sources.toSorted((a, b) => Number(a === assumed) - Number(b === assumed));
  const phrases = inOrder.map((source) => `${list(counted.filter((part) => origins[part] === source))} ${source}`);
  const stale = other ? ` (not ${other.height}x${other.width}, as it is stated)` : "";
  return phrases.map((phrase) => (phrase.endsWith(fromModel) ? phrase + stale : phrase)).join(", ");
}
