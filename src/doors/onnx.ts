/** @file Door `fovea/onnx`: ONNX graphs read, built, cut, printed and written. */

export { isPreprocessing, type Preprocessing, unitPreprocessing } from "../image/input/preprocessing.js";
export { type ModelCard, modelCard, type Provenance, withModelCard } from "../model/card.js";
export { type AttributeLike, type Attributes, Builder, float } from "../onnx/builder.js";
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
} from "../onnx/graph.js";
export { printGraph, printType } from "../onnx/print.js";
export { ancestors, descendants, distancesTo, prune } from "../onnx/prune.js";
export type { ExternalFile, ReadExternal } from "../onnx/read/external-data.js";
export { refuseEndlessLoops, refuseVastGraphs } from "../onnx/read/limits.js";
export { readModel } from "../onnx/read/read.js";
export { ownFile, skimModel } from "../onnx/read/skim.js";
export { takenBranch, unrollLoop, withBranch } from "../onnx/rewrite/control-flow.js";
export { freeBatch } from "../onnx/rewrite/free-batch.js";
export { float32From, type Precision, toFloat32 } from "../onnx/rewrite/precision.js";
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
} from "../onnx/tensor.js";
export { type ExternalPlace, type WriteModelOptions, writeModel } from "../onnx/write.js";
