/** @file Whether predictions change when a part of an image is exchanged for what images of other classes have there. */

import { mean } from "../../../evaluate/statistics/sums.js";
import type { Explainer } from "../../../explain/options.js";
import { FoveaError } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import { permutation, type Random, random } from "../../../foundation/random.js";
import type { FloatMap } from "../../../image/map/heatmap.js";
import { hottest, type Mask, sharedPlaces, shiftMask } from "../../../image/map/mask.js";
import { resizeMap } from "../../../image/picture/resize.js";
import type { Model } from "../../../model/model.js";
import { preprocessingOf } from "../../../model/preprocessing.js";
import { joined } from "../../../model/run/batches.js";
import { float32, floats, type Tensor } from "../../../onnx/tensor.js";
import type { ReportImages } from "../report-images.js";
import type { Flips } from "./observation.js";
import { predictionsOf } from "./predictions.js";

/** The share of an image that is exchanged. */
export const exchangedShare = 0.2;
/** Donors of each image. */
export const donorsOfImage = 3;
/** Images that donors are taken from: their inputs stay in memory. */
const mostDonors = 24;
/** Places that are tried for the region elsewhere. */
const triedPlaces = 8;

/** The images that parts are exchanged between. */
export type ExchangedImages = Pick<ReportImages, "labels" | "idOf" | "lenders">;

/** An image as a model sees it, that lends its parts to images of other classes. */
interface Donor {
  readonly label: number;
  readonly input: Tensor;
}

/** An image with the map that says which part is exchanged. */
export interface ExchangedImage {
  readonly index: number;
  readonly input: Tensor;
  /** Raw, of the predicted class. */
  readonly map: FloatMap;
  /** The model's class before any exchange. */
  readonly predicted: number;
}

/** Exchanges parts of images of one report. */
export class Exchanges {
  readonly #explainer: Explainer;
  readonly #images: ExchangedImages;
  #donors: Promise<readonly Donor[]> | undefined;

  constructor(explainer: Explainer, images: ExchangedImages) {
    this.#explainer = explainer;
    this.#images = images;
  }

  /** Undefined for an image whose map is blank, and for one without a donor of another class. */
  async flipsOf(image: ExchangedImage): Promise<Flips | undefined> {
    this.#donors ??= readDonors(this.#explainer.model, this.#images);
    const versions = this.#versionsOf(image, await this.#donors);
    if (versions.length === 0) return undefined;
    const predictions = await predictionsOf(this.#explainer, joined(versions));
    const changed = predictions.map((said) => (said === image.predicted ? 0 : 1));
    const half = versions.length / 2;
    return { hottest: mean(changed.slice(0, half)), elsewhere: mean(changed.slice(half)) };
  }

  /** With the hottest part of each donor, then with the part elsewhere of each. */
  #versionsOf({ index, input, map }: ExchangedImage, donors: readonly Donor[]): Tensor[] {
    const { model } = this.#explainer;
    const { width, height } = preprocessingOf(model).preprocessing;
    const mask = hottest(resizeMap(map, width, height), exchangedShare);
    if (!mask.places.includes(1)) return [];
    const chance = random("exchanged").fork(this.#images.idOf(index));
    const others = donors.filter(({ label }) => label !== this.#images.labels[index]);
    const order = permutation(others.length, chance.fork("donors")).slice(0, donorsOfImage);
    const lent = Array.from(order, (i) => at(others, i).input);
    return [mask, placeElsewhere(mask, chance.fork("place"))].flatMap((part) =>
      lent.map((donor) => exchangePart(model, input, donor, part)),
    );
  }
}

/** The first that can be read: one that cannot lends nothing. */
async function readDonors(model: Model, { lenders }: ExchangedImages): Promise<Donor[]> {
  const donors: Donor[] = [];
  for (const lender of lenders) {
    if (donors.length === mostDonors) break;
    try {
      donors.push({ label: lender.label, input: (await lender.read(model)).input });
    } catch (error) {
      if (!(error instanceof FoveaError)) throw error;
    }
  }
  return new Set(donors.map(({ label }) => label)).size < 2 ? [] : donors;
}

/** The same shape where it shares least with the mask, of a few places drawn at random. */
function placeElsewhere(mask: Mask, chance: Random): Mask {
  const tried = Array.from({ length: triedPlaces }, () => {
    const moved = shiftMask(mask, chance.below(mask.width), chance.below(mask.height));
    return { moved, shared: sharedPlaces(mask, moved) };
  });
  return tried.reduce((best, each) => (each.shared < best.shared ? each : best)).moved;
}

/** A model's input of one image with the donor's values in the masked part. @param mask at the input's size */
export function exchangePart(model: Model, input: Tensor, donor: Tensor, { places }: Mask): Tensor {
  const { channels, layout } = preprocessingOf(model).preprocessing;
  const placeOf = (i: number) => (layout === "nhwc" ? Math.floor(i / channels) : i % places.length);
  const lent = floats(donor);
  return float32(
    input.dims,
    floats(input).map((value, i) => (places[placeOf(i)] === 1 ? at(lent, i) : value)),
  );
}
