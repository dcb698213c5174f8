/** @file Class names from lines of text: plain, behind or before their numbers, or behind WordNet's ids. */

import { type Labels, type NumberedLabel, placeLabels, splitIds } from "./labels.js";

/**
 * All readings of lines, the likeliest first. Blank lines and comments (`#`, `//`) are left out, unless only with them there are
 * as many lines as classes.
 */
export function labelsInLines(text: string): Labels[] {
  const all = text.split(/\r\n|\n|\r/).map((line) => line.trim());
  while (all.at(-1) === "") all.pop();
  const filled = all.filter((line) => line !== "");
  const names = filled.filter((line) => !/^(#|\/\/)/.test(line));
  // A line that holds a name's place, such as one for a class that is never used.
  const numbered = all.map((line, i) => (line === "" ? String(i) : line));
  const candidates = [names, filled, ...(filled.length < all.length ? [numbered] : [])];
  return candidates
    .filter((list, i) => list.length > 0 && candidates.findIndex(({ length }) => length === list.length) === i)
    .flatMap((list) => labelsInList(list.map(withoutQuotes)));
}

function labelsInList(lines: readonly string[]): Labels[] {
  for (const pattern of [numberFirst, numberLast]) {
    const labels = lines.map((line): NumberedLabel | undefined => {
      const groups = pattern.exec(line)?.groups;
      return groups ? { index: Number(groups.index), name: withoutQuotes(groups.name ?? "") } : undefined;
    });
    if (labels.length > 1 && labels.every((label) => label !== undefined) && isCount(labels))
      return placeLabels(labels);
  }
  return [splitIds(lines)];
}

/** `0 cat`, `0:cat`, `0, cat`, `0 - cat`, `(0) cat`. */
const numberFirst = /^\(?(?<index>\d{1,6})(?:\)?[^\S\t]*[:;,=|.)\t]\s*|\)?\s+[-–]\s+|\)?\s+)(?<name>\S.*)$/su;
/** `cat 0`, `cat: 0`, `cat,0`. */
const numberLast = /^(?<name>.*\S)(?:[^\S\t]*[:;,=|\t]\s*|\s+)(?<index>\d{1,6})$/su;

/** Whether the numbers count, from 0 or 1 on: else they belong to the names (`7 up`). */
function isCount(labels: readonly NumberedLabel[]): boolean {
  const indices = new Set(labels.map(({ index }) => index));
  const lowest = labels.reduce((least, { index }) => Math.min(least, index), Number.POSITIVE_INFINITY);
  const highest = labels.reduce((most, { index }) => Math.max(most, index), 0);
  return indices.size === labels.length && lowest <= 1 && highest === lowest + labels.length - 1;
}

/** `"cat",` as `cat`. */
function withoutQuotes(line: string): string {
  const match = /^(["'])(.*)\1\s*,?$/s.exec(line);
  return match?.[2] === undefined || match[2] === "" ? line : match[2].trim();
}
