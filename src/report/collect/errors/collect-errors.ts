/** @file The errors of a model that are shown, with what all images together say of their labels. */

import { at } from "../../../foundation/present.js";
import type { ErrorReport } from "../../report-data.js";
import type { Gallery } from "../gallery/gallery.js";
import type { GatheredImages } from "../gather/gathered.js";
import { likelyAmong } from "../likely.js";
import type { Study } from "../study.js";

/** The first `most` errors, the most confident first. @param model its position */
export async function collectErrors(
  study: Study & { readonly doubts: readonly (number | undefined)[] },
  model: number,
  images: GatheredImages,
  most: number,
  gallery: Gallery,
): Promise<ErrorReport[]> {
  const errors = study.evaluation.errors.slice(0, likelyAmong(most, images.share));
  const shown = await gallery.get(
    "error",
    model,
    errors.map(({ index }) => index),
  );
  return errors.map((error, i): ErrorReport => {
    const { index } = error;
    const { image, thumbnail, maps, steady, notes } = at(shown, i);
    const name = images.nameOf(index);
    const onObject = study.model.rows.at(index).evidence?.object;
    const doubtful =
      study.doubts[index] === error.predicted &&
      oftenRight(study, index) &&
      steady?.same === steady?.of &&
      (onObject === undefined || onObject.share > onObject.even);
    return {
      ...error,
      ...(name === undefined ? {} : { name }),
      image,
      ...(thumbnail ? { thumbnail } : {}),
      ...(maps ? { maps } : {}),
      ...(steady ? { steady } : {}),
      doubtful,
      ...(onObject ? { onObject } : {}),
      notes: notes ?? [],
    };
  });
}

/** Whether nine in ten of the other images of which the model is as sure are classified rightly: else its confidence tells little. */
export function oftenRight(
  { confidence, labels, predicted }: Pick<Study, "confidence" | "labels" | "predicted">,
  index: number,
): boolean {
  const limit = at(confidence, index);
  let [others, right] = [0, 0];
  for (let i = 0; i < labels.length; i++) {
    if (i === index || at(confidence, i) < limit) continue;
    others++;
    if (labels[i] === predicted[i]) right++;
  }
  return right >= 0.9 * others;
}
