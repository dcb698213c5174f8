/** @file Prints how maps change with the weights, as a table and as sentences. */

import type { MapSimilarity } from "../../evaluate/sanity/compare-maps.js";
import type { MethodSanity } from "../../evaluate/sanity/sanity-check.js";
import type { Mean } from "../../evaluate/statistics/bootstrap.js";
import { counted } from "../../foundation/words.js";
import { print, printLines } from "../terminal/print.js";
import { table } from "../terminal/table.js";

const number = (mean: Mean | null) => (mean === null ? "none" : mean.mean.toFixed(2));

/** Rank correlations and structural similarities by method and step, and their meaning. */
export function printSanity(results: readonly MethodSanity[]): void {
  const [first] = results;
  if (first === undefined) return;
  const draws = counted(first.draws, "draw");
  print(
    `Randomised weights (Adebayo et al. 2018), ${counted(first.images, "image")}, ${draws} of the weights: rank correlation, and`,
  );
  print(
    "structural similarity in brackets, of maps with those of the network as it was learnt. Layers from the scores down",
  );
  print(
    "to the image: one after the other (cascading), one at a time (independent), or all of them. Other images: what maps",
  );
  print("of different images have in common anyway.");
  print();
  const layers = first.independent.map(({ layer }) => layer);
  const rows = results.flatMap((result) =>
    (["cascading", "independent"] as const).map((mode, i) => [
      i === 0 ? result.method : "",
      mode,
      ...layers.map((layer) => {
        const step = result[mode].find((each) => each.layer === layer);
        return step ? cell(step) : "";
      }),
      ...(i === 0 ? [cell(result.full), cell(result.otherImages)] : ["", ""]),
    ]),
  );
  printLines(table(["", "", ...layers, "all layers", "other images"], rows));
  print();
  for (const result of results) print(sentence(result));
  print(
    "To pass is necessary and not sufficient: maps that change with the weights may be wrong all the same (Yona and Greenfeld 2021,",
  );
  print("Binder et al. 2023, Hedström et al. 2024).");
}

function cell({ rankCorrelation, ssim }: MapSimilarity): string {
  return `${number(rankCorrelation)} (${number(ssim)})`;
}

const verdicts = {
  passes: "passes the randomisation test: its maps change with the weights",
  fails: "fails the randomisation test: its maps stay alike, whatever the weights",
  alike: "cannot be judged by the randomisation test: its maps are alike on all images, whatever these show",
  undecided: "neither passes nor fails the randomisation test",
} as const;

function sentence(result: MethodSanity): string {
  const { title, verdict, overall, full, otherImages } = result;
  const measured = [
    ...(overall ? [`over the cascade ${withInterval(overall)}`] : []),
    ...(full.rankCorrelation ? [`with all weights random ${withInterval(full.rankCorrelation)}`] : []),
    ...(otherImages.rankCorrelation ? [`between different images ${withInterval(otherImages.rankCorrelation)}`] : []),
  ];
  const numbers = measured.length > 0 ? ` Rank correlation ${measured.join(", ")}.` : "";
  return `${title} ${verdicts[verdict]}.${numbers}${blanks(result)}`;
}

/** 0.13 (0.07 to 0.20). */
export function withInterval({ mean, low, high }: Mean): string {
  return `${mean.toFixed(2)}${low === null || high === null ? "" : ` (${low.toFixed(2)} to ${high.toFixed(2)})`}`;
}

function blanks({ cascading, independent, full, blankImages, images }: MethodSanity): string {
  const blank = [...cascading, ...independent, full].reduce((sum, step) => sum + step.blank, 0);
  return [
    blank > 0
      ? ` ${counted(blank, "map")} of random networks ${blank === 1 ? "is" : "are"} blank and count as changed.`
      : "",
    blankImages > 0
      ? ` ${blankImages} of ${counted(images, "image")} left out: the map is blank with the learnt weights.`
      : "",
  ].join("");
}
