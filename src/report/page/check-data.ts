/** @file Refuses report data that would make a page that misleads or that reaches outside itself. */

import { FoveaError } from "../../foundation/error.js";
import type { ColourScale, Picture, ReportData } from "../report-data.js";

/** Throws `renderReport: <path>: expected …, got …` for the first fault found. */
export function checkData(data: ReportData): void {
  const { models, comparisons = [], maps } = data;
  const { classes, samples = [] } = data.data;
  if (models.length === 0) refuse("models", "at least one", "none");

  const checkClass = (path: string, value: number) => {
    if (!(Number.isInteger(value) && value >= 0 && value < classes.length)) {
      refuse(path, `a class index from 0 to ${classes.length - 1}`, String(value));
    }
  };
  const checkMap = (path: string, picture: Picture) => {
    if (maps === undefined) refuse("maps", `the method and colours of ${path}`, "nothing");
    checkPicture(path, picture);
  };

  if (maps) {
    checkColours("maps.colours", maps.colours);
    checkColours("maps.differenceColours", maps.differenceColours);
  }
  for (const [i, { label, pictures }] of samples.entries()) {
    checkClass(`data.samples[${i}].label`, label);
    for (const [j, picture] of pictures.entries()) checkPicture(`data.samples[${i}].pictures[${j}]`, picture);
  }
  for (const [i, { evaluation, errors = [], meanMaps = [], errorGroups = [], bias, robustness }] of models.entries()) {
    const at = `models[${i}]`;
    if (evaluation.classes.length !== classes.length) {
      refuse(
        `${at}.evaluation.classes`,
        `the ${classes.length} classes of the data`,
        String(evaluation.classes.length),
      );
    }
    for (const [j, error] of errors.entries()) {
      checkClass(`${at}.errors[${j}].label`, error.label);
      checkClass(`${at}.errors[${j}].predicted`, error.predicted);
      checkPicture(`${at}.errors[${j}].image`, error.image);
      if (error.thumbnail) checkPicture(`${at}.errors[${j}].thumbnail`, error.thumbnail);
      if (!error.maps) continue;
      checkScale(`${at}.errors[${j}].maps.scale`, error.maps.scale);
      for (const side of ["predicted", "truth", "difference"] as const)
        checkMap(`${at}.errors[${j}].maps.${side}`, error.maps[side]);
    }
    for (const [j, { label, picture, scale }] of (bias?.astray.images ?? []).entries()) {
      checkClass(`${at}.bias.astray.images[${j}].label`, label);
      checkMap(`${at}.bias.astray.images[${j}].picture`, picture);
      checkScale(`${at}.bias.astray.images[${j}].scale`, scale);
    }
    for (const [j, { picture, scale }] of errorGroups.entries()) {
      checkMap(`${at}.errorGroups[${j}].picture`, picture);
      checkScale(`${at}.errorGroups[${j}].scale`, scale);
    }
    for (const [j, { label, picture, scale }] of meanMaps.entries()) {
      checkClass(`${at}.meanMaps[${j}].label`, label);
      checkMap(`${at}.meanMaps[${j}].picture`, picture);
      checkScale(`${at}.meanMaps[${j}].scale`, scale);
    }
    for (const [j, example] of (robustness?.examples ?? []).entries()) {
      const where = `${at}.robustness.examples[${j}]`;
      checkClass(`${where}.outcome.label`, example.outcome.label);
      for (const side of ["before", "after"] as const)
        checkClass(`${where}.outcome.${side}.predicted`, example.outcome[side].predicted);
      for (const part of ["image", "perturbation", "attacked"] as const)
        checkPicture(`${where}.${part}`, example[part]);
      for (const part of ["before", "after", "now"] as const) checkMap(`${where}.maps.${part}`, example.maps[part]);
      checkScale(`${where}.maps.scale`, example.maps.scale);
    }
  }
  for (const [i, comparison] of comparisons.entries()) {
    for (const side of ["before", "after"] as const) {
      const index = comparison[side];
      if (!models[index]) refuse(`comparisons[${i}].${side}`, `an index from 0 to ${models.length - 1}`, String(index));
    }
    for (const kind of ["fixed", "broken"] as const) {
      for (const [j, change] of comparison[kind].entries()) {
        const at = `comparisons[${i}].${kind}[${j}]`;
        checkClass(`${at}.label`, change.label);
        checkPicture(`${at}.image`, change.image);
        for (const side of ["before", "after"] as const) {
          checkClass(`${at}.${side}.predicted`, change[side].predicted);
          const { map, scale } = change[side];
          if (map) checkMap(`${at}.${side}.map`, map);
          if (scale !== undefined) checkScale(`${at}.${side}.scale`, scale);
        }
      }
    }
  }
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
