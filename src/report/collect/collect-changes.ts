/** @file The images that one model fixed and broke against another. */

import { compareClassifiers } from "../../evaluate/classifier/compare-classifiers.js";
import { at } from "../../foundation/present.js";
import type { ChangeReport, ComparisonReport } from "../report-data.js";
import type { Gallery } from "./gallery/gallery.js";
import type { GatheredImages } from "./gather/gathered.js";
import { likelyAmong } from "./likely.js";
import type { Study } from "./study.js";

/** Compares the study at place `after` with the one before it, and shows up to `most` fixed and as many broken images. */
export async function collectChanges(
  studies: readonly Study[],
  after: number,
  images: GatheredImages,
  most: number,
  gallery: Gallery,
): Promise<ComparisonReport> {
  const [a, b] = [at(studies, after - 1), at(studies, after)];
  const result = compareClassifiers(a.predicted, b.predicted, a.labels);
  const side = (study: Study, index: number) => ({
    predicted: at(study.predicted, index),
    confidence: at(study.confidence, index),
  });
  // The network that was wrong decides the order: its most confident mistakes first.
  const changes = async (indices: readonly number[], { confidence }: Study) => {
    const ordered = [...indices]
      .sort((x, y) => at(confidence, y) - at(confidence, x) || x - y)
      .slice(0, likelyAmong(most, images.share));
    const shown = await gallery.get("change", after, ordered);
    return ordered.map((index, i): ChangeReport => {
      const { image, before, after: later } = at(shown, i);
      const name = images.nameOf(index);
      return {
        index,
        ...(name === undefined ? {} : { name }),
        label: at(a.labels, index),
        image,
        before: { ...side(a, index), ...before },
        after: { ...side(b, index), ...later },
      };
    });
  };
  return {
    ...{ before: after - 1, after, result },
    fixed: await changes(result.fixed, a),
    broken: await changes(result.broken, b),
  };
}
