/** @file Maps of images, those of one call in one run. */

import type { Explanation } from "../../../explain/explanation.js";
import type { ImageExplainer } from "../../../explain/loaded-model.js";
import { diagnosisOf, displayMapOf, gridMapOf } from "../../../explain/maps.js";
import type { ClassChoice } from "../../../explain/options.js";
import { eachClass, eachRank, rankedChoice, rankOf } from "../../../explain/run/class-texts.js";
import { explainStream } from "../../../explain/stream.js";
import { FoveaError } from "../../../foundation/error.js";
import { defaultDivergingColormap } from "../../../image/map/colormap.js";
import { overlay } from "../../../image/map/overlay.js";
import { encodePicture } from "../../../image/node.js";
import type { Picture } from "../../../image/picture/picture.js";
import type { Box } from "../../../image/picture/resize.js";
import type { EngineImage, ExplainChoice, ExplainedClass, Refused, Scored } from "./messages.js";
import { type EngineInput, readEngineImage } from "./read-image.js";
import { notFinite, refusedBy } from "./refused.js";

/** Classes that one image is explained for. */
const mostClasses = 100;

/**
 * The results in the order of the images.
 * @throws FoveaError for classes that there are not; the reason of `signal`'s abort
 */
export async function explainImages(
  explainer: ImageExplainer,
  images: readonly EngineImage[],
  choice: ExplainChoice,
  signal: AbortSignal,
): Promise<(Scored | Refused)[]> {
  const classes = classesOf(explainer, choice.classes);
  const read = (image: EngineImage) => readEngineImage(explainer.model, image);
  const results: (Scored | Refused)[] = [];
  for await (const each of explainStream(explainer, images, read, { batch: images.length, classes, signal }))
    results.push(each.error ? refusedBy(each.error) : await resultOf(explainer, each.image, each.explanation, choice));
  return results;
}

/** @throws FoveaError `unknown-name`, and `bad-input` for too many */
function classesOf({ model }: ImageExplainer, texts: readonly string[]): ClassChoice[] {
  const each = eachClass(model, texts);
  const total = each.reduce((sum, text) => sum + Math.max(1, rankOf(text)), 0);
  if (total > mostClasses)
    throw new FoveaError("bad-input", `class: expected at most ${mostClasses} classes, got more`);
  return each.flatMap(eachRank).map((text) => rankedChoice(model, text));
}

async function resultOf(
  explainer: ImageExplainer,
  input: EngineInput,
  explanation: Explanation,
  choice: ExplainChoice,
): Promise<Scored | Refused> {
  const { scores, probabilities, predicted, classes } = explanation.at(0);
  if (!scores.every(Number.isFinite)) return notFinite();
  const { picture, box } = input;
  const maps: ExplainedClass[] = [];
  for (const [k, each] of classes.entries()) {
    const { sizes, values } = gridMapOf(explanation, 0, k, choice);
    const { text } = diagnosisOf(explanation, 0, k);
    const drawn = choice.overlay && picture ? await drawnOver(picture, box, explanation, { k, ...choice }) : undefined;
    maps.push({ ...each, sizes, values, note: text === "" ? undefined : text, overlay: drawn });
  }
  const size = picture && { width: picture.width, height: picture.height };
  const { layer, method } = explainer;
  return { scores, probabilities, predicted, explanation: { layer: layer.name, method: method.name, size, box, maps } };
}

/** As `fovea explain --overlay` draws it. */
async function drawnOver(
  picture: Picture,
  box: Box | undefined,
  explanation: Explanation,
  { k, signed }: { readonly k: number; readonly signed: boolean },
): Promise<Uint8Array> {
  const { width, height } = picture;
  const map = displayMapOf(explanation, 0, k, { width, height, signed, ...(box ? { box } : {}) });
  return encodePicture(overlay(picture, map, signed ? { colormap: defaultDivergingColormap } : {}), "png");
}
