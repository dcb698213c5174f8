/** @file Networks that compare images with texts: CLIP, SigLIP and their kind. */

import { dimsOf, type Graph } from "../../onnx/graph.js";
import type { ImageText } from "./found-task.js";
import type { TaskKind } from "./task.js";

/** The output with a score of each text for each image. */
export const textScores = "logits_per_image";

/** Whether the outputs are those of a network that compares images with texts. */
export function comparesTexts({ outputs }: Pick<Graph, "outputs">): boolean {
  const has = (wanted: string) => outputs.some(({ name }) => name === wanted);
  return has(textScores) || (has("image_embeds") && has("text_embeds"));
}

export const imageText: TaskKind<ImageText> = {
  name: "image-text",
  does: "Compares the image with texts: a score for each of them.",
  expects: `an output ${textScores} [N, texts]`,
  find({ graph, output, assumed, isSaid }) {
    const isKnown = comparesTexts(graph) || (isSaid && (dimsOf(graph, output)?.length ?? 0) === 2);
    return isKnown
      ? { name: "image-text", output, missing: assumed.filter((name) => /id|token/i.test(name)) }
      : undefined;
  },
};
