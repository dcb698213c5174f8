/** @file Door `fovea/data`: data sets, their parts, and the files they come in. */

export { type Dataset, type Examples, imageExamples, type LabelledImages } from "./dataset.js";
export { type DrawDigitsOptions, drawDigits } from "./digits.js";
export { writeFileAtomically } from "./files.js";
export { filesMatching, isImage } from "./find-images.js";
export { type NamedBytes, readIdx, readIdxImages, readIdxLabels } from "./idx.js";
export { idxDataset } from "./idx-set.js";
export { type DownloadProgress, defaultCache, loadMnist, type MnistName, type MnistOptions } from "./mnist.js";
export { readNpy, writeNpy } from "./npy.js";
export { type ListedPhoto, listPhotos, type PhotoList } from "./photos/list-photos.js";
export { type LoadPhotosOptions, loadPhotos } from "./photos/load-photos.js";
export {
  type NearDuplicate,
  type NearDuplicates,
  type NearDuplicatesOptions,
  nearDuplicates,
} from "./photos/near-duplicates.js";
export { type Photo, type PhotoDataset, reasonOf, type SkippedPhoto, type Split, splits } from "./photos/photo.js";
export { type StratifyOptions, stratify } from "./photos/stratify.js";
export { RowStore } from "./row-store.js";
export { type DatasetName, datasetNames, type LoadDatasetOptions, loadDataset } from "./sets.js";
export { type DrawShapesOptions, drawShapes } from "./shapes.js";
export { first, split, take } from "./subsets.js";
