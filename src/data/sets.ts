/** @file The data sets by name. */

import { unknownName } from "../foundation/error.js";
import type { Dataset } from "./dataset.js";
import { type DrawDigitsOptions, drawDigits } from "./digits/digits.js";
import { loadMnist, type MnistOptions } from "./idx/mnist.js";
import { type DrawShapesOptions, drawShapes } from "./shapes.js";

/** Options of all data sets; each reads its own. */
export interface LoadDatasetOptions extends DrawDigitsOptions, DrawShapesOptions, MnistOptions {}

const loaders = {
  digits: async (options) => drawDigits(options),
  mnist: (options) => loadMnist("mnist", options),
  "fashion-mnist": (options) => loadMnist("fashion-mnist", options),
  shapes: async (options) => drawShapes(options),
} satisfies Record<string, (options: LoadDatasetOptions) => Promise<Dataset>>;

export type DatasetName = keyof typeof loaders;

/** What `loadDataset` can be asked for. */
export const datasetNames = Object.keys(loaders) as readonly DatasetName[];

/**
 * A data set by its name.
 * @throws FoveaError `unknown-name` for another name, and what its loader throws
 */
export async function loadDataset(name: string, options: LoadDatasetOptions = {}): Promise<Dataset> {
  if (!Object.hasOwn(loaders, name)) throw unknownName("data set", name, datasetNames);
  return loaders[name as DatasetName](options);
}
