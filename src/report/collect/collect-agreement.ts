/** @file How far the maps of a model's method agree with the exact ones, where the method averages over places. */

import type { AgreementReport } from "../report-data.js";
import type { Gallery } from "./gallery/gallery.js";
import type { GatheredImages } from "./gather/gathered.js";
import type { GatheredModel } from "./study.js";

/** Images that are compared, at most. */
const mostCompared = 100;

/** Of the predicted classes; undefined where the method's own map is the one that is acted on, or does not average. @param model its position */
export async function collectAgreement(
  { facts }: GatheredModel,
  model: number,
  images: GatheredImages,
  gallery: Gallery,
): Promise<AgreementReport | undefined> {
  if (facts.acting === undefined) return undefined;
  const report = { method: facts.method, acting: facts.acting };
  const shown = await gallery.get("agreement", model, images.firstByRank(mostCompared));
  const found = shown.flatMap((each) => each ?? []);
  if (found.length === 0) return report;
  const mean = (field: "correlation" | "misplaced") => found.reduce((sum, each) => sum + each[field], 0) / found.length;
  return {
    ...report,
    measured: { count: found.length, correlation: mean("correlation"), misplaced: mean("misplaced") },
  };
}
