/** @file What somebody says of labels that the model contradicts: decisions, and the list of them for `fovea improve --accept`. */

import type { LabelChange, LabelVerdict } from "../../../src/data/label-changes.js";
import { type Entry, isRight } from "./entries.js";

export interface Decision {
  readonly verdict: LabelVerdict;
  /** For a wrong label the right class. */
  readonly to?: number | undefined;
}

/** By the pictures' ids. */
export type Decisions = ReadonlyMap<number, Decision>;

/** Whether the model contradicts a label that somebody gave: the page's own digits are labelled rightly. */
export function isContradicted(entry: Entry): boolean {
  return !entry.picture.drawn && isRight(entry) === false;
}

/** The next entry to decide on, from a place on and then from the beginning; undefined where all are decided. */
export function nextUndecided(shown: readonly Entry[], place: number, decisions: Decisions): Entry | undefined {
  const rotated = [...shown.slice(place + 1), ...shown.slice(0, Math.max(0, place))];
  return rotated.find((entry) => isContradicted(entry) && !decisions.has(entry.picture.id));
}

/** Classes that a label may be changed to: those of the folders, without its own. */
export function otherClasses({ truth }: Entry, folderClasses: ReadonlySet<number>): number[] {
  return [...folderClasses].filter((index) => index !== truth).sort((a, b) => a - b);
}

/** The class that a label may rather be: the model's, where a folder has it, or the only other one. */
export function proposedClass(entry: Entry, folderClasses: ReadonlySet<number>): number | undefined {
  const others = otherClasses(entry, folderClasses);
  if (others.includes(entry.predicted)) return entry.predicted;
  return others.length === 1 ? others[0] : undefined;
}

export interface ListedLabels {
  readonly decisions: Decisions;
  /** Ids of pictures whose labels are in doubt. */
  readonly doubtful: ReadonlySet<number>;
  readonly folderClasses: ReadonlySet<number>;
  /** A class by its folder's name. */
  readonly folderOf: (index: number) => string;
}

/** The decisions, and with an empty verdict the doubtful labels that are still to be decided. */
export function changesOf(entries: readonly Entry[], listed: ListedLabels): LabelChange[] {
  const { decisions, doubtful, folderClasses, folderOf } = listed;
  const pathOf = pathsWithin(entries);
  return entries.flatMap((entry) => {
    const { picture, truth } = entry;
    const decision = decisions.get(picture.id);
    if (decision === undefined && !doubtful.has(picture.id)) return [];
    const changed = decision?.to ?? proposedClass(entry, folderClasses);
    return {
      path: pathOf(picture.name),
      old: picture.class ?? (truth === undefined ? "" : folderOf(truth)),
      // What changes nothing may name no class.
      new: changed === undefined ? "" : folderOf(changed),
      verdict: decision?.verdict,
    };
  });
}

/** Paths from the opened folder, as data sets name their photos: without its own name, which all have in front. */
function pathsWithin(entries: readonly Entry[]): (path: string) => string {
  const parts = entries.map(({ picture }) => picture.name.split("/"));
  const [top] = parts[0] ?? [];
  const opened = parts.every((each) => each.length > 2 && each[0] === top);
  return (path) => (opened ? path.split("/").slice(1).join("/") : path);
}
