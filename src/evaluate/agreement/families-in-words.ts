/** @file Says in sentences how far families of methods agree. */

import { list } from "../../foundation/words.js";
import { hottestShare } from "./compare-grids.js";
import type { AgreementVerdict, ComparedPair, FamiliesCompared, FamilyMap, ShownCompared } from "./judge-families.js";

const counts: Readonly<Record<number, string>> = { 2: "two", 3: "three" };

/** `three families of methods agree`, and which do where not all do. */
export function verdictInWords({ verdict, maps, pairs }: FamiliesCompared): string {
  const families = `${counts[maps.length] ?? maps.length} families of methods`;
  switch (verdict) {
    case "agree":
      return `${families} agree`;
    case "partly":
      return `${families} agree in part: ${partly(
        pairs.filter(({ agrees }) => agrees),
        maps,
      )}`;
    case "disagree":
      return `${families} disagree`;
    case "alone":
      return "there is nothing to compare: fewer than two families of methods have a map";
  }
}

/** Who agrees with whom, where some do not. */
function partly(agreeing: readonly ComparedPair[], maps: readonly FamilyMap[]): string {
  const titleOf = (name: string) => maps.find(({ method }) => method === name)?.title ?? name;
  const [first, ...more] = agreeing;
  if (first === undefined) return "none";
  const pair = list(first.methods.map(titleOf));
  const [second] = more;
  if (second) {
    const shared = first.methods.find((name) => second.methods.includes(name)) ?? "";
    const others = [...first.methods, ...second.methods].filter((name) => name !== shared);
    return `${titleOf(shared)} agrees with ${list(others.map(titleOf))}, which differ from each other`;
  }
  const odd = maps.filter(({ method }) => !first.methods.includes(method)).map(({ title }) => title);
  return `${pair} do, ${list(odd)} differs`;
}

/** `rank correlation 0.53 to 0.77, hottest fifth shared 0.67 to 0.88, by chance 0.20`. */
export function numbersInWords(pairs: readonly ComparedPair[]): string {
  const range = (values: readonly number[]) => {
    const ends = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(2));
    return [...new Set(ends)].join(" to ");
  };
  const correlation = range(pairs.map((pair) => pair.correlation));
  const overlap = range(pairs.map((pair) => pair.overlap));
  return `rank correlation ${correlation}, hottest fifth shared ${overlap}, by chance ${hottestShare.toFixed(2)}`;
}

/** From this correlation with its own family's map on, the map that is shown is told by that one. */
const same = 0.99;

/** What the map that is shown adds; undefined where it is that of a family, or there is nothing to compare it with. */
export function shownInWords(compared: FamiliesCompared): string | undefined {
  const shown = ownShown(compared);
  if (shown === undefined) return undefined;
  const titles = (agrees: boolean) =>
    list(
      shown.pairs
        .filter((pair) => pair.agrees === agrees)
        .map(({ methods: [, other] }) => compared.maps.find(({ method }) => method === other)?.title ?? other),
    );
  const map = `this map, ${shown.title},`;
  switch (shown.verdict) {
    case "agree":
      return `${map} agrees with ${titles(true)}`;
    case "partly":
      return `${map} agrees with ${titles(true)}, not with ${titles(false)}`;
    default:
      return `${map} agrees with no other family`;
  }
}

/** The verdict on the map that is shown: what its likeness to the families says, or where it is the map of a family what these say. */
export function verdictOnShown(compared: FamiliesCompared): AgreementVerdict {
  return ownShown(compared)?.verdict ?? compared.verdict;
}

/** The shown map's own comparison, where it is another map than its family's. */
function ownShown({ shown }: FamiliesCompared): ShownCompared | undefined {
  if (shown === undefined || shown.verdict === "alone" || (shown.withOwn ?? 0) >= same) return undefined;
  return shown;
}
