/** @file Door `fovea/onnx`: ONNX graphs read, built, cut, printed and written. */

export { type AttributeLike, type Attributes, Builder, float } from "./builder.js";
export { takenBranch, unrolled, withBranch } from "./control-flow.js";
export type { ExternalFile, ReadExternal } from "./external-data.js";
export { freeBatch } from "./free-batch.js";
export {
  type Attribute,
  copyGraph,
  type Dim,
  dimsOf,
  emittedOpset,
  emptyGraph,
  expandedFrom,
  float as floatAttribute,
  type Graph,
  type GraphNode,
  int as intAttribute,
  ints as intsAttribute,
  oneHotFrom,
  producers,
  readsOf,
  runInputs,
  staticDims,
  string as stringAttribute,
  typeOf,
  type Value,
  type ValueInfo,
  type ValueType,
} from "./graph.js";
export { refuseEndlessLoops, refuseVastGraphs } from "./limits.js";
export { type ModelCard, modelCard, type Provenance, withModelCard } from "./model-card.js";
export { isPreprocessing, type Preprocessing, unitPreprocessing } from "./preprocessing.js";
export { float32From, type Precision, toFloat32 } from "./precision.js";
export { printGraph, printType } from "./print.js";
export { ancestors, descendants, distancesTo, prune } from "./prune.js";
export { readModel } from "./read.js";
export { ownFile, skimModel } from "./skim.js";
export {
  type DataType,
  dataTypeName,
  dataTypes,
  type FileBytes,
  float32,
  floats,
  int64,
  type NumericType,
  numbers,
  sizeOf,
  Tensor,
  type TypedArray,
} from "./tensor.js";
export { type ExternalPlace, type WriteModelOptions, writeModel } from "./write.js";
