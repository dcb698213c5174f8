/** @file Door `fovea/data/web`: the data sets that need no files, and `.npy` arrays, in a page or worker. */

export { type Dataset, type Examples, imageExamples, type LabelledImages } from "./dataset.js";
export { type DrawDigitsOptions, drawDigits } from "./digits.js";
export { readNpy, writeNpy } from "./npy.js";
export { type DrawShapesOptions, drawShapes } from "./shapes.js";
export { first, split, take } from "./subsets.js";
