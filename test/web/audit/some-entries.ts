/** @file Classified images of two folders, and a model that knows a third class, for tests. */

import type { Entry } from "../../../web/src/audit/entries.js";

/** @param truth undefined for an image without a folder */
export function entry(id: number, truth: number | undefined, predicted: number, confidence: number): Entry {
  const picture = { id, name: `photos/${id}.jpg`, url: "", width: 1, height: 1 };
  return { picture, truth, predicted, confidence, ofTruth: undefined, thumbnail: undefined };
}

const names = ["cat", "dog", "fox"];
export const nameOf = (index: number) => names[index] ?? String(index);
/** Folders of cats and dogs. */
export const folders: ReadonlySet<number> = new Set([1, 0]);
export const entries = [
  entry(1, 0, 0, 0.9),
  entry(2, 0, 1, 0.6),
  entry(3, 1, 2, 0.4),
  entry(4, 1, 1, 0.99),
  entry(5, 0, 1, 0.8),
  entry(6, undefined, 2, 0.5),
];
export const ids = (found: readonly Entry[]) => found.map(({ picture }) => picture.id);
