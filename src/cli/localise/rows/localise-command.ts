/** @file The rows of maps that are measured on boxes, and what they tell together. */

import type { RowOf } from "../../../data/parquet/columns.js";
import { type Localisation, summariseLocalisation } from "../../../evaluate/studies/localisation.js";
import { FoveaError } from "../../../foundation/error.js";
import { groupBy } from "../../../foundation/group-by.js";
import { count } from "../../../foundation/words.js";
import { imageColumns } from "../../shards/rows/image-columns.js";
import { allPhotos, isOwnPhotos, type OwnPhotos } from "../../shards/rows/own-photos.js";
import { endOfSkipped, type RowCommand, type Told } from "../../shards/rows/row-command.js";
import { hasSameFacts, type SamePhotos } from "../../shards/rows/same-facts.js";
import type { Job } from "../../terminal/job.js";
import { print, printJson, printJsonLine } from "../../terminal/print.js";
import { printLocalisation } from "../print-localisation.js";

export const localiseColumns = {
  ...imageColumns,
  /** The class that was explained: the label's, as the model names it. */
  explained: "string",
  /** Whether the map's maximum lies in a box: of the map, of the centre, and expected of a random point. */
  pointing: "float64",
  pointing_centre: "float64",
  pointing_random: "float64",
  /** How much of the map's sum lies in the boxes; of a Gaussian around the centre, and expected of a random map. */
  energy: "float64",
  energy_centre: "float64",
  energy_random: "float64",
  blank: "boolean",
} as const;

export type LocaliseRow = RowOf<typeof localiseColumns>;

export interface LocaliseSame extends SamePhotos {
  readonly method: string;
  readonly layer: { readonly name: string; readonly size: string };
  /** In pixels of the photo. */
  readonly tolerance: number;
}

export interface LocaliseOwn extends OwnPhotos {
  /** Photos of the split, those of them without a box, and those to be measured. */
  readonly ofSplit: number;
  readonly without: number;
  readonly measured: number;
  /** Of these, those that could not be. */
  readonly failed: number;
  /** Classes that the model has not. */
  readonly unmatched: readonly string[];
}

interface Localised extends Localisation {
  readonly path: string;
  readonly label: string;
  readonly explained: string | undefined;
  readonly predicted: string | undefined;
  readonly probability: number | undefined;
}

export const localiseCommand: RowCommand<typeof localiseColumns, LocaliseSame, LocaliseOwn, Localised> = {
  name: "localise",
  columns: localiseColumns,
  isSame: (value): value is LocaliseSame => hasSameFacts(value) && "found" in value && "layer" in value,
  isOwn: (value): value is LocaliseOwn => isOwnPhotos(value) && "unmatched" in value,
  keep: (row, { root }) => localised(row, root),
  tell,
};

export function localiseRow(measures: Localisation): Partial<LocaliseRow> {
  const { pointing, energy, blank } = measures;
  return {
    ...{ pointing: pointing.map, pointing_centre: pointing.centre, pointing_random: pointing.random },
    ...{ energy: energy.map, energy_centre: energy.centre, energy_random: energy.random },
    blank,
  };
}

/** A row for programs. */
export function localised(row: LocaliseRow, root: string): Localised {
  const { path = "", label = "", explained, predicted, probability_of_label: probability, blank = false } = row;
  return {
    ...{ path: root + path, label, explained, predicted, probability },
    pointing: compared(row.pointing, row.pointing_centre, row.pointing_random),
    energy: compared(row.energy, row.energy_centre, row.energy_random),
    blank,
  };
}

function compared(map = 0, centre = 0, random = 0) {
  return { map, centre, random };
}

function tell(job: Job, told: Told<LocaliseSame, LocaliseOwn, Localised>): number {
  const { same, owns, rows, tellsFailures } = told;
  const { skipped, total } = allPhotos(same.found, owns);
  const sum = (of: "ofSplit" | "without" | "measured") => owns.reduce((all, own) => all + own[of], 0);
  const unmatched = [...new Set(owns.flatMap((own) => own.unmatched))].sort();
  if (sum("measured") === 0) throw nothingToMeasure(same.data, unmatched, sum("without") < sum("ofSplit"));
  if (rows.length > 0) tellMeasures(job, told);
  const done = rows.length + owns.reduce((all, own) => all + own.failed, 0);
  return job.end({
    ...endOfSkipped(job, { skipped, total }, { tellsFailures }),
    notes: leftOut(sum("without"), unmatched),
    stopped: `fovea: stopped after ${done} of ${sum("measured")} photos`,
    nothing: rows.length === 0,
  });
}

function tellMeasures(job: Job, { same, owns, rows }: Told<LocaliseSame, LocaliseOwn, Localised>): void {
  const { model, data, found, split, method, layer, tolerance } = same;
  const { source, skipped } = allPhotos(found, owns);
  const groups = groupBy(rows, ({ label }) => label);
  const classes = [...groups.keys()].sort().map((name) => ({ name, ...summariseLocalisation(groups.get(name) ?? []) }));
  const overall = summariseLocalisation(rows);
  const settings = { method, layer: layer.name, tolerance };
  const head = { model: model.path, data: source, split, ...settings, classes, overall };
  if (job.format === "jsonl") printJsonLine({ summary: { ...head, skipped } });
  else if (job.format === "json") printJson({ ...head, photos: rows, skipped });
  else {
    print(model.line);
    print(`${method} at layer ${layer.name} (${layer.size})`);
    const part = split === "all" ? "" : `the ${split} split's `;
    print(`on ${part}${count(rows.length)} photos with boxes of ${data}: ${source}`);
    for (const each of model.notes) print(each);
    printLocalisation(method, classes, overall, tolerance);
  }
}

/** Lines for the photos that are not measured. */
function leftOut(without: number, unmatched: readonly string[]): string[] {
  return [
    ...(without > 0 ? [`${count(without)} photos left out: they have no box`] : []),
    ...(unmatched.length > 0 ? [`photos of ${unmatched.join(", ")} left out: ${noClass(unmatched)}`] : []),
  ];
}

const noClass = ([first]: readonly string[]) =>
  `the model has no class of that name (--group "${first}=..." tells which one it is)`;

/** @param boxed whether there are boxes, of other classes */
function nothingToMeasure(data: string, unmatched: readonly string[], boxed: boolean): FoveaError {
  const got = boxed ? `photos of ${unmatched.slice(0, 5).join(", ")}: ${noClass(unmatched)}` : "photos without";
  return new FoveaError("bad-input", `${data}: boxes: expected photos with boxes of the model's classes, got ${got}`);
}
