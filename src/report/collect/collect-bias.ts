/** @file Collects where a model's evidence lies over all images, and which exchanged parts change its predictions. */

import { meanInterval } from "../../evaluate/statistics/mean-interval.js";
import { proportion } from "../../evaluate/statistics/proportion.js";
import { signFlip } from "../../evaluate/statistics/sign-flip.js";
import { at } from "../../foundation/present.js";
import type {
  AstrayImage,
  AstrayReport,
  BiasReport,
  ExchangeReport,
  RegionShare,
  RegionsReport,
} from "../report-data.js";
import type { Gallery } from "./gallery/gallery.js";
import type { GatheredImages } from "./gather/gathered.js";
import { likelyAmong } from "./likely.js";
import { donorsOfImage, exchangedShare } from "./observe/exchange.js";
import type { EvidenceShares, Flips } from "./observe/observation.js";
import type { Study } from "./study.js";

/** How many images are shown whose evidence is astray. */
const astrayShown = 12;

/** Undefined where every map of a correctly classified image is blank. @param model its position */
export async function collectBias(
  study: Study,
  model: number,
  images: GatheredImages,
  gallery: Gallery,
): Promise<BiasReport | undefined> {
  const { evaluation, labels, predicted } = study;
  const { rows } = study.model;
  const right = new Map<number, RightImages>();
  const all = new RightImages();
  for (let index = 0; index < rows.count; index++) {
    const { evidence } = rows.at(index);
    const label = at(labels, index);
    if (evidence === undefined || label !== predicted[index]) continue;
    const ofLabel = right.get(label) ?? new RightImages();
    right.set(label, ofLabel);
    ofLabel.add(evidence);
    all.add(evidence, index);
  }
  if (all.count === 0) return undefined;
  const classes = [...evaluation.classes.keys()].flatMap((label) => {
    const ofLabel = right.get(label);
    return ofLabel ? [regionsReport(ofLabel, label)] : [];
  });
  return {
    regions: [regionsReport(all, undefined), ...classes],
    astray: await astray(study, all, { model, images, gallery }),
    exchange: exchange(study),
  };
}

/** The evidence of images that were classified rightly, in columns. */
class RightImages {
  readonly border: Column = { shares: [], evens: [], indices: [] };
  readonly corners: Column = { shares: [], evens: [], indices: [] };
  readonly object: Column = { shares: [], evens: [], indices: [] };
  readonly half: Column = { shares: [], evens: [], indices: [] };

  get count(): number {
    return this.half.shares.length;
  }

  add(evidence: EvidenceShares, index = -1): void {
    for (const region of ["border", "corners", "object", "half"] as const) {
      const share = evidence[region];
      if (share === undefined) continue;
      this[region].shares.push(share.share);
      this[region].evens.push(share.even);
      this[region].indices.push(index);
    }
  }
}

interface Column {
  readonly shares: number[];
  readonly evens: number[];
  readonly indices: number[];
}

function regionsReport({ border, corners, object, half }: RightImages, label: number | undefined): RegionsReport {
  return {
    ...(label === undefined ? {} : { label }),
    border: regionShare(border),
    corners: regionShare(corners),
    ...(object.shares.length > 0 ? { object: regionShare(object) } : {}),
    half: regionShare(half),
  };
}

function regionShare({ shares, evens }: Column): RegionShare {
  const even = evens.reduce((sum, each) => sum + each, 0) / evens.length;
  return { count: shares.length, share: meanInterval(shares), even };
}

/** Where pictures of a model come from. */
interface Shown {
  readonly model: number;
  readonly images: GatheredImages;
  readonly gallery: Gallery;
}

/** The region by which evidence is astray, in a column of images. @param boxed whether the region is the object */
function offColumn({ shares, evens, indices }: Column, boxed: boolean, most: number) {
  const off = shares.flatMap((share, i) => {
    const [even, index] = [at(evens, i), at(indices, i)];
    const ratio = share / even;
    const isOff = even > 0 && (boxed ? share < 0.5 && ratio < 1 : ratio >= 1.5);
    return isOff ? [{ index, share, even, off: ratio }] : [];
  });
  // Of equals first where a uniform map would have had most.
  off.sort((a, b) => (boxed ? a.off - b.off : b.off - a.off) || b.even - a.even || a.index - b.index);
  return off.slice(0, most);
}

/**
 * Images with less evidence on the object than off it, and less than a uniform map has there; where no boxes are known, with half
 * as much again at the border as a uniform map has. A part of a dataset may have no boxes where others do: both are shown.
 */
async function astray(
  { confidence, labels }: Study,
  right: RightImages,
  { model, images, gallery }: Shown,
): Promise<AstrayReport> {
  const boxed = right.object.shares.length > 0;
  const region = boxed ? "object" : "border";
  const most = likelyAmong(astrayShown, images.share);
  const off = offColumn(right[region], boxed, most);
  const shown = await gallery.get(
    "astray",
    model,
    off.map(({ index }) => index),
  );
  if (images.isPart && boxed)
    await gallery.get(
      "astray",
      model,
      offColumn(right.border, false, most).map(({ index }) => index),
    );
  const examples = off.map(({ index, share, even }, i): AstrayImage => {
    const { scale, picture, boxes } = at(shown, i);
    const name = images.nameOf(index);
    return {
      index,
      ...(name === undefined ? {} : { name }),
      ...{ label: at(labels, index), confidence: at(confidence, index), share, even, scale, picture },
      ...(boxes ? { boxes } : {}),
    };
  });
  return { region, images: examples };
}

/** Images are the trials of the intervals, however many donors each had: those of one image are no independent trials. */
function exchange({ model: { rows } }: Study): ExchangeReport {
  const flips: Flips[] = [];
  for (let index = 0; index < rows.count; index++) {
    const { flips: found } = rows.at(index);
    if (found) flips.push(found);
  }
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
