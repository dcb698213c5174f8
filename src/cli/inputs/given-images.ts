/** @file The images that arguments mean, found once for all that a command does with them. */

import { datasetAmong, type FoundInput, findInputs } from "../../data/find-inputs.js";
import type { DatasetName } from "../../data/set-names.js";
import { note } from "../terminal/print.js";

export interface GivenImages {
  /** The arguments. */
  readonly given: readonly string[];
  /** The dataset that they name; then there are no files. */
  readonly dataset: DatasetName | undefined;
  readonly files: readonly FoundInput[];
}

export async function imagesGiven(given: readonly string[]): Promise<GivenImages> {
  const dataset = datasetAmong(given);
  const { inputs, notes = [] } = dataset ? { inputs: [] } : await findInputs(given);
  for (const each of notes) note(each);
  return { given, dataset, files: inputs };
}

/** Those that are there. */
export function presentFiles(files: readonly FoundInput[]): FoundInput[] {
  return files.filter(({ error }) => error === undefined);
}
