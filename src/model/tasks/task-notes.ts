/** @file What a user should know about a model, by what it is for. */

import type { Model } from "../model.js";

/** How the note begins that says which of several outputs is explained. */
export const aboutOutputs = "outputs ";

/** The model's notes; of a detector without the one about a single output, since its boxes are read of several. */
export function notesForTask({ task, notes }: Pick<Model, "task" | "notes">): readonly string[] {
  return task.name === "detection" ? notes.filter((note) => !note.startsWith(aboutOutputs)) : notes;
}
