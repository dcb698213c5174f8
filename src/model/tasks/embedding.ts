/** @file Embeddings: a vector for the whole image, without classes. */

import { dimsOf, type Graph, type GraphNode, producers, type Value } from "../../onnx/graph.js";
import type { Embedding } from "./found-task.js";
import { hasWord, isVector, numbersOfOne } from "./sizes.js";
import type { TaskKind } from "./task.js";

/** Names of vectors: `image_embeds`, `pooler_output`, `last_hidden_state`. */
const named =
  /^(embed|embeds|embedding|embeddings|features?|hidden|pooled|pooler|latents?|descriptors?|representations?)$/i;
/** As many numbers as classes of ImageNet, with and without one for nothing: scores of these, whatever the output is called. */
const imageNetCounts = [1000, 1001, 21841, 21843];

export const embedding: TaskKind<Embedding> = {
  name: "embedding",
  does: "Gives a vector for the whole image, which is compared with those of other images.",
  expects: "an output [N, numbers] of two numbers or more",
  find({ graph, output, ending, counts, isSaid }) {
    const length = numbersOfOne(graph, output);
    const task: Embedding = { name: "embedding", output, length };
    if (length === 1 || (dimsOf(graph, output)?.length ?? 0) < 2) return undefined;
    if (isSaid) return task;
    const areClasses = length !== undefined && (counts.includes(length) || imageNetCounts.includes(length));
    if (ending !== "none" || areClasses) return undefined;
    const isNamed = hasWord(output, named) && (dimsOf(graph, output)?.length ?? 0) <= 3;
    return isNamed || (isVector(graph, output) && isNormalised(graph, output)) ? task : undefined;
  },
};

/** Operators between a vector's length and the division by it. */
const ofLength = new Set(["Clip", "Max", "Add", "Sqrt", "Pow", "Expand", "Identity", "Cast", "Unsqueeze", "Reshape"]);

/** Whether the last step divides the vector by its length. */
function isNormalised(graph: Graph, output: Value): boolean {
  const madeBy = producers(graph);
  let node = madeBy.get(output);
  while (node && ["Identity", "Cast", "Flatten", "Reshape", "Squeeze"].includes(node.op))
    node = madeBy.get(first(node));
  if (node?.op === "LpNormalization") return true;
  if (node?.op !== "Div") return false;
  let length = madeBy.get(node.inputs[1] ?? "");
  while (length && ofLength.has(length.op)) length = madeBy.get(first(length));
  if (length?.op === "ReduceL2" || length?.op === "ReduceSumSquare") return true;
  const summed = length?.op === "ReduceSum" ? madeBy.get(first(length)) : undefined;
  return summed?.op === "Pow" || (summed?.op === "Mul" && summed.inputs[0] === summed.inputs[1]);
}

function first({ inputs }: GraphNode): Value {
  return inputs[0] ?? "";
}
