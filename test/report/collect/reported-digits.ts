/** @file A few drawn digits as the data of a report, and the digit model that explains them. */

import { drawDigits } from "../../../src/data/digits/digits.js";
import type { LoadedModel } from "../../../src/explain/loaded-model.js";
import { loadModel } from "../../../src/explain/node.js";
import { createNodePlatform } from "../../../src/model/platform/node.js";
import { preprocess } from "../../../src/model/run/read-image.js";
import {
  type ReportedData,
  type ReportImages,
  reportedDataset,
  wholeDataset,
} from "../../../src/report/collect/report-images.js";
import { runtime } from "../../support/runtime.js";

export const platform = createNodePlatform({ runtime });

export function digitModel(): Promise<LoadedModel> {
  return loadModel(undefined, { platform });
}

export function reportedDigits(count: number): ReportedData {
  const dataset = drawDigits({ train: 10, test: count });
  return reportedDataset(dataset, ({ model }, { pixels, channels, height, width }, first, some) => {
    const size = channels * height * width;
    const part = pixels.subarray(first * size, (first + some) * size);
    return preprocess(model, part, [some, channels, height, width], runtime);
  });
}

/** The images, of which reading some fails. */
export function failingAt(images: ReportImages, failing: readonly number[], error: Error): ReportImages {
  return wholeDataset({
    ...images,
    read: async (model, index) => {
      if (failing.includes(index)) throw error;
      return images.read(model, index);
    },
  });
}
