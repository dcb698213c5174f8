/** @file The first test images of a dataset, for commands that measure many images. */

import type { Dataset } from "../../data/dataset.js";
import { checkClasses, type NamedModel } from "./models.js";
import { recipeNotes } from "./read-input.js";

/** Images to measure. */
export interface MeasuredImages {
  /** Where they come from, for people. */
  readonly source: string;
  readonly total: number;
  /** Assumptions about the model that reading pictures for it takes, in words. */
  readonly assumed: readonly string[];
}

/**
 * The first test images of a dataset, at most `count`.
 * @throws FoveaError `bad-input` where its classes are not the model's
 */
export function firstTestImages(
  named: NamedModel,
  { name, source, classes, test }: Dataset,
  count: number,
): MeasuredImages {
  checkClasses(named, classes, name);
  const total = Math.min(count, test.count);
  const where = `the first ${total} of ${test.count} test images of ${name}: ${source}`;
  return { source: where, total, assumed: recipeNotes(named.model) };
}
