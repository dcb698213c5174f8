/** @file The three findings that a picture shows best. */

import type { ModelReport, Picture, ReportData } from "../../report-data.js";
import { percentage, probability } from "../format.js";
import { className, confusedPairs, doubtfulErrors, errorId, imageName } from "../parts.js";
import { alike, edges, labels, salientClasses } from "./bias-findings.js";

export interface PicturedFinding {
  readonly sentence: string;
  readonly picture: Picture;
  readonly alt: string;
  /** Address of what shows more of it. */
  readonly target: string;
}

/** So many are shown. */
const shown = 3;

/** A cue that an exchange verified: the surest finding that there is. */
function verified({ improvement }: ReportData): PicturedFinding | undefined {
  const found = improvement?.hypotheses.find(({ verdict, picture }) => verdict?.verified && picture);
  if (found?.verdict === undefined || found.picture === undefined) return undefined;
  const { followed, elsewhere } = found.verdict;
  const other = elsewhere ? `; at other places it is ${percentage(elsewhere.value, 0)}` : "";
  const sentence = `A verified cue of ${improvement?.subject}: when ${found.id} is exchanged, ${percentage(followed.value, 0)} of the answers become those of the image that it comes from${other}.`;
  return { sentence, picture: found.picture, alt: `Place of ${found.id}`, target: "repair" };
}

type Find = (data: ReportData, model: ModelReport, index: number) => PicturedFinding | undefined;

function cue(data: ReportData, model: ModelReport): PicturedFinding | undefined {
  const [first] = [...salientClasses(model)].sort((a, b) => b.region.share.value - a.region.share.value);
  const mean = model.meanMaps?.find(({ label }) => label === first?.label);
  const [sentence] = edges(data, model);
  if (first === undefined || mean === undefined || sentence === undefined) return undefined;
  const alt = `Mean map of ${model.name} for ${className(data, first.label)}`;
  return { sentence, picture: mean.picture, alt, target: "bias" };
}

function group(_: ReportData, model: ModelReport): PicturedFinding | undefined {
  const [largest] = model.errorGroups ?? [];
  const [sentence] = alike(model);
  if (largest === undefined || sentence === undefined) return undefined;
  return { sentence, picture: largest.picture, alt: `Mean map of errors of ${model.name}`, target: "alike" };
}

function label(data: ReportData, model: ModelReport): PicturedFinding | undefined {
  const [error] = doubtfulErrors(model);
  const [sentence] = labels(model);
  if (error === undefined || sentence === undefined) return undefined;
  const alt = `${imageName(error)}, labelled ${className(data, error.label)}`;
  return { sentence, picture: error.thumbnail ?? error.image, alt, target: "labels" };
}

/** The most confident error of the most frequent confusion. */
function confusion(data: ReportData, model: ModelReport, index: number): PicturedFinding | undefined {
  for (const { label: truth, predicted } of confusedPairs(model.evaluation)) {
    const error = model.errors?.find((each) => each.label === truth && each.predicted === predicted);
    if (error === undefined) continue;
    const [is, said] = [className(data, truth), className(data, predicted)];
    const sentence = `${model.name} takes ${is} for ${said} more often than any other pair; here it is ${probability(error.confidence)} sure, and this is where it looked.`;
    const map = error.maps && error.maps.scale > 0 ? error.maps.predicted : undefined;
    return {
      sentence,
      picture: map ?? error.thumbnail ?? error.image,
      alt: `${map ? `Map for ${said} over ` : ""}${imageName(error)}`,
      target: errorId(index, error.index),
    };
  }
  return undefined;
}

/** The table of kinds, the most telling first; one finding of each. */
const kinds: readonly Find[] = [verified, cue, label, group, confusion];

/** At most three findings of different kinds. */
export function picturedFindings(data: ReportData): PicturedFinding[] {
  const found = kinds.flatMap((find) => {
    for (const [index, model] of data.models.entries()) {
      const finding = find(data, model, index);
      if (finding) return [finding];
    }
    return [];
  });
  return found.slice(0, shown);
}
