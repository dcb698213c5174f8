/** @file Which images are shown, and in which order: kept as more are classified, so that only what is new is looked at. */

import { type Entry, isRight, other } from "./entries.js";
import type { Facet } from "./facets.js";

export const orders = ["errors first", "surest first", "least sure first", "as given"] as const;
export type Order = (typeof orders)[number];

export interface Filter {
  readonly facet: Facet | undefined;
  readonly truth: number | undefined;
  readonly predicted: number | typeof other | undefined;
  /** Of the confidence, in percent. */
  readonly least: number;
  readonly most: number;
  /** In the name of the file or of a class. */
  readonly text: string;
}

export const noFilter: Filter = {
  facet: undefined,
  truth: undefined,
  predicted: undefined,
  least: 0,
  most: 100,
  text: "",
};

/** What is shown in which order; another one is another object. */
export interface Rule {
  readonly filter: Filter;
  readonly order: Order;
  /** Whether an entry is of the filter's facet. */
  readonly inFacet: (entry: Entry) => boolean;
  /** Classes that folders have. */
  readonly folderClasses: ReadonlySet<number>;
  readonly nameOf: (index: number) => string;
}

type Compare = (a: Entry, b: Entry) => number;

const surest: Compare = (a, b) => b.confidence - a.confidence;
const leastSure: Compare = (a, b) => a.confidence - b.confidence;

const comparisons: Readonly<Record<Order, Compare>> = {
  /** The surest errors, then what is right, from the unsure on. */
  "errors first": (a, b) => {
    const [first, second] = [isRight(a) === false, isRight(b) === false];
    if (first !== second) return first ? -1 : 1;
    return first ? surest(a, b) : leastSure(a, b);
  },
  "surest first": surest,
  "least sure first": leastSure,
  "as given": () => 0,
};

/** The entries of a rule in its order, equals in theirs. */
export function arrange(entries: readonly Entry[], rule: Rule): readonly Entry[] {
  return entries.filter((entry) => isShown(entry, rule)).sort(comparisons[rule.order]);
}

function isShown(entry: Entry, { filter, inFacet, folderClasses, nameOf }: Rule): boolean {
  const { facet, truth, predicted, least, most } = filter;
  const percent = 100 * entry.confidence;
  return (
    (facet === undefined || inFacet(entry)) &&
    (truth === undefined || entry.truth === truth) &&
    (predicted === undefined ||
      (predicted === other ? !folderClasses.has(entry.predicted) : entry.predicted === predicted)) &&
    percent >= least &&
    percent <= most &&
    says(entry, filter.text.trim().toLowerCase(), nameOf)
  );
}

function says({ picture, predicted, truth }: Entry, text: string, nameOf: Rule["nameOf"]): boolean {
  if (text === "") return true;
  const names = [picture.name, nameOf(predicted), ...(truth === undefined ? [] : [nameOf(truth)])];
  return names.some((name) => name.toLowerCase().includes(text));
}

/** An arrangement that is kept while entries come behind those that are there. */
export class Arrangement {
  #entries: readonly Entry[] = [];
  #rule: Rule | undefined;
  #shown: readonly Entry[] = [];

  of(entries: readonly Entry[], rule: Rule): readonly Entry[] {
    const known = rule === this.#rule && beginsWith(entries, this.#entries) ? this.#entries.length : 0;
    const fresh = arrange(known === 0 ? entries : entries.slice(known), rule);
    if (known === 0) this.#shown = fresh;
    else if (fresh.length > 0) this.#shown = merge(this.#shown, fresh, comparisons[rule.order]);
    [this.#entries, this.#rule] = [entries, rule];
    return this.#shown;
  }
}

/** Entries that go lead to others in their places. */
function beginsWith(entries: readonly Entry[], before: readonly Entry[]): boolean {
  return before.length <= entries.length && before.at(-1) === entries[before.length - 1];
}

/** Two ordered lists as one, equals of the first before those of the second. */
function merge(first: readonly Entry[], second: readonly Entry[], compare: Compare): readonly Entry[] {
  const merged: Entry[] = [];
  let i = 0;
  for (const entry of second) {
    while (i < first.length && compare(first[i] as Entry, entry) <= 0) merged.push(first[i++] as Entry);
    merged.push(entry);
  }
  return [...merged, ...first.slice(i)];
}
