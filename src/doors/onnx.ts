/** @file Entry `fovea/onnx`: model files read, built, cut, printed and written as graphs, and their gradients as graphs. */

export { checkGradients } from "../autodiff/check-gradients.js";
export { type Differentiated, differentiate } from "../autodiff/differentiate.js";
export type { Rule } from "../autodiff/rule.js";
export { rules } from "../autodiff/rules/index.js";
export { Builder } from "../onnx/builder.js";
export { copyGraph, type Graph, type GraphNode, type Value, type ValueInfo } from "../onnx/graph.js";
export { printGraph } from "../onnx/print.js";
export { prune } from "../onnx/prune.js";
export { readModel } from "../onnx/read/read.js";
export { float32, floats, int64, Tensor } from "../onnx/tensor.js";
export { writeModel } from "../onnx/write.js";
export { inferTypes } from "../runtime/infer-types.js";
export type { Runtime, Session } from "../runtime/session.js";
