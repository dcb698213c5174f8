/** @file The rows of an input's explanations: one for each of its pictures. */

import { mapOf } from "../../../explain/maps.js";
import type { Explainer } from "../../../explain/options.js";
import { at } from "../../../foundation/present.js";
import type { FloatMap } from "../../../image/map/heatmap.js";
import { evidenceShares } from "../../../report/collect/observe/evidence-shares.js";
import type { NamedModel } from "../../inputs/models.js";
import { imageRow } from "../../shards/rows/image-columns.js";
import { unitOf } from "../../shards/unit-of.js";
import { describeResult, resultLines } from "../print-results.js";
import type { Result } from "../result/result.js";
import type { ExplainDetails, ExplainRow } from "./explain-command.js";

export interface ExplainedRows {
  readonly named: NamedModel;
  readonly explainer: Explainer;
  /** How many classes are told. */
  readonly top: number;
}

/**
 * @param input the place among all inputs
 * @param written the paths of each picture's files
 */
export function explanationRows(
  { named, explainer, top }: ExplainedRows,
  result: Result,
  written: readonly (readonly string[])[],
  input: number,
): ExplainRow[] {
  const { image, explanation, source } = result;
  const results = describeResult(named, explainer, result, written, top);
  const lines = resultLines(named, result, written, top);
  const isArray = image.isArray ?? false;
  return explanation.classes.map((_, i) => {
    const { classes, predicted, probabilities } = explanation.at(i);
    const [first = predicted] = classes;
    const details: ExplainDetails = { result: results[i], lines: at(lines, i), isArray };
    const nameOf = (index: number) => explanation.classNames?.[index] ?? String(index);
    return {
      ...imageRow(
        { path: unitOf(source) },
        { nameOf, label: undefined, predicted: predicted.index },
        probabilities.slice(),
      ),
      ...{ input, ...(explanation.classes.length > 1 ? { picture: i } : {}) },
      ...{ explained: first.label, probability: first.probability, score: first.score },
      ...measuresOf(result, i),
      details: JSON.stringify(details),
    };
  });
}

/** Where the map of the first class lies. */
function measuresOf({ image, explanation }: Result, i: number): Partial<ExplainRow> {
  const map = mapOf(explanation, i);
  const picture = at(image.pictures, i);
  const seen = image.box ?? { x: 0, y: 0, width: picture.width, height: picture.height };
  const shares = evidenceShares(map, picture, seen, undefined);
  const place = peakOf(map);
  if (shares === undefined || place === undefined) return { map_peak: 0 };
  return {
    map_peak: place.value,
    peak_x: (seen.x + place.x * seen.width) / picture.width,
    peak_y: (seen.y + place.y * seen.height) / picture.height,
    evidence_border: shares.border.share,
    evidence_corners: shares.corners.share,
    evidence_half: shares.half.share,
  };
}

/** The highest value with the middle of its place, 0 to 1; undefined for a map without any above zero. */
function peakOf({ width, height, values }: FloatMap) {
  const [best, value] = values.reduce(([place, most], each, i) => (each > most ? [i, each] : [place, most]), [-1, 0]);
  if (best < 0) return undefined;
  return { value, x: ((best % width) + 0.5) / width, y: (Math.floor(best / width) + 0.5) / height };
}
