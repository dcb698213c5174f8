/** @file Door `fovea/formats`: model files other than ONNX as ONNX graphs, on Node and in the browser. */

export { graphOf } from "../formats/graph-of.js";
export type { ReadShard } from "../formats/tfjs/tfjs.js";
