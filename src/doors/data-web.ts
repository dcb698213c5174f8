/** @file Entry `fovea/data/web`: the part of `fovea/data` that pages and workers can load, for data that is drawn or in memory. */

export { type Dataset, type Examples, imageExamples, type LabelledImages } from "../data/dataset.js";
export { drawDigits } from "../data/digits/digits.js";
export { readIdx, readIdxImages, readIdxLabels } from "../data/idx/idx.js";
export { readNpy, writeNpy } from "../data/npy.js";
export { drawShapes } from "../data/shapes.js";
export { split, take } from "../data/subsets.js";
