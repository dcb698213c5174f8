/** @file Labels that the model contradicts with confidence, and what the user says of them: a list for `fovea improve --accept`. */

import type { LabelChange, LabelVerdict } from "../../../src/data/label-changes.js";
import { labelFloors } from "../../../src/evaluate/classifier/label-doubts.js";
import { type Entry, isRight, sortEntries } from "./entries.js";

/** By the pictures' ids. */
export type Decisions = ReadonlyMap<number, LabelVerdict>;

/** Whether the model contradicts a label that somebody gave: the page's own digits are labelled rightly. */
export function isContradicted(entry: Entry): boolean {
  return !entry.picture.drawn && isRight(entry) === false;
}

/** Images whose label the model contradicts with at least 90 %, the surest first. */
export function contradicted(entries: readonly Entry[]): readonly Entry[] {
  const sure = entries.filter((entry) => isContradicted(entry) && entry.confidence >= labelFloors.confidence);
  return sortEntries(sure, "surest first");
}

/** The decisions, and with an empty verdict what is still to be decided. @param nameOf classes by the names of the folders */
export function changesOf(
  entries: readonly Entry[],
  decisions: Decisions,
  nameOf: (index: number) => string,
): LabelChange[] {
  const asked = new Set(contradicted(entries));
  const listed = entries.filter((entry) => asked.has(entry) || decisions.has(entry.picture.id));
  const pathOf = pathsWithin(entries);
  return listed.map(({ picture, truth, predicted }) => ({
    path: pathOf(picture.name),
    old: picture.class ?? (truth === undefined ? "" : nameOf(truth)),
    new: nameOf(predicted),
    verdict: decisions.get(picture.id),
  }));
}

/** Paths from the opened folder, as data sets name their photos: without its own name, which all have in front. */
function pathsWithin(entries: readonly Entry[]): (path: string) => string {
  const parts = entries.map(({ picture }) => picture.name.split("/"));
  const [top] = parts[0] ?? [];
  const opened = parts.every((each) => each.length > 2 && each[0] === top);
  return (path) => (opened ? path.split("/").slice(1).join("/") : path);
}
