/** @file The images that one model fixed and broke against another, drawn. */

import { compareClassifiers } from "../../evaluate/classifier/compare-classifiers.js";
import { mapOf } from "../../explain/maps.js";
import { at } from "../../foundation/present.js";
import { mapPeak } from "../../image/map/heatmap.js";
import type { ChangeReport, ChangeSide, ComparisonReport } from "../report-data.js";
import { type Encode, overlaid, plain } from "./draw.js";
import type { ReportImages } from "./report-images.js";
import type { Study } from "./study.js";

/** Compares the study at place `after` with the one before it, and draws up to `most` fixed and as many broken images. */
export async function collectChanges(
  studies: readonly Study[],
  after: number,
  images: ReportImages,
  most: number,
  encode: Encode,
): Promise<ComparisonReport> {
  const [a, b] = [at(studies, after - 1), at(studies, after)];
  const result = compareClassifiers(a.predicted, b.predicted, a.labels);
  const change = async (index: number): Promise<ChangeReport> => {
    const name = images.nameOf(index);
    const { picture } = await images.read(a.model.explainer.model, index);
    return {
      index,
      ...(name === undefined ? {} : { name }),
      label: at(a.labels, index),
      image: await plain(picture, encode),
      before: await sideOf(a, images, index, encode),
      after: await sideOf(b, images, index, encode),
    };
  };
  // The network that was wrong decides the order: its most confident mistakes first.
  const changes = async (indices: readonly number[], { confidence }: Study) => {
    const ordered = [...indices].sort((x, y) => at(confidence, y) - at(confidence, x));
    const reports: ChangeReport[] = [];
    for (const index of ordered.slice(0, most)) reports.push(await change(index));
    return reports;
  };
  return {
    before: after - 1,
    after,
    result,
    fixed: await changes(result.fixed, a),
    broken: await changes(result.broken, b),
  };
}

async function sideOf(study: Study, images: ReportImages, index: number, encode: Encode): Promise<ChangeSide> {
  const { explainer } = study.model;
  const sample = await images.read(explainer.model, index);
  const map = mapOf(await explainer.explain(sample.input), 0);
  const scale = mapPeak(map);
  const picture = await overlaid(sample, map, scale, encode);
  return {
    predicted: at(study.predicted, index),
    confidence: at(study.confidence, index),
    map: picture,
    scale,
  };
}
