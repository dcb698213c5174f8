/** @file Reads the labels that a person confirmed to be wrong, from a list that the images must fit. */

import { createHash } from "node:crypto";
import { acceptedChanges, type LabelChange } from "../../data/label-changes.js";
import { readInput } from "../../files/input/read-input.js";
import type { Subject } from "../../improve/subject.js";

/**
 * The changes with the verdict "label wrong".
 * @throws FoveaError `not-found`, `bad-file`
 */
export async function confirmedAt(
  path: string,
  { classes, learning, sealed }: Pick<Subject, "classes" | "learning" | "sealed">,
): Promise<LabelChange[]> {
  const labels = new Map(
    [learning, sealed].flatMap(({ names, labels }) => names.map((name, i) => [name, labels[i] ?? -1] as const)),
  );
  const text = new TextDecoder().decode(await readInput(path, "labels", path));
  return acceptedChanges(text, path, { classes, labelOf: (name) => classes[labels.get(name) ?? -1] });
}

/** SHA-256 of the changes, whatever their order; undefined of none. */
export function labelsHash(changes: readonly LabelChange[]): string | undefined {
  if (changes.length === 0) return undefined;
  const rows = changes.map(({ path, old, new: label }) => JSON.stringify([path, old, label])).sort();
  return createHash("sha256").update(rows.join("\n")).digest("hex");
}
