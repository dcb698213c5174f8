/** @file Kinds of images that somebody may want to see: errors, labels in doubt, evidence at the border, unsure answers. */

import { type Entry, isRight } from "./entries.js";

/** What was found besides the predictions: pictures by their ids. */
export interface Findings {
  /** Labels that a report would ask about. */
  readonly doubtful: ReadonlySet<number>;
  /** Much of the evidence lies at the border; of images whose maps were computed. */
  readonly border: ReadonlySet<number>;
  readonly decided: ReadonlySet<number>;
  /** Least confidence of an answer that is not unsure. */
  readonly sureFrom: number;
}

export const facets = ["wrong", "doubtful", "border", "unsure", "right", "decided"] as const;
export type Facet = (typeof facets)[number];

const members: Readonly<Record<Facet, (entry: Entry, findings: Findings) => boolean>> = {
  wrong: (entry) => isRight(entry) === false,
  doubtful: ({ picture }, { doubtful }) => doubtful.has(picture.id),
  border: ({ picture }, { border }) => border.has(picture.id),
  unsure: ({ confidence }, { sureFrom }) => confidence < sureFrom,
  right: (entry) => isRight(entry) === true,
  decided: ({ picture }, { decided }) => decided.has(picture.id),
};

export function isOf(facet: Facet, entry: Entry, findings: Findings): boolean {
  return members[facet](entry, findings);
}

export function countFacets(entries: readonly Entry[], findings: Findings): Readonly<Record<Facet, number>> {
  const counts = { wrong: 0, doubtful: 0, border: 0, unsure: 0, right: 0, decided: 0 };
  for (const entry of entries) for (const facet of facets) if (isOf(facet, entry, findings)) counts[facet]++;
  return counts;
}

/** Halfway between a guess and certainty. @param classes how many the model has */
export function sureFrom(classes: number | undefined): number {
  return (1 + 1 / Math.max(2, classes ?? 2)) / 2;
}

/** Whether much more of a map lies at the border than of a uniform one: what reports call astray. */
export function isAtBorder(border: { readonly share: number; readonly even: number } | undefined): boolean {
  return border !== undefined && border.even > 0 && border.share >= 1.5 * border.even;
}
