/** @file What a network is for, in words. */

import { counted } from "../../foundation/words.js";
import { layoutInWords, type Task } from "./found-task.js";

/** What a task's outputs are, as `fovea inspect` prints it behind the task's name. */
export function taskInWords(task: Task): string {
  switch (task.name) {
    case "classification":
      return "classes of the image";
    case "multi-label":
      return "classes of the image, each with a probability of its own";
    case "detection":
      return `${layoutInWords(task.layout)}${howMany(task.classCount, "class", "classes")}`;
    case "segmentation":
      return `of "${task.output}"${howMany(task.classCount, "class", "classes")}`;
    case "map":
      return `"${task.output}"${task.score === undefined ? "" : `, with the score "${task.score}"`}`;
    case "regression":
      return `of "${task.output}"${howMany(task.count, "number", "numbers")}`;
    case "embedding":
      return `of "${task.output}"${howMany(task.length, "number", "numbers")}`;
    case "image-text":
      return `"${task.output}", a score for each text`;
  }
}

function howMany(count: number | undefined, one: string, many: string): string {
  return count === undefined ? "" : `, ${counted(count, one, many)}`;
}

/** What must be given before anything can be explained, as a whole sentence without its end; undefined for nothing. */
export function missingOf(task: Task): string | undefined {
  if (task.name === "embedding")
    return "an embedding has no classes: expected another image to compare with (--similar-to FILE), or one of its numbers (--class 5), got neither";
  if (task.name === "image-text" && task.missing.length > 0)
    return `the image is compared with texts: expected some (--text "a dog" --text "a cat"), or their tokens (--input ${task.missing[0]}=FILE.npy), got none`;
  return undefined;
}
