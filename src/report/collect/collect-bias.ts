/** @file Where a model's evidence lies over all images, and what its predictions hang on. */

import { meanInterval } from "../../evaluate/statistics/mean-interval.js";
import { proportion } from "../../evaluate/statistics/proportion.js";
import { mapOf } from "../../explain/maps.js";
import { type FloatMap, mapPeak, normalizeMap } from "../../image/map/heatmap.js";
import type {
  AstrayImage,
  AstrayReport,
  BiasReport,
  ErrorGroup,
  HidingReport,
  RegionShare,
  RegionsReport,
} from "../report-data.js";
import { type Encode, overlaid, scaled } from "./draw.js";
import { groupMaps, mostGrouped } from "./errors/group-maps.js";
import { drawnMean, meanMapOf } from "./mean-map.js";
import type { EvidenceShares, Share } from "./observe/evidence-shares.js";
import { hiddenShare } from "./observe/observe.js";
import type { ReportImages } from "./report-images.js";
import type { Study } from "./study.js";

/** How many images are shown whose evidence is astray. */
const astrayShown = 12;

/** Undefined where every map of a correctly classified image is blank. */
export async function collectBias(study: Study, images: ReportImages, encode: Encode): Promise<BiasReport | undefined> {
  const { evaluation, labels, predicted, observations } = study;
  const right = observations.flatMap(({ evidence }, index) =>
    evidence && labels[index] === predicted[index] ? [{ index, label: labels[index] as number, evidence }] : [],
  );
  if (right.length === 0) return undefined;
  const classes = [...evaluation.classes.keys()].filter((label) => right.some((each) => each.label === label));
  const regions = [undefined, ...classes].map((label) =>
    regionsReport(
      right.filter((each) => label === undefined || each.label === label).map(({ evidence }) => evidence),
      label,
    ),
  );
  return { regions, astray: await astray(study, right, images, encode), hiding: hiding(study) };
}

function regionsReport(evidence: readonly EvidenceShares[], label: number | undefined): RegionsReport {
  const object = evidence.flatMap((each) => each.object ?? []);
  return {
    ...(label === undefined ? {} : { label }),
    border: regionShare(evidence.map((each) => each.border)),
    corners: regionShare(evidence.map((each) => each.corners)),
    ...(object.length > 0 ? { object: regionShare(object) } : {}),
  };
}

function regionShare(shares: readonly Share[]): RegionShare {
  const even = shares.reduce((sum, share) => sum + share.even, 0) / shares.length;
  return { count: shares.length, share: meanInterval(shares.map(({ share }) => share)), even };
}

interface RightImage {
  readonly index: number;
  readonly label: number;
  readonly evidence: EvidenceShares;
}

/**
 * Images with less evidence on the object than off it, and less than an even map has there; where no boxes are known, with half
 * as much again at the border as an even map has.
 */
async function astray(
  { model, confidence }: Study,
  right: readonly RightImage[],
  images: ReportImages,
  encode: Encode,
): Promise<AstrayReport> {
  const boxed = right.some(({ evidence }) => evidence.object);
  const region = boxed ? "object" : "border";
  const measured = right.flatMap((each) => {
    const share = each.evidence[region];
    return share && share.even > 0 ? [{ ...each, ...share, off: share.share / share.even }] : [];
  });
  const off = measured.filter(({ share, off }) => (boxed ? share < 0.5 && off < 1 : off >= 1.5));
  // Of equals first where an even map would have had most.
  off.sort((a, b) => (boxed ? a.off - b.off : b.off - a.off) || b.even - a.even || a.index - b.index);
  const shown: AstrayImage[] = [];
  for (const { index, label, share, even } of off.slice(0, astrayShown)) {
    const seen = await images.read(model.explainer.model, index);
    const map = mapOf(await model.explainer.explain(seen.input), 0);
    const [scale, name] = [mapPeak(map), images.nameOf(index)];
    const parts = (images.boxesOf(index) ?? []).map((box) =>
      scaled(box, 1 / seen.picture.width, 1 / seen.picture.height),
    );
    shown.push({
      index,
      ...(name === undefined ? {} : { name }),
      ...{ label, confidence: confidence[index] as number, share, even, scale },
      picture: await overlaid(seen, map, scale, encode),
      ...(parts.length > 0 ? { boxes: parts } : {}),
    });
  }
  return { region, images: shown };
}

function hiding({ observations }: Study): HidingReport {
  const flips = observations.flatMap((each) => each.flips ?? []);
  const share = (kind: "hottest" | "elsewhere") => proportion(flips.filter((each) => each[kind]).length, flips.length);
  return { count: flips.length, part: hiddenShare, hottest: share("hottest"), elsewhere: share("elsewhere") };
}

/** Groups that are shown: a pair is none. */
const groupsShown = 6;
const leastMembers = 3;

/** Groups of errors by the maps of what was said: of the `mostGrouped` most confident errors where there are more. */
export async function collectErrorGroups({ evaluation, observations }: Study, encode: Encode): Promise<ErrorGroup[]> {
  const errors = evaluation.errors.slice(0, mostGrouped).map(({ index }) => index);
  const maps = errors.map((index) => observations[index]?.map);
  const groups: ErrorGroup[] = [];
  for (const group of groupMaps(maps.flatMap((map) => map ?? []))) {
    if (group.length < leastMembers || groups.length === groupsShown) break;
    const members = group.map((i) => errors[i] as number);
    const alike = members.flatMap((index) => observations[index] ?? []);
    const mean = meanMapOf(alike.map((each) => ({ ...each, map: normalizeMap(each.map) })));
    if (mean) groups.push({ members, place: placeOf(mean.map), ...(await drawnMean(mean, encode)) });
  }
  return groups;
}

const places = [
  ["at the upper left", "at the top", "at the upper right"],
  ["on the left", "in the middle", "on the right"],
  ["at the lower left", "at the bottom", "at the lower right"],
];

/** The ninth of a map with the most evidence, in words, if it has at least twice its share. */
export function placeOf({ width, height, values }: FloatMap): string {
  const ninths = new Float64Array(9);
  values.forEach((value, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const ninth = 3 * Math.floor((3 * (y + 0.5)) / height) + Math.floor((3 * (x + 0.5)) / width);
    ninths[ninth] = (ninths[ninth] as number) + value;
  });
  const most = Math.max(...ninths);
  const total = ninths.reduce((sum, value) => sum + value, 0);
  return most < (2 / 9) * total ? "all over the image" : (places.flat()[ninths.indexOf(most)] as string);
}
