/** @file What commands that measure many images are given: a data set's name, or pictures. */

import { existsSync } from "node:fs";
import type { Dataset } from "../../data/dataset.js";
import { datasetNames } from "../../data/sets.js";
import { datasetNamed } from "./datasets.js";
import { checkClasses, type NamedModel } from "./models.js";

export interface GivenImages {
  /** Where they come from, for people. */
  readonly source: string;
  readonly total: number;
  /** What was assumed of the model to read pictures for it, in words. */
  readonly assumed: readonly string[];
}

/** The data set that one name stands for, where there is no such file. */
export async function datasetAmong(given: readonly string[]): Promise<Dataset | undefined> {
  const [first = ""] = given;
  const isDataset = given.length === 1 && (datasetNames as readonly string[]).includes(first) && !existsSync(first);
  return isDataset ? datasetNamed(first) : undefined;
}

/**
 * The first test images of a data set, at most `count`.
 * @throws FoveaError `bad-input` where its classes are not the model's
 */
export function firstTestImages(
  named: NamedModel,
  { name, source, classes, test }: Dataset,
  count: number,
): GivenImages {
  checkClasses(named, classes, name);
  const total = Math.min(count, test.count);
  return { source: `the first ${total} of ${test.count} test images of ${name}: ${source}`, total, assumed: [] };
}
