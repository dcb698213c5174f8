/** @file Prints how far maps lie on objects, as tables. */

import type { Proportion } from "../../evaluate/statistics/proportion.js";
import type { LocalisationSummary, MeasureSummary } from "../../evaluate/studies/localisation.js";
import { count, percent } from "../../foundation/words.js";
import { print, printLines } from "../terminal/print.js";
import { table } from "../terminal/table.js";

export interface ClassSummary extends LocalisationSummary {
  readonly name: string;
}

/** Both measures, a table each; how far the maps of all photos are above the baselines; and how many maps are blank. */
export function printLocalisation(
  method: string,
  classes: readonly ClassSummary[],
  overall: LocalisationSummary,
  tolerance: number,
): void {
  const near = tolerance > 0 ? `, or at most ${tolerance} pixels from one` : "";
  const measures = [
    { measure: "pointing", title: `pointing game: the map's maximum lies in a box${near}`, centre: "centre point" },
    { measure: "energy", title: "energy: how much of the map's sum lies in the boxes", centre: "centre Gaussian" },
  ] as const;
  const rows = classes.length > 1 ? [...classes, { name: "all", ...overall }] : classes;
  for (const { measure, title, centre } of measures) {
    print();
    print(title);
    const header = ["class", "photos", method, "95% interval", centre, "95% interval", "random", "95% interval"];
    const cells = rows.map(({ name, photos, [measure]: { map, centre, random } }) => [
      name,
      count(photos),
      ...[map, centre, random].flatMap(proportionCells),
    ]);
    printLines(table(header, cells));
    print(above(method, overall[measure]));
  }
  if (overall.blank > 0) {
    print();
    print(`${count(overall.blank)} of ${count(overall.photos)} maps are blank: they count as finding nothing`);
  }
}

function proportionCells({ value, low, high }: Proportion): [string, string] {
  return [percent(value, 1), `${percent(low, 1)} to ${percent(high, 1)}`];
}

function above(method: string, { above }: MeasureSummary): string {
  const [centre, random] = [above.centre, above.random].map(
    ({ value, low, high }) => `${points(value)} points (95% interval ${points(low)} to ${points(high)})`,
  );
  return `${method} minus centre: ${centre}; minus random: ${random}`;
}

const points = (share: number) => (100 * share).toFixed(1);
