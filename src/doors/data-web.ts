/** @file Door `fovea/data/web`: data sets and arrays that are drawn or come as bytes, in a page or worker. */

export { type Dataset, type Examples, imageExamples, type LabelledImages } from "../data/dataset.js";
export { type DrawDigitsOptions, drawDigits } from "../data/digits/digits.js";
export { type NamedBytes, readIdx, readIdxImages, readIdxLabels } from "../data/idx/idx.js";
export { idxDataset } from "../data/idx/idx-set.js";
export { readNpy, writeNpy } from "../data/npy.js";
export { type DrawShapesOptions, drawShapes } from "../data/shapes.js";
export { first, split, take } from "../data/subsets.js";
