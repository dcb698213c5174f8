/** @file Prints how maps change with the weights, as a table and as sentences. */

import type { MethodSanity, SanityStep } from "../../evaluate/sanity/sanity-check.js";
import type { Mean } from "../../evaluate/statistics/bootstrap.js";
import { print, printLines } from "../terminal/print.js";
import { table } from "../terminal/table.js";

const number = (mean: Mean | null) => (mean === null ? "none" : mean.mean.toFixed(2));

/** Rank correlations and structural similarities by method and step, and their meaning. */
export function printSanity(results: readonly MethodSanity[], images: number): void {
  const steps = results[0]?.cascading ?? [];
  print(
    `Randomised weights (Adebayo et al. 2018), ${images} images: rank correlation, and structural similarity in brackets,`,
  );
  print(
    "of maps with those of the network as it was learnt. Layers from the scores down to the image: one after the other",
  );
  print(
    "(cascading), or one at a time (independent). Other images: what maps of different images have in common anyway.",
  );
  print();
  const rows = results.flatMap((result) =>
    (["cascading", "independent"] as const).map((mode, i) => [
      i === 0 ? result.method : "",
      mode,
      ...result[mode].map(cell),
      i === 0 ? cell(result.otherImages) : "",
    ]),
  );
  printLines(table(["", "", ...steps.map(({ layer }) => layer), "other images"], rows));
  print();
  for (const result of results) print(sentence(result));
}

function cell({ rankCorrelation, ssim }: Pick<SanityStep, "rankCorrelation" | "ssim">): string {
  return `${number(rankCorrelation)} (${number(ssim)})`;
}

const verdicts = {
  passes: "passes the randomisation test: its maps change with the weights",
  fails: "fails the randomisation test: its maps stay alike, whatever the weights",
  undecided: "neither passes nor fails the randomisation test",
} as const;

const passesByOthers =
  "passes the randomisation test: its maps keep no more than what those of different images have in common";

function sentence({ title, verdict, overall, otherImages }: MethodSanity): string {
  if (overall === null) return `${title} ${verdicts[verdict]}: its maps could not be compared.`;
  const { low, high } = overall;
  const interval = low === null || high === null ? "" : ` (${low.toFixed(2)} to ${high.toFixed(2)})`;
  const others = otherImages.rankCorrelation
    ? `; maps of different images have ${number(otherImages.rankCorrelation)}`
    : "";
  const outcome = verdict === "passes" && (high ?? 0) >= 0.5 ? passesByOthers : verdicts[verdict];
  return `${title} ${outcome}. Rank correlation over the cascade: ${number(overall)}${interval}${others}.`;
}
