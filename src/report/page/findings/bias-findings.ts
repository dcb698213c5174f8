/** @file Sentences on bias, from where the maps' evidence lies. */

import { count, counted, list } from "../../../foundation/words.js";
import { mostGrouped } from "../../collect/errors/group-maps.js";
import type {
  BiasReport,
  ErrorReport,
  ExchangeReport,
  ModelReport,
  RegionShare,
  ReportData,
} from "../../report-data.js";
import { fixed, percentage } from "../format.js";
import { className, doubtfulErrors } from "../parts.js";

/** A sentence for each finding on where a model looks. */
export function biasFindings(data: ReportData, model: ModelReport): string[] {
  const { bias } = model;
  return [
    ...(bias
      ? [...onObjects(data, model, bias), ...spread(model, bias), ...edges(data, model), ...exchanged(model, bias)]
      : []),
    ...alike(model),
    ...labels(model),
  ];
}

/** More classes than this are told of together. */
const namedClasses = 3;

function onObjects(data: ReportData, { name, evaluation }: ModelReport, { regions }: BiasReport): string[] {
  const classes = regions.filter(({ label, object }) => label !== undefined && object);
  const shares = classes.length > 0 && evaluation.classes.length <= namedClasses ? classes : regions.slice(0, 1);
  const objectShares = shares.flatMap(({ label, object }) => (object ? [{ label, ...object }] : []));
  return objectShares.map(({ label, share, even }) => {
    const what = label === undefined ? `${name}’s evidence` : `the evidence for ${className(data, label)}`;
    const by = data.models.length > 1 && label !== undefined ? `With ${name}, ` : "";
    const boxes = label === undefined ? "the objects’ boxes" : "its boxes";
    return `${by}${percentage(share.value, 0)} of ${what} lies inside ${boxes}; a uniform map would have ${percentage(even, 0)}.`;
  });
}

/** What no map of places can tell, whatever it shows. */
const mapsCannotShow =
  "That is no proof that there is no cue: maps cannot show one without a place, such as a tint, a texture, blur, or something that is missing (Adebayo et al., 2022).";

/** From which part of a uniform map's spread on maps say little about places. */
const spreadOut = 0.8;

/** A warning where maps are nearly as spread as a uniform one. */
function spread({ name }: ModelReport, { regions: [all] }: BiasReport): string[] {
  const half = all?.half;
  if (half === undefined || half.share.value < spreadOut * half.even) return [];
  const { share, even } = half;
  return [
    `${name}’s maps are nearly as spread as a uniform one: half of their evidence takes ${percentage(share.value, 0)} of the image, where a uniform map takes ${percentage(even, 0)}. Where it lies tells little then; ask what else the images differ in.`,
  ];
}

/** A class whose evidence an edge of the images draws. */
export interface SalientClass {
  readonly label: number;
  readonly where: "the corners" | "the border";
  readonly region: RegionShare;
}

/** Classes of which the border or the corners draw a tenth or more, the whole interval above a uniform map, and half as much again. */
export function salientClasses({ bias }: ModelReport): SalientClass[] {
  const isSalient = ({ count, share, even }: RegionShare) =>
    count > 1 && share.low > even && share.value >= Math.max(0.1, 1.5 * even);
  return (bias?.regions ?? []).flatMap(({ label, border, corners }): SalientClass[] => {
    if (label === undefined) return [];
    if (isSalient(corners)) return [{ label, where: "the corners", region: corners }];
    return isSalient(border) ? [{ label, where: "the border", region: border }] : [];
  });
}

/** Where edges were looked at, and nothing was there. */
export function noEdges(model: ModelReport): string[] {
  if (model.bias === undefined || salientClasses(model).length > 0) return [];
  return [
    `Border and corners were looked at, and no class draws much more of ${model.name}’s evidence from there than a uniform map would. ${mapsCannotShow}`,
  ];
}

export function edges(data: ReportData, model: ModelReport): string[] {
  const { name } = model;
  const phrases = salientClasses(model).map(
    ({ label, where, region }) =>
      `${percentage(region.share.value, 0)} of the evidence for ${className(data, label)} lies in ${where} (a uniform map would have ${percentage(region.even, 0)})`,
  );
  if (phrases.length === 0) return [];
  const more =
    phrases.length > namedClasses
      ? `, and likewise ${counted(phrases.length - namedClasses, "more class", "more classes")}`
      : "";
  return [`A cue beside the object? With ${name}, ${list(phrases.slice(0, namedClasses))}${more}.`];
}

function exchanged({ name }: ModelReport, { exchange }: BiasReport): string[] {
  if (exchange === undefined || exchange.count === 0) return [];
  const { part, hottest, elsewhere } = exchange;
  return [
    `Exchanging the hottest ${percentage(part, 0)} of the image for what other classes have there changes ${percentage(hottest.value, 0)} of ${name}’s predictions; elsewhere, in the same shape, ${percentage(elsewhere.value, 0)}. ${exchangeVerdict(exchange)}.`,
  ];
}

/** What an exchange says of the maps, without a stop. */
export function exchangeVerdict({ hottest, elsewhere, pValue }: ExchangeReport): string {
  if (pValue >= 0.05) return "The difference may be chance";
  return hottest.value > elsewhere.value
    ? "What decides is more often where the map is hottest"
    : "What decides is more often elsewhere: these maps mislead";
}

export function alike({ name, evaluation, errorGroups = [] }: ModelReport): string[] {
  const [largest] = errorGroups;
  if (largest === undefined) return [];
  const members = errorGroups.reduce((sum, group) => sum + group.members.length, 0);
  const errors = evaluation.errors.length;
  const compared = errors > mostGrouped ? `${count(mostGrouped)} most confident errors` : counted(errors, "error");
  const all = `${count(members)} of ${name}’s ${compared}`;
  const where = `with their evidence ${largest.place}`;
  return errorGroups.length === 1
    ? [`${all} look alike: ${where}.`]
    : [
        `${all} fall into ${count(errorGroups.length)} groups that look alike; the largest is ${count(largest.members.length)} ${where}.`,
      ];
}

export function labels(model: ModelReport): string[] {
  const doubtful = doubtfulErrors(model);
  if (doubtful.length === 0) return [];
  const doubted = model.confidence?.doubted;
  const chance = doubted
    ? ` In all it contradicts ${count(doubted.found)} with confidence, and would about ${fixed(doubted.expected, doubted.expected < 10 ? 1 : 0)} if all labels were right.`
    : "";
  return [
    `${counted(doubtful.length, "label")} may be wrong: ${model.name} contradicts ${doubtful.length === 1 ? "it" : "them"} with confidence, whichever way the image is shifted.${chance}${cueBehind(model, doubtful)}`,
  ];
}

/** Labels that one group of errors holds most of are rather a cue that misleads. */
function cueBehind({ errorGroups = [] }: ModelReport, doubtful: readonly ErrorReport[]): string {
  const [largest] = errorGroups;
  const together = doubtful.filter(({ index }) => largest?.members.includes(index)).length;
  if (largest === undefined || together < 3 || 2 * together <= doubtful.length) return "";
  return ` But ${count(together)} of them look alike, with their evidence ${largest.place}: rather a cue that misleads the model than wrong labels.`;
}
