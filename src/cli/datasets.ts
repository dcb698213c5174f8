/** @file Data sets by name, with the download shown. */

import { type Dataset, loadDataset } from "../data/index.js";
import { type ProgressBar, progressBar } from "./console.js";

/** Loads a data set; `$FOVEA_DATA` names a folder that holds it. */
export async function datasetNamed(name: string): Promise<Dataset> {
  let bar: ProgressBar | undefined;
  try {
    return await loadDataset(name, {
      onProgress: ({ file, done, total }) => {
        bar ??= progressBar("{file} [{bar}] {percentage} % of {total} bytes, {eta_formatted} left", total, { file });
        bar.update(done, { file });
      },
    });
  } finally {
    bar?.stop();
  }
}
