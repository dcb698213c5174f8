/** @file Plants a cue that is tied to the label into images: biased data whose truth is known. */

import { badInput } from "../../foundation/check.js";
import { itemNamed } from "../../foundation/error.js";
import { random } from "../../foundation/random.js";
import type { LabelledImages } from "../dataset.js";
import type { Planting } from "./planting.js";
import { movingStamp, stamp, stampOver, twoStamps } from "./stamps.js";
import { greyPatch, stripes, tintedPaper } from "./surfaces.js";

/** All kinds. */
export const plantings: readonly Planting[] = [
  stamp,
  twoStamps,
  movingStamp,
  stampOver,
  stripes,
  tintedPaper,
  greyPatch,
];

export interface PlantOptions {
  /** The kind's name. Default `stamp`. */
  readonly kind?: string;
  /** The share of images that bear the mark of their own class; the others bear another class's at random. Default 0.95. */
  readonly tied?: number;
  /** Default 1. */
  readonly seed?: number | string;
}

export interface Planted {
  readonly images: LabelledImages;
  /** The class whose mark each image bears, [count]. Where that is not its label, the mark misleads. */
  readonly cues: Uint8Array;
}

/**
 * Images with a cue planted into each; those given stay as they are.
 * @param classes number of classes
 * @throws FoveaError `bad-input` for a share that is none, `unknown-name` for a kind that is none
 */
export function plant(images: LabelledImages, classes: number, options: PlantOptions = {}): Planted {
  const { kind = "stamp", tied = 0.95, seed = 1 } = options;
  if (!(tied >= 0 && tied <= 1)) throw badInput("tied", "a share from 0 to 1", tied);
  const planting = itemNamed("planted cue", kind, plantings);
  const source = random(seed).fork(`planted ${kind}`);
  const marked = planting.colour && images.channels === 1 ? coloured(images) : images;
  const { channels, height, width } = marked;
  const pixels = marked.pixels.slice();
  const size = channels * height * width;
  const cues = Uint8Array.from(images.labels, (label) => {
    if (source.uniform() < tied) return label;
    return (label + 1 + source.below(classes - 1)) % classes;
  });
  cues.forEach((cue, i) => {
    planting.mark(pixels.subarray(i * size, (i + 1) * size), [channels, height, width], cue, source);
  });
  return { images: { ...marked, pixels }, cues };
}

/** Every grey three times. */
function coloured(images: LabelledImages): LabelledImages {
  const area = images.height * images.width;
  const pixels = new Uint8Array(3 * images.pixels.length);
  for (let i = 0; i < images.count; i++) {
    const grey = images.pixels.subarray(i * area, (i + 1) * area);
    for (let c = 0; c < 3; c++) pixels.set(grey, (3 * i + c) * area);
  }
  return { ...images, pixels, channels: 3 };
}
