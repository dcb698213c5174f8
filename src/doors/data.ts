/** @file Door `fovea/data`: data sets, their parts, and the files they come in. */

export { type Dataset, type Examples, imageExamples, type LabelledImages } from "../data/dataset.js";
export { type DrawDigitsOptions, drawDigits } from "../data/digits/digits.js";
export { filesMatching, isImage } from "../data/find-images.js";
export { type NamedBytes, readIdx, readIdxImages, readIdxLabels } from "../data/idx/idx.js";
export { idxDataset } from "../data/idx/idx-set.js";
export {
  type DownloadProgress,
  loadMnist,
  type MnistName,
  type MnistOptions,
} from "../data/idx/mnist.js";
export { readNpy, writeNpy } from "../data/npy.js";
export { type ListedPhoto, listPhotos, type PhotoList } from "../data/photos/list-photos.js";
export { type LoadPhotosOptions, loadPhotos } from "../data/photos/load-photos.js";
export {
  type NearDuplicate,
  type NearDuplicates,
  type NearDuplicatesOptions,
  nearDuplicates,
} from "../data/photos/near-duplicates.js";
export {
  type Photo,
  type PhotoDataset,
  reasonOf,
  type SkippedPhoto,
  type Split,
  splits,
} from "../data/photos/photo.js";
export { type StratifyOptions, stratify } from "../data/photos/stratify.js";
export { type DatasetName, datasetNames, type LoadDatasetOptions, loadDataset } from "../data/sets.js";
export { type DrawShapesOptions, drawShapes } from "../data/shapes.js";
export { first, split, take } from "../data/subsets.js";
export { writeFileAtomically } from "../files/atomic.js";
export { cacheFolder } from "../files/cache-folder.js";
export type { LockOwner } from "../files/lock.js";
export { RowStore } from "../files/row-store.js";
