/** @file What the rows of a study of trust tell together. */

import type { SkippedPhoto } from "../../../data/photos/photo.js";
import { metricNamed } from "../../../evaluate/metrics/index.js";
import type { TrustSource } from "../../../evaluate/studies/trust-measurement.js";
import { summariseTrust } from "../../../evaluate/studies/trust-summary.js";
import { isObject } from "../../../foundation/check.js";
import { allPhotos } from "../../shards/rows/own-photos.js";
import { endOfSkipped, failuresOf, type RowCommand, type Told } from "../../shards/rows/row-command.js";
import { hasSameFacts, type SameFacts } from "../../shards/rows/same-facts.js";
import type { Skipped } from "../../shards/rows/skipped.js";
import type { Job } from "../../terminal/job.js";
import { print, printJson, printJsonLine } from "../../terminal/print.js";
import { printTrust } from "../print-trust.js";
import { type MeasuredMap, measuredMap, measurementsOf, trustColumns } from "./trust-columns.js";
import type { TrustedPhotos, TrustFrom } from "./trust-from.js";

export interface TrustSame extends SameFacts {
  readonly from: TrustFrom;
  /** How many images are to be measured. */
  readonly total: number;
  readonly seed: string;
  /** The methods, by name: their layers, with a line for people. */
  readonly methods: Readonly<Record<string, { readonly layer: string; readonly line: string }>>;
  readonly leftOut: readonly string[];
  readonly metrics: readonly string[];
}

export interface TrustOwn {
  /** Methods and baselines, as far as they are known. */
  readonly sources: readonly TrustSource[];
  readonly skipped: readonly SkippedPhoto[];
  readonly images: number;
  readonly photos?: TrustedPhotos | undefined;
}

/** What is measured besides, on the images of a run without shards. */
export interface ToldBesides {
  /** For programs. */
  readonly facts: object;
  tell(): void;
}

type ToldTrust = Told<TrustSame, TrustOwn, MeasuredMap>;

export const trustCommand: RowCommand<typeof trustColumns, TrustSame, TrustOwn, MeasuredMap> = {
  name: "trust",
  columns: trustColumns,
  isSame: (value): value is TrustSame => hasSameFacts(value) && "methods" in value && "metrics" in value,
  isOwn: (value): value is TrustOwn => isObject(value) && Array.isArray(value.sources) && Array.isArray(value.skipped),
  keep: measuredMap,
  tell: (job, told) => tellTrust(job, told, undefined),
};

/** @returns the exit code */
export function tellTrust(job: Job, told: ToldTrust, sanity: ToldBesides | undefined): number {
  const { rows, tellsFailures } = told;
  const end = endOfSkipped(job, allSkipped(told), { tellsFailures, of: "inputs failed" });
  const measurements = measurementsOf(rows);
  if (measurements.length > 0) tellMeasures(job, told, sanity);
  const failed = failedMethods(told);
  return job.end({
    ...end,
    notes: [...failed].map(([method, reason]) => `fovea: ${method}: ${reason}`),
    stopped: `fovea: stopped after ${measurements.length} images`,
    nothing: measurements.length === 0,
    partly: failed.size > 0 || end.partly === true,
  });
}

function allSkipped({ same, owns }: ToldTrust): Skipped {
  const skipped = owns.flatMap((own) => own.skipped).sort((a, b) => (a.path < b.path ? -1 : 1));
  return { skipped, total: same.total };
}

/** By method, why it had no map of some image. */
export function failedMethods({ rows }: Pick<ToldTrust, "rows">): Map<string, string> {
  return new Map(rows.flatMap(({ map, failed }) => (failed === undefined ? [] : [[map, failed]])));
}

function tellMeasures(job: Job, told: ToldTrust, sanity: ToldBesides | undefined): void {
  const { same, owns, rows } = told;
  const { model, seed, methods, leftOut } = same;
  const { notes } = model;
  const metrics = same.metrics.map(metricNamed);
  const measurements = measurementsOf(rows);
  const summary = summariseTrust(measurements, { metrics, sources: sourcesOf(owns) });
  const source = sourceOf(same, owns);
  if (job.format !== "text") {
    const layers = Object.fromEntries(Object.entries(methods).map(([name, { layer }]) => [name, layer]));
    const about = metrics.map(({ measure: _, ...rest }) => rest);
    const settings = { seed, layers, leftOut, metrics: about };
    const outcomes = { summary, ...sanity?.facts, failures: failuresOf(allSkipped(told).skipped) };
    const head = { model: model.path, data: source, notes, ...settings, ...outcomes };
    if (job.format === "jsonl") printJsonLine(head);
    else printJson({ ...head, images: measurements });
    return;
  }
  print(model.line);
  print(`on ${source}`);
  for (const each of notes) print(`  ${each}`);
  for (const { line } of Object.values(methods)) print(`  ${line}`);
  for (const reason of leftOut) print(`  left out: ${reason}`);
  print();
  printTrust(summary, metrics, process.stdout.columns ?? Number.POSITIVE_INFINITY);
  if (sanity === undefined) return;
  print();
  sanity.tell();
}

function sourceOf({ from, total }: TrustSame, owns: readonly TrustOwn[]): string {
  if ("source" in from) return from.source;
  const photos = owns.flatMap((own) => own.photos ?? []);
  const ofSplit = photos.reduce((sum, own) => sum + own.ofSplit, 0);
  return `${total} of ${ofSplit} photos of ${from.name} (${from.split}): ${allPhotos(from.found, photos).source}`;
}

/** Which random maps a method has for a baseline is known where something was measured. */
function sourcesOf(owns: readonly TrustOwn[]): readonly TrustSource[] {
  const all = owns.map(({ sources }) => sources);
  return all.find((some) => some.some(({ control }) => control !== null)) ?? all[0] ?? [];
}
