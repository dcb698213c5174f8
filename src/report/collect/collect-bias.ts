/** @file Collects where a model's evidence lies over all images, and which exchanged parts change its predictions. */

import { meanInterval } from "../../evaluate/statistics/mean-interval.js";
import { proportion } from "../../evaluate/statistics/proportion.js";
import { signFlip } from "../../evaluate/statistics/sign-flip.js";
import { mapOf } from "../../explain/maps.js";
import { at } from "../../foundation/present.js";
import { mapPeak } from "../../image/map/heatmap.js";
import type {
  AstrayImage,
  AstrayReport,
  BiasReport,
  ExchangeReport,
  RegionShare,
  RegionsReport,
} from "../report-data.js";
import { type Encode, overlaid, scaled } from "./draw.js";
import type { EvidenceShares, Share } from "./observe/evidence-shares.js";
import { donorsOfImage, exchangedShare, type Flips } from "./observe/exchange.js";
import type { ReportImages } from "./report-images.js";
import type { Study } from "./study.js";

/** How many images are shown whose evidence is astray. */
const astrayShown = 12;

/** Undefined where every map of a correctly classified image is blank. */
export async function collectBias(study: Study, images: ReportImages, encode: Encode): Promise<BiasReport | undefined> {
  const { evaluation, labels, predicted, observations } = study;
  const right = observations.flatMap(({ evidence }, index) =>
    evidence && labels[index] === predicted[index] ? [{ index, label: at(labels, index), evidence }] : [],
  );
  if (right.length === 0) return undefined;
  const classes = [...evaluation.classes.keys()].filter((label) => right.some((each) => each.label === label));
  const regions = [undefined, ...classes].map((label) =>
    regionsReport(
      right.filter((each) => label === undefined || each.label === label).map(({ evidence }) => evidence),
      label,
    ),
  );
  return { regions, astray: await astray(study, right, images, encode), exchange: exchange(study) };
}

function regionsReport(evidence: readonly EvidenceShares[], label: number | undefined): RegionsReport {
  const object = evidence.flatMap((each) => each.object ?? []);
  return {
    ...(label === undefined ? {} : { label }),
    border: regionShare(evidence.map((each) => each.border)),
    corners: regionShare(evidence.map((each) => each.corners)),
    ...(object.length > 0 ? { object: regionShare(object) } : {}),
    half: regionShare(evidence.map((each) => each.half)),
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
 * Images with less evidence on the object than off it, and less than a uniform map has there; where no boxes are known, with half
 * as much again at the border as a uniform map has.
 */
async function astray(
  { model, confidence }: Study,
  right: readonly RightImage[],
  images: ReportImages,
  encode: Encode,
): Promise<AstrayReport> {
  const boxed = right.some(({ evidence }) => evidence.object);
  const region = boxed ? "object" : "border";
  const shares = right.flatMap((each) => {
    const share = each.evidence[region];
    return share && share.even > 0 ? [{ ...each, ...share, off: share.share / share.even }] : [];
  });
  const off = shares.filter(({ share, off }) => (boxed ? share < 0.5 && off < 1 : off >= 1.5));
  // Of equals first where a uniform map would have had most.
  off.sort((a, b) => (boxed ? a.off - b.off : b.off - a.off) || b.even - a.even || a.index - b.index);
  const examples: AstrayImage[] = [];
  for (const { index, label, share, even } of off.slice(0, astrayShown)) {
    const sample = await images.read(model.explainer.model, index);
    const map = mapOf(await (model.acting ?? model.explainer).explain(sample.input), 0);
    const [scale, name] = [mapPeak(map), images.nameOf(index)];
    const parts = (images.boxesOf(index) ?? []).map((box) =>
      scaled(box, 1 / sample.picture.width, 1 / sample.picture.height),
    );
    examples.push({
      index,
      ...(name === undefined ? {} : { name }),
      ...{ label, confidence: at(confidence, index), share, even, scale },
      picture: await overlaid(sample, map, scale, encode),
      ...(parts.length > 0 ? { boxes: parts } : {}),
    });
  }
  return { region, images: examples };
}

/** Images are the trials of the intervals, however many donors each had: those of one image are no independent trials. */
function exchange({ observations }: Study): ExchangeReport {
  const flips = observations.flatMap((each) => each.flips ?? []);
  const share = (kind: keyof Flips) =>
    proportion(
      flips.reduce((sum, each) => sum + each[kind], 0),
      flips.length,
    );
  return {
    count: flips.length,
    part: exchangedShare,
    donors: donorsOfImage,
    hottest: share("hottest"),
    elsewhere: share("elsewhere"),
    pValue: signFlip(flips.map(({ hottest, elsewhere }) => hottest - elsewhere)),
  };
}
