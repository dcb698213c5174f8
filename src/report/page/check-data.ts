/** @file Refuses report data that would make a page that misleads or that reaches outside itself. */

import { FoveaError } from "../../foundation/error.js";
import type {
  AttackExample,
  ChangeReport,
  ColourScale,
  ComparisonReport,
  ErrorReport,
  ModelReport,
  Picture,
  ReportData,
} from "../report-data.js";

/** Throws `renderReport: <path>: expected …, got …` for the first fault found. */
export function checkData(data: ReportData): void {
  const { models, comparisons = [], maps } = data;
  if (models.length === 0) refuse("models", "at least one", "none");
  if (maps) {
    checkColours("maps.colours", maps.colours);
    checkColours("maps.differenceColours", maps.differenceColours);
  }
  for (const [i, { label, pictures }] of (data.data.samples ?? []).entries()) {
    checkClass(data, `data.samples[${i}].label`, label);
    for (const [j, picture] of pictures.entries()) checkPicture(`data.samples[${i}].pictures[${j}]`, picture);
  }
  for (const [i, model] of models.entries()) checkModel(data, `models[${i}]`, model);
  for (const [i, { picture }] of (data.improvement?.hypotheses ?? []).entries())
    if (picture) checkPicture(`improvement.hypotheses[${i}].picture`, picture);
  for (const [i, comparison] of comparisons.entries()) checkComparison(data, `comparisons[${i}]`, comparison);
}

function checkModel(data: ReportData, at: string, model: ModelReport): void {
  const { evaluation, errors = [], meanMaps = [], errorGroups = [], bias, robustness } = model;
  const expected = data.data.classes.length;
  const got = evaluation.classes.length;
  if (got !== expected) refuse(`${at}.evaluation.classes`, `the ${expected} classes of the data`, String(got));
  for (const [j, error] of errors.entries()) checkError(data, `${at}.errors[${j}]`, error);
  for (const [j, image] of (bias?.astray.images ?? []).entries()) {
    checkClass(data, `${at}.bias.astray.images[${j}].label`, image.label);
    checkScaledMap(data, `${at}.bias.astray.images[${j}]`, image);
  }
  for (const [j, group] of errorGroups.entries()) checkScaledMap(data, `${at}.errorGroups[${j}]`, group);
  for (const [j, mean] of meanMaps.entries()) {
    checkClass(data, `${at}.meanMaps[${j}].label`, mean.label);
    checkScaledMap(data, `${at}.meanMaps[${j}]`, mean);
  }
  for (const [j, example] of (robustness?.examples ?? []).entries())
    checkExample(data, `${at}.robustness.examples[${j}]`, example);
}

function checkError(data: ReportData, at: string, { label, predicted, image, thumbnail, maps }: ErrorReport): void {
  checkClass(data, `${at}.label`, label);
  checkClass(data, `${at}.predicted`, predicted);
  checkPicture(`${at}.image`, image);
  if (thumbnail) checkPicture(`${at}.thumbnail`, thumbnail);
  if (!maps) return;
  checkScale(`${at}.maps.scale`, maps.scale);
  for (const side of ["predicted", "truth", "difference"] as const) checkMap(data, `${at}.maps.${side}`, maps[side]);
}

function checkExample(data: ReportData, at: string, example: AttackExample): void {
  checkClass(data, `${at}.outcome.label`, example.outcome.label);
  for (const side of ["before", "after"] as const)
    checkClass(data, `${at}.outcome.${side}.predicted`, example.outcome[side].predicted);
  for (const part of ["image", "perturbation", "attacked"] as const) checkPicture(`${at}.${part}`, example[part]);
  for (const part of ["before", "after", "now"] as const) checkMap(data, `${at}.maps.${part}`, example.maps[part]);
  checkScale(`${at}.maps.scale`, example.maps.scale);
}

function checkComparison(data: ReportData, at: string, comparison: ComparisonReport): void {
  const { models } = data;
  for (const side of ["before", "after"] as const) {
    const index = comparison[side];
    if (!models[index]) refuse(`${at}.${side}`, `an index from 0 to ${models.length - 1}`, String(index));
  }
  for (const kind of ["fixed", "broken"] as const) {
    for (const [j, change] of comparison[kind].entries()) checkChange(data, `${at}.${kind}[${j}]`, change);
  }
}

function checkChange(data: ReportData, at: string, change: ChangeReport): void {
  checkClass(data, `${at}.label`, change.label);
  checkPicture(`${at}.image`, change.image);
  for (const side of ["before", "after"] as const) {
    const { predicted, map, scale } = change[side];
    checkClass(data, `${at}.${side}.predicted`, predicted);
    if (map) checkMap(data, `${at}.${side}.map`, map);
    if (scale !== undefined) checkScale(`${at}.${side}.scale`, scale);
  }
}

function checkClass({ data: { classes } }: ReportData, path: string, value: number): void {
  if (!(Number.isInteger(value) && value >= 0 && value < classes.length)) {
    refuse(path, `a class index from 0 to ${classes.length - 1}`, String(value));
  }
}

function checkScaledMap(
  data: ReportData,
  at: string,
  { picture, scale }: { readonly picture: Picture; readonly scale: number },
): void {
  checkMap(data, `${at}.picture`, picture);
  checkScale(`${at}.scale`, scale);
}

function checkMap({ maps }: ReportData, path: string, picture: Picture): void {
  if (maps === undefined) refuse("maps", `the method and colours of ${path}`, "nothing");
  checkPicture(path, picture);
}

function checkPicture(path: string, { src, width, height }: Picture): void {
  if (!/^data:image\/(png|jpeg|webp);base64,[A-Za-z0-9+/]+=*$/.test(src)) {
    refuse(`${path}.src`, "a base64 data URL of a PNG, JPEG or WebP image", `"${src.slice(0, 40)}"`);
  }
  if (!(width > 0 && height > 0)) refuse(path, "a size in pixels", `${width} × ${height}`);
}

function checkColours(path: string, { stops }: ColourScale): void {
  if (stops.length < 2) refuse(`${path}.stops`, "at least 2 colours", String(stops.length));
  for (const stop of stops) {
    if (!/^(#[0-9a-f]{6}|rgb\(\d{1,3}, ?\d{1,3}, ?\d{1,3}\))$/i.test(stop))
      refuse(`${path}.stops`, "colours as #rrggbb or rgb(r, g, b)", `"${stop}"`);
  }
}

function checkScale(path: string, scale: number): void {
  if (!(Number.isFinite(scale) && scale >= 0)) refuse(path, "a number of at least 0", String(scale));
}

function refuse(path: string, expected: string, got: string): never {
  throw new FoveaError("bad-input", `renderReport: ${path}: expected ${expected}, got ${got}`);
}
