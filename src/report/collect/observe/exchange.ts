/** @file Whether predictions change when a part of an image is exchanged for what images of other classes have there. */

import { mean } from "../../../evaluate/statistics/sums.js";
import type { Explainer } from "../../../explain/options.js";
import { FoveaError } from "../../../foundation/error.js";
import { groupBy } from "../../../foundation/group-by.js";
import { at } from "../../../foundation/present.js";
import { permutation, type Random, random } from "../../../foundation/random.js";
import type { FloatMap } from "../../../image/map/heatmap.js";
import { hottest, type Mask, sharedPlaces, shiftMask } from "../../../image/map/mask.js";
import { resizeMap } from "../../../image/picture/resize.js";
import type { Model } from "../../../model/model.js";
import { preprocessingOf } from "../../../model/preprocessing.js";
import { joined } from "../../../model/run/batches.js";
import { float32, floats, type Tensor } from "../../../onnx/tensor.js";
import { predictionsOf } from "./predictions.js";

/** Of the exchanges of an image with several donors, the share that changes the prediction, 0 to 1. */
export interface Flips {
  /** Where the map is hottest. */
  readonly hottest: number;
  /** In a region of the same shape elsewhere. */
  readonly elsewhere: number;
}

/** The share of an image that is exchanged. */
export const exchangedShare = 0.2;
/** Donors of each image. */
export const donorsOfImage = 3;
/** Images that donors are taken from: their inputs stay in memory. */
const mostDonors = 24;
/** Places that are tried for the region elsewhere. */
const triedPlaces = 8;

/** The images that parts are exchanged between. */
interface LabelledInputs {
  readonly count: number;
  readonly labels: ArrayLike<number>;
  /** @throws FoveaError for an image that cannot be read */
  read(model: Model, index: number): Promise<{ readonly input: Tensor }>;
}

/** An image as a model sees it, that lends its parts to images of other classes. */
interface Donor {
  readonly index: number;
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
  readonly #images: LabelledInputs;
  #donors: Promise<readonly Donor[]> | undefined;

  constructor(explainer: Explainer, images: LabelledInputs) {
    this.#explainer = explainer;
    this.#images = images;
  }

  /** By index; nothing for images whose map is blank, and for those without a donor of another class. */
  async flipsOf(group: readonly ExchangedImage[]): Promise<Map<number, Flips>> {
    this.#donors ??= readDonors(this.#explainer.model, this.#images);
    const donors = await this.#donors;
    const tried = group.flatMap((image) => {
      const versions = this.#versionsOf(image, donors);
      return versions.length > 0 ? [{ ...image, versions }] : [];
    });
    if (tried.length === 0) return new Map();
    const predictions = await predictionsOf(this.#explainer, joined(tried.flatMap(({ versions }) => versions)));
    let from = 0;
    const flips = new Map<number, Flips>();
    for (const { index, predicted, versions } of tried) {
      const changed = predictions.slice(from, from + versions.length).map((said) => (said === predicted ? 0 : 1));
      from += versions.length;
      const half = versions.length / 2;
      flips.set(index, { hottest: mean(changed.slice(0, half)), elsewhere: mean(changed.slice(half)) });
    }
    return flips;
  }

  /** With the hottest part of each donor, then with the part elsewhere of each. */
  #versionsOf({ index, input, map }: ExchangedImage, donors: readonly Donor[]): Tensor[] {
    const { model } = this.#explainer;
    const { width, height } = preprocessingOf(model).preprocessing;
    const mask = hottest(resizeMap(map, width, height), exchangedShare);
    if (!mask.places.includes(1)) return [];
    const chance = random("exchanged").fork(index);
    const others = donors.filter(({ label }) => label !== this.#images.labels[index]);
    const order = permutation(others.length, chance.fork("donors")).slice(0, donorsOfImage);
    const lent = Array.from(order, (i) => at(others, i).input);
    return [mask, placeElsewhere(mask, chance.fork("place"))].flatMap((part) =>
      lent.map((donor) => exchangePart(model, input, donor, part)),
    );
  }
}

/** A few images of each class, evenly among all, as many of one as of another. An image that cannot be read lends nothing. */
async function readDonors(model: Model, images: LabelledInputs): Promise<Donor[]> {
  const indices = Array.from({ length: images.count }, (_, i) => i);
  const classes = groupBy(indices, (i) => at(images.labels, i));
  if (classes.size < 2) return [];
  const order = random("donors");
  const queues = [...classes.values()].map((members) =>
    Array.from(permutation(members.length, order), (i) => at(members, i)),
  );
  const donors: Donor[] = [];
  for (let round = 0; queues.some((queue) => queue.length > round); round++) {
    for (const queue of queues) {
      const index = queue[round];
      if (index === undefined) continue;
      if (donors.length === mostDonors) return donors;
      const input = await inputOf(model, images, index);
      if (input) donors.push({ index, label: at(images.labels, index), input });
    }
  }
  return donors;
}

async function inputOf(model: Model, images: LabelledInputs, index: number): Promise<Tensor | undefined> {
  try {
    return (await images.read(model, index)).input;
  } catch (error) {
    if (error instanceof FoveaError) return undefined;
    throw error;
  }
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
