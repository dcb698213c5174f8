/** @file Numbers that are measured: an age, a pose, points of a face. */

import type { Regression } from "./found-task.js";
import { hasWord, isVector, numbersOfOne } from "./sizes.js";
import type { TaskKind } from "./task.js";

/** Names of what is measured. */
const measured =
  /^(ages?|poses?|landmarks?|keypoints?|kpts?|yaw|pitch|roll|gaze|valence|arousal|angles?|steering|distances?|regression|regressor|coords?|coordinates?|offsets?|quality)$/i;
/** Names of scores of classes: a single one is the logarithm of odds. */
const scored = /^(logits?|scores?|prob|probs|probabilit(y|ies)|class|classes|cls|label|labels)$/i;

export const regression: TaskKind<Regression> = {
  name: "regression",
  does: "Measures something of the image: one number or several.",
  expects: "an output [N, numbers]",
  find({ graph, output, ending, counts, isSaid }) {
    const count = numbersOfOne(graph, output);
    const task: Regression = { name: "regression", output, count };
    if (!isVector(graph, output)) return undefined;
    if (isSaid) return task;
    if (ending !== "none" || (count !== undefined && counts.includes(count))) return undefined;
    if (hasWord(output, measured)) return task;
    return count === 1 && counts.length === 0 && !hasWord(output, scored) ? task : undefined;
  },
};
