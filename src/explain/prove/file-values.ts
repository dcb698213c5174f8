/** @file What a file itself takes and gives, in the place of a model's normalised input and probabilities. */

import type { Model } from "../../model/model.js";
import { tensorNamed } from "../../model/run/tensors.js";
import { convertTensor } from "../../onnx/convert-tensor.js";
import type { Dim, ValueInfo } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";

/** A model's input as a file's own input declares it: as whole numbers, or without the axis that the file has not. */
export function asFileInput(images: Tensor, { type, dims }: ValueInfo): Tensor {
  const [count = 1, , ...inner] = images.dims;
  const shapes = [images.dims, images.dims.slice(1), [count, ...inner]];
  const sizes = dims && shapes.find((shape) => fits(shape, dims) && product(shape) === images.size);
  const shaped = sizes ? images.reshape(sizes) : images;
  const areFloats = type?.includes("float") && shaped.type.includes("float");
  return type !== undefined && type !== "string" && !areFloats ? (convertTensor(shaped, type) ?? shaped) : shaped;
}

function fits(shape: readonly number[], dims: readonly Dim[]): boolean {
  return shape.length === dims.length && dims.every((dim, i) => typeof dim !== "number" || dim === shape[i]);
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

/** The probabilities that a file's output stands for, where these are not the output itself. */
export async function statedProbabilities(model: Model, output: Tensor, runtime: Runtime): Promise<Tensor> {
  const { probabilities, output: name } = model;
  if (probabilities === undefined || probabilities === name) return output;
  const session = await runtime.open(prune(model.graph, [probabilities], [name]), { optimize: false });
  try {
    return tensorNamed(await session.run({ [name]: output }), probabilities);
  } finally {
    await session.close();
  }
}
