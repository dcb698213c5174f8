/** @file Door `fovea/data/web`: data sets and arrays that are drawn or come as bytes, in a page or worker. */

export { type Dataset, type Examples, imageExamples, type LabelledImages } from "./dataset.js";
export { type DrawDigitsOptions, drawDigits } from "./digits.js";
export { type NamedBytes, readIdx, readIdxImages, readIdxLabels } from "./idx.js";
export { idxDataset } from "./idx-set.js";
export { readNpy, writeNpy } from "./npy.js";
export { type DrawShapesOptions, drawShapes } from "./shapes.js";
export { first, split, take } from "./subsets.js";
