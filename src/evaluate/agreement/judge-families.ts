/** @file Judges from maps on one grid whether families of methods agree. */

import type { FamilyName } from "../../explain/method.js";
import type { FloatMap } from "../../image/map/heatmap.js";
import { holm } from "../statistics/holm.js";
import { rankCorrelation } from "../statistics/rank-correlation.js";
import { compareGrids, type GridsCompared } from "./compare-grids.js";

/** A family's map of one class. */
export interface FamilyMap {
  readonly family: FamilyName;
  /** Name and title of the method that speaks for it. */
  readonly method: string;
  readonly title: string;
  /** The evidence, before the ReLU, on the common grid. */
  readonly grid: FloatMap;
}

/** A family that says nothing. */
export interface SilentFamily {
  readonly family: FamilyName;
  readonly title: string;
  readonly reason: string;
}

/** Two maps beside each other. */
export interface ComparedPair extends GridsCompared {
  readonly methods: readonly [first: string, second: string];
  /** Chance seldom does as well: its p-value, corrected for the number of pairs, is at most 0.05. */
  readonly agrees: boolean;
}

/**
 * - `agree`: every two families agree;
 * - `partly`: some do;
 * - `disagree`: none do;
 * - `alone`: fewer than two have a map that can be compared.
 */
export type AgreementVerdict = "agree" | "partly" | "disagree" | "alone";

/** How far families of methods agree about one class of an image; plain data. */
export interface FamiliesCompared {
  readonly verdict: AgreementVerdict;
  readonly maps: readonly FamilyMap[];
  readonly silent: readonly SilentFamily[];
  readonly pairs: readonly ComparedPair[];
  /** The map that is shown beside those of other families than its own. */
  readonly shown: ShownCompared | undefined;
}

export interface ShownCompared {
  readonly method: string;
  readonly title: string;
  /** Rank correlation with the map of its own family; undefined where that is silent. */
  readonly withOwn: number | undefined;
  readonly verdict: AgreementVerdict;
  readonly pairs: readonly ComparedPair[];
}

/** How often chance may do as well as two maps that agree. */
const level = 0.05;

/** @param shown a map of another method of the same class, on the same grid */
export function judgeFamilies(
  maps: readonly FamilyMap[],
  silent: readonly SilentFamily[],
  shown?: FamilyMap,
): FamiliesCompared {
  const pairs = judgedPairs(maps.flatMap((first, i) => maps.slice(i + 1).map((second) => [first, second] as const)));
  return {
    ...{ verdict: verdictOf(pairs), maps, silent, pairs },
    shown: shown && judgeShown(shown, maps),
  };
}

function judgeShown(shown: FamilyMap, maps: readonly FamilyMap[]): ShownCompared {
  const others = maps.filter(({ family }) => family !== shown.family);
  const own = maps.find(({ family }) => family === shown.family);
  const pairs = judgedPairs(others.map((other) => [shown, other] as const));
  const { method, title, grid } = shown;
  const withOwn = own && rankCorrelation(grid.values, own.grid.values);
  return { method, title, withOwn, verdict: verdictOf(pairs), pairs };
}

function judgedPairs(pairs: readonly (readonly [FamilyMap, FamilyMap])[]): ComparedPair[] {
  const compared = pairs.flatMap(([first, second]) => {
    const result = compareGrids(first.grid, second.grid);
    const methods = [first.method, second.method] as const;
    return result ? [{ methods, ...result }] : [];
  });
  const corrected = holm(compared.map(({ pValue }) => pValue));
  return compared.map((pair, i) => ({ ...pair, agrees: (corrected[i] ?? 1) <= level }));
}

function verdictOf(pairs: readonly ComparedPair[]): AgreementVerdict {
  const agreeing = pairs.filter(({ agrees }) => agrees).length;
  if (pairs.length === 0) return "alone";
  return agreeing === pairs.length ? "agree" : agreeing > 0 ? "partly" : "disagree";
}

/** Why a map says nothing about places; undefined where it does. */
export function silenceOf({ values }: FloatMap): string | undefined {
  if (!values.every(Number.isFinite)) return "its map is not finite";
  return values.every((value) => value === values[0]) ? "its map is the same everywhere" : undefined;
}
