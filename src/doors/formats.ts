/** @file Entry `fovea/formats` on Node: model files other than ONNX as graphs. */

export { graphOf } from "../formats/node.js";
