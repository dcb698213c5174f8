/** @file Networks that compare images with texts: CLIP, SigLIP and their kind. */

import { dimsOf, type Graph } from "../../onnx/graph.js";
import type { ImageText } from "./found-task.js";
import type { TaskKind } from "./task.js";

/** The output with a score of each text for each image. */
export const textScores = "logits_per_image";

/** The output of cosines, of which no probabilities are made. */
export const cosineOutput = "similarity";

/** What cosines are, as the title of a target. */
export const similarityTitle = "similarity of image and text";

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
    if (!isKnown) return undefined;
    const missing = assumed.filter((name) => /id|token/i.test(name));
    return { name: "image-text", output, missing, areCosines: isSaid && output === cosineOutput };
  },
};
