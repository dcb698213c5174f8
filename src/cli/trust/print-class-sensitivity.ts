/** @file Prints how much maps depend on the class, and how far methods of different families agree. */

import type { ClassSensitivity } from "../../evaluate/sanity/class-sensitivity.js";
import type { MapSimilarity } from "../../evaluate/sanity/compare-maps.js";
import type { FamilyAgreement } from "../../evaluate/sanity/family-agreement.js";
import { count } from "../../foundation/words.js";
import { print, printLines } from "../terminal/print.js";
import { table } from "../terminal/table.js";
import { withInterval } from "./print-sanity.js";

const verdicts = {
  blind: "never asks for the class: its map is the same for all",
  insensitive: "hardly asks for the class: maps of two classes are alike",
  sensitive: "asks for the class: maps of two classes differ",
  undecided: "not decided",
} as const;

/** The random-logit test, a row for each method. */
export function printClassSensitivity(results: readonly ClassSensitivity[]): void {
  print(
    "Class sensitivity (random logit, Sixt et al. 2020): maps of the predicted class beside maps of other classes drawn at random.",
  );
  print();
  const rows = results.map(({ method, pairs, identical, verdict, ...similarity }) => [
    method,
    ...similarityCells(similarity),
    `${count(identical)} of ${count(pairs)}`,
    count(similarity.blank),
    verdicts[verdict],
  ]);
  printLines(table(["", "rank correlation", "ssim", "the same map", "blank", ""], rows));
}

/** Each method beside one of each other family. */
export function printAgreement(results: readonly FamilyAgreement[]): void {
  const rows = results.flatMap((result) =>
    result.with.map(({ family, method, ...similarity }, i) => [
      i === 0 ? result.method : "",
      `${method} (${family})`,
      ...similarityCells(similarity),
    ]),
  );
  if (rows.length === 0) return;
  print(
    "Agreement with methods of other families, of the same class on the same images. To agree is no proof; where families",
  );
  print("disagree, not all of them can be right.");
  print();
  printLines(table(["", "beside", "rank correlation", "ssim"], rows));
}

function similarityCells({ rankCorrelation, ssim }: MapSimilarity): [string, string] {
  return [rankCorrelation ? withInterval(rankCorrelation) : "none", ssim ? withInterval(ssim) : "none"];
}
