/** @file The datasets by name. */

import { unknownName } from "../foundation/error.js";
import type { Dataset } from "./dataset.js";
import { type DrawDigitsOptions, drawDigits } from "./digits/digits.js";
import { loadMnist, type MnistOptions } from "./idx/mnist.js";
import { stampedDigits } from "./planted/stamped-digits.js";
import { type DatasetName, datasetNames } from "./set-names.js";
import { type DrawShapesOptions, drawShapes } from "./shapes.js";
import { drawTwoShapes } from "./two-shapes.js";

/** Options of all datasets; each reads its own. */
export interface LoadDatasetOptions extends DrawDigitsOptions, DrawShapesOptions, MnistOptions {}

const loaders: Readonly<Record<DatasetName, (options: LoadDatasetOptions) => Promise<Dataset>>> = {
  digits: async (options) => drawDigits(options),
  mnist: (options) => loadMnist("mnist", options),
  "fashion-mnist": (options) => loadMnist("fashion-mnist", options),
  shapes: async (options) => drawShapes(options),
  "two-shapes": async (options) => drawTwoShapes(options),
  "stamped-digits": async (options) => stampedDigits(options),
  "stamped-digits-balanced": async (options) => stampedDigits({ ...options, tiedInTest: 0.5 }),
};

function isDatasetName(name: string): name is DatasetName {
  return Object.hasOwn(loaders, name);
}

/**
 * A dataset by its name.
 * @throws FoveaError `unknown-name` for another name, and the errors of its loader
 */
export async function loadDataset(name: string, options: LoadDatasetOptions = {}): Promise<Dataset> {
  if (!isDatasetName(name)) throw unknownName("data set", name, datasetNames);
  return loaders[name](options);
}
