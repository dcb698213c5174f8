/** @file The table of a part of a report: a row for each image and model, in columns that anybody can ask questions of. */

import type { Columns, RowOf } from "../../../data/parquet/columns.js";
import type { EvidenceShares, ImageRow, Share } from "../../../report/collect/observe/observation.js";

export const reportColumns = {
  path: "string",
  label: "string",
  split: "string",
  model: "string",
  predicted: "string",
  /** The predicted class as the model's index. */
  predicted_index: "int32",
  confidence: "float32",
  probability_of_label: "float32",
  scores: "float32[]",
  width: "int32",
  height: "int32",
  evidence_border: "float64",
  evidence_border_even: "float64",
  evidence_corners: "float64",
  evidence_corners_even: "float64",
  evidence_object: "float64",
  evidence_object_even: "float64",
  evidence_half: "float64",
  evidence_half_even: "float64",
  exchange_hottest: "float64",
  exchange_elsewhere: "float64",
  /** Place among all images in the order of a hash; empty for images that are not in the common pool. */
  rank: "int32",
  sha256: "string",
  near_hash: "string",
} as const satisfies Columns;

export type ReportRow = RowOf<typeof reportColumns>;

/** What the table says of an image besides what its model does. */
export type ImageColumns = Pick<ReportRow, "path" | "label" | "split" | "rank" | "sha256" | "near_hash">;

export interface RowModel {
  readonly name: string;
  /** Names of its classes. */
  readonly classes: readonly string[];
  /** Its index of the image's label; undefined where it has none. */
  readonly label: number | undefined;
}

export function reportRow(image: ImageColumns, { name, classes, label }: RowModel, row: ImageRow): ReportRow {
  const { probabilities, predicted, size, evidence, flips } = row;
  return {
    ...image,
    model: name,
    predicted: classes[predicted],
    predicted_index: predicted,
    confidence: probabilities[predicted],
    probability_of_label: label === undefined ? undefined : probabilities[label],
    scores: probabilities,
    ...size,
    ...columnsOf("border", evidence?.border),
    ...columnsOf("corners", evidence?.corners),
    ...columnsOf("object", evidence?.object),
    ...columnsOf("half", evidence?.half),
    exchange_hottest: flips?.hottest,
    exchange_elsewhere: flips?.elsewhere,
  };
}

function columnsOf(region: "border" | "corners" | "object" | "half", share: Share | undefined) {
  return { [`evidence_${region}`]: share?.share, [`evidence_${region}_even`]: share?.even };
}

/** A row as it was before it was written. */
export function imageRow(row: ReportRow): ImageRow {
  const { scores = [], predicted_index: predicted = 0, width = 0, height = 0 } = row;
  const [hottest, elsewhere] = [row.exchange_hottest, row.exchange_elsewhere];
  const flips = hottest === undefined || elsewhere === undefined ? undefined : { hottest, elsewhere };
  return {
    probabilities: Float32Array.from(scores),
    predicted,
    size: { width, height },
    evidence: evidenceOf(row),
    flips,
  };
}

function evidenceOf(row: ReportRow): EvidenceShares | undefined {
  const border = shareOf(row.evidence_border, row.evidence_border_even);
  const corners = shareOf(row.evidence_corners, row.evidence_corners_even);
  const object = shareOf(row.evidence_object, row.evidence_object_even);
  const half = shareOf(row.evidence_half, row.evidence_half_even);
  return border && corners && half && { border, corners, ...(object ? { object } : {}), half };
}

function shareOf(share: number | undefined, even: number | undefined): Share | undefined {
  return share === undefined || even === undefined ? undefined : { share, even };
}
