/** @file Entry `fovea/formats` in a page: model files other than ONNX as graphs. */

export { graphOf } from "../formats/graph-of.js";
