/** @file Inputs and outputs of a written model in words. */

import { type Graph, runInputs } from "../../onnx/graph.js";
import { printType } from "../../onnx/print.js";

/** A line for each input and output. */
export function interfaceLines(graph: Graph): string[] {
  return [
    ...runInputs(graph).map(({ name, type, dims }) => `input   ${name} : ${printType(type, dims)}`),
    ...graph.outputs.map(({ name, type, dims }) => `output  ${name} : ${printType(type, dims)}`),
  ];
}
