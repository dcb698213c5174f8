/** @file Entry `fovea/formats`: model files other than ONNX as graphs. */

export { graphOf } from "../formats/graph-of.js";
