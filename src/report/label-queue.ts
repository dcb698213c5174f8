/** @file The labels of a report that somebody should look at, as a queue to fill in. */

import type { LabelChange } from "../data/label-changes.js";
import { at } from "../foundation/present.js";
import type { DataReport, ErrorReport, ReportData } from "./report-data.js";

/** An image whose label models contradict. */
export interface QueuedLabel extends LabelChange {
  readonly error: ErrorReport;
  /** The models that doubt it, by their place in the report, the surest first; `new` is what that one says. */
  readonly models: readonly number[];
}

/** Every image once, whichever models doubt its label, the surest first. */
export function labelQueue({ models, data }: Pick<ReportData, "models" | "data">): QueuedLabel[] {
  const doubts = models.flatMap(({ errors = [] }, model) =>
    errors.flatMap((error) => (error.doubtful ? [{ error, model }] : [])),
  );
  doubts.sort((a, b) => b.error.confidence - a.error.confidence);
  const queue = new Map<number, QueuedLabel>();
  for (const { error, model } of doubts) {
    const queued = queue.get(error.index);
    queue.set(
      error.index,
      queued
        ? { ...queued, models: [...queued.models, model] }
        : {
            path: pathOf(error, data),
            old: at(data.classes, error.label),
            new: at(data.classes, error.predicted),
            ...{ error, models: [model] },
          },
    );
  }
  return [...queue.values()];
}

/** As the data set names it: a photo's path in its folder, or `test/12` of images that are numbered. */
function pathOf({ name, index }: ErrorReport, { part = "test" }: DataReport): string {
  return name ?? `${part}/${index}`;
}
