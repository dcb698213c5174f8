/** @file The target of an embedding: its similarity to that of another image. */

import { badInput } from "../../foundation/check.js";
import { float32, floats, Tensor } from "../../onnx/tensor.js";
import { findOutput, type OutputChoice } from "./output.js";
import type { Target, TargetKind } from "./target.js";

/**
 * The cosine of the angle between the output and that of another image.
 * @param reference the output for the other image, e.g. by `outputOf`, float32 of the output's sizes but for the batch
 * @throws FoveaError `bad-input` for what is no such tensor
 */
export function similarityTo(reference: Tensor, { output }: OutputChoice = {}): Target {
  if (!(reference instanceof Tensor) || reference.type !== "float32")
    throw badInput("reference", "a float32 tensor", reference);
  return {
    title: "similarity to another image",
    classes: ["similarity"],
    build(op, model) {
      const embedding = op.Flatten(findOutput(op.graph, model, output).name, { axis: 1 });
      const values = floats(reference);
      const length = Math.hypot(...values) || 1;
      const unit = values.map((value) => value / length);
      const direction = op.constant(float32([values.length, 1], unit), "reference");
      const norm = op.Sqrt(op.ReduceSumSquare(embedding, op.ints([1]), { keepdims: 1 }));
      return op.Div(op.MatMul(embedding, direction), op.Max(norm, op.scalar(1e-30)));
    },
  };
}

export const similarityKind = {
  name: "similarity",
  does: "Shows which regions make an image similar to another one, by the cosine of their embeddings.",
  create: ({ reference, output }) => similarityTo(reference, { output }),
} as const satisfies TargetKind<OutputChoice & { readonly reference: Tensor }>;
