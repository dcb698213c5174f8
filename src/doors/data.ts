/** @file Entry `fovea/data` on Node: datasets from files, folders and the network; those that are drawn or in memory also in a page. */

export { type Dataset, type Examples, imageExamples, type LabelledImages } from "../data/dataset.js";
export { drawDigits } from "../data/digits/digits.js";
export { readIdx, readIdxImages, readIdxLabels } from "../data/idx/idx.js";
export { readNpy, writeNpy } from "../data/npy.js";
export { nearDuplicates } from "../data/photos/copies/near-duplicates.js";
export { listPhotos } from "../data/photos/list-photos.js";
export { loadPhotos } from "../data/photos/load-photos.js";
export type { Photo, PhotoDataset } from "../data/photos/photo.js";
export { stratify } from "../data/photos/stratify.js";
export { datasetNames } from "../data/set-names.js";
export { loadDataset } from "../data/sets.js";
export { drawShapes } from "../data/shapes.js";
export { split, take } from "../data/subsets.js";
export { drawTwoShapes } from "../data/two-shapes.js";
