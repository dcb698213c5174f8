/** @file Inputs besides the image, as constants of the graph. */

import { FoveaError, unknownName } from "../../foundation/error.js";
import { convertTensor } from "../../onnx/convert-tensor.js";
import { copyGraph, type Graph, runInputs, type Value, type ValueInfo } from "../../onnx/graph.js";
import { float32From } from "../../onnx/rewrite/precision.js";
import type { Tensor } from "../../onnx/tensor.js";

/**
 * The graph with values for some of its inputs, which become constants.
 * @throws FoveaError `unknown-name`, or `shape-mismatch` for a value that does not fit
 */
export function withInputs(graph: Graph, inputs: Readonly<Record<Value, Tensor>>, where: string): Graph {
  const entries = Object.entries(inputs);
  if (entries.length === 0) return graph;
  const result = copyGraph(graph);
  const candidates = runInputs(graph);
  for (const [name, value] of entries) {
    const input = candidates.find((each) => each.name === name);
    if (input === undefined) {
      const names = candidates.map((each) => each.name);
      throw unknownName("input", name, names, where);
    }
    const tensor = asType(float32From(value), input);
    if (!fits(tensor, input)) {
      throw new FoveaError(
        "shape-mismatch",
        `${where}: input "${name}": expected ${input.type} [${input.dims?.join(", ") ?? "?"}], got ${tensor.type} [${tensor.dims.join(", ")}]`,
      );
    }
    result.initializers.set(name, tensor);
  }
  result.inputs = result.inputs.filter(({ name }) => !Object.hasOwn(inputs, name));
  return result;
}

/** Numbers that the input's type can hold in that type: NumPy's whole numbers are of 64 bits where many files take 32. */
function asType(tensor: Tensor, { type }: ValueInfo): Tensor {
  return type === undefined || type === "string" ? tensor : (convertTensor(tensor, type) ?? tensor);
}

function fits({ type, dims }: Tensor, input: ValueInfo): boolean {
  if (type !== input.type) return false;
  if (input.dims === undefined) return true;
  return input.dims.length === dims.length && input.dims.every((dim, i) => typeof dim !== "number" || dim === dims[i]);
}
