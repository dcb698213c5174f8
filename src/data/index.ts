/** @file Door `fovea/data`: data sets, their parts, and the files they come in. */

export type { Dataset, LabelledImages } from "./dataset.js";
export { type DrawDigitsOptions, drawDigits } from "./digits.js";
export { writeFileAtomically } from "./files.js";
export { type NamedBytes, readIdx, readIdxImages, readIdxLabels } from "./idx.js";
export { type DownloadProgress, loadMnist, type MnistName, type MnistOptions } from "./mnist.js";
export { readNpy, writeNpy } from "./npy.js";
export { type DatasetName, datasetNames, type LoadDatasetOptions, loadDataset } from "./sets.js";
export { first, split, take } from "./subsets.js";
