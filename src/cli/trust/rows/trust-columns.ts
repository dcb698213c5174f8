/** @file The rows of a study of trust: one for each image and each map of it, those of baselines too. */

import type { Columns, RowOf } from "../../../data/parquet/columns.js";
import { metrics } from "../../../evaluate/metrics/index.js";
import type { TrustMeasurement } from "../../../evaluate/studies/trust-measurement.js";
import { isObject } from "../../../foundation/check.js";
import { FoveaError } from "../../../foundation/error.js";
import { parseJson } from "../../../foundation/parse-json.js";
import { type ImageRow, imageColumns } from "../../shards/rows/image-columns.js";

const fixedColumns = {
  ...imageColumns,
  /** The class that was explained. */
  explained: "string",
  /** What the map is of: a method, or a baseline. */
  map: "string",
  /** What the columns of metrics say, to the last digit, with which of them measured nothing. */
  details: "string",
} as const satisfies Columns;

const columnOf = (metric: string) => metric.replaceAll("-", "_");

export const trustColumns: typeof fixedColumns = {
  ...fixedColumns,
  ...Object.fromEntries(metrics.map(({ name }) => [columnOf(name), "float64"])),
};

export type TrustRow = RowOf<typeof trustColumns>;

/** What a row says in full. */
interface Details {
  readonly name: string;
  readonly target: number;
  /** By metric; undefined where the method failed. */
  readonly values?: TrustMeasurement["values"][string];
  /** Why the method has no map. */
  readonly failed?: string;
}

/** @param explained the name of the class */
export function trustRows(image: ImageRow, explained: string, measurement: TrustMeasurement): TrustRow[] {
  const { name, target, values, failed } = measurement;
  const row = (map: string, details: Details): TrustRow => ({
    ...image,
    ...{ explained, map, details: JSON.stringify(details) },
    ...Object.fromEntries(
      Object.entries(details.values ?? {}).map(([metric, value]) => [columnOf(metric), value ?? undefined]),
    ),
  });
  return [
    ...Object.entries(values).map(([map, own]) => row(map, { name, target, values: own })),
    ...Object.entries(failed).map(([map, reason]) => row(map, { name, target, failed: reason })),
  ];
}

/** A row as it is needed to tell of its image. */
export interface MeasuredMap extends Details {
  readonly map: string;
  readonly explained: string;
}

export function measuredMap({ map = "", explained = "", details = "" }: TrustRow): MeasuredMap {
  const value: unknown = parseJson(details);
  if (!isDetails(value))
    throw new FoveaError("bad-file", "details: expected what a metric measured, got something else");
  return { ...value, map, explained };
}

function isDetails(value: unknown): value is Details {
  return isObject(value) && typeof value.name === "string" && typeof value.target === "number";
}

/** The measurement of an image with the name of the class. */
export interface LabelledMeasurement extends TrustMeasurement {
  readonly label: string;
}

/** @param maps of images one after the other */
export function measurementsOf(maps: readonly MeasuredMap[]): LabelledMeasurement[] {
  const images: MeasuredMap[][] = [];
  for (const map of maps) {
    const last = images.at(-1);
    if (last?.[0]?.name === map.name) last.push(map);
    else images.push([map]);
  }
  return images.map((own) => {
    const { name = "", target = 0, explained = "" } = own[0] ?? {};
    const values = Object.fromEntries(own.flatMap((each) => (each.values ? [[each.map, each.values]] : [])));
    const failed = Object.fromEntries(
      own.flatMap((each) => (each.failed === undefined ? [] : [[each.map, each.failed]])),
    );
    return { name, values, failed, target, label: explained };
  });
}
