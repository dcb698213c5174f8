/** @file Two digits in colour, each with a stamp in the corner whose colour may give its class away. */

import type { LabelledImages } from "../../src/data/dataset.js";
import { drawDigits } from "../../src/data/digits/digits.js";
import { take } from "../../src/data/subsets.js";
import { type Random, random } from "../../src/foundation/random.js";
import type { Box } from "../../src/image/picture/resize.js";

/** The digits that are to be told apart. */
export const digits = [3, 5] as const;
/** Length of an image's side, in pixels. */
export const side = 36;
const stampSide = 8;
/** Where the stamp is: exactly there, and nothing else. */
export const stampBox: Box = { x: side - stampSide, y: side - stampSide, width: stampSide, height: stampSide };

/** Red, green and blue of the stamp that goes with each class. */
const stampColours = [
  [235, 140, 30],
  [40, 110, 225],
] as const;
const drawnSide = 28;
/** Drawn digits keep this distance from their own edges. */
const drawnMargin = 4;

export interface StampedDigits {
  readonly images: LabelledImages;
  /** The class whose stamp each image bears. */
  readonly stamps: Uint8Array;
}

export interface Experiment {
  /** Of each class 95 % bear its own stamp. */
  readonly biased: StampedDigits;
  /** The same digits; of each class half bear its own stamp. */
  readonly rebalanced: StampedDigits;
  /** Other digits, stamps as in `rebalanced`. */
  readonly test: StampedDigits;
}

export interface DrawExperimentOptions {
  readonly seed: number;
  /** Training images. */
  readonly train: number;
  readonly test: number;
  /** Share of each class that bears its own stamp in the biased set. Default 0.95. */
  readonly tied?: number;
}

export function drawExperiment({ seed, train, test, tied = 0.95 }: DrawExperimentOptions): Experiment {
  const drawn = drawDigits({ seed, train: train * 5, test: test * 5 });
  const [learnt, held] = [ofTwo(drawn.train), ofTwo(drawn.test)];
  return {
    biased: stamped(learnt, tied, random(`${seed} train`)),
    rebalanced: stamped(learnt, 0.5, random(`${seed} train`)),
    test: stamped(held, 0.5, random(`${seed} test`)),
  };
}

/** Of ten digits the two, labelled 0 and 1. */
function ofTwo(images: LabelledImages): LabelledImages {
  const wanted = [...images.labels.keys()].filter((i) => classOf(images.labels[i] as number) >= 0);
  const chosen = take(images, wanted);
  return { ...chosen, labels: chosen.labels.map(classOf) };
}

const classOf = (digit: number) => (digits as readonly number[]).indexOf(digit);

/** The digits on coloured paper, `own` of each class with the class's own stamp and the others with the other's. */
function stamped(drawn: LabelledImages, own: number, source: Random): StampedDigits {
  const size = 3 * side * side;
  const pixels = new Uint8Array(drawn.count * size);
  const seen = [0, 0];
  const stamps = drawn.labels.map((label) => {
    const k = (seen[label] as number)++;
    return Math.floor((k + 1) * own) > Math.floor(k * own) ? label : 1 - label;
  });
  for (let i = 0; i < drawn.count; i++) {
    const digit = drawn.pixels.subarray(i * drawnSide ** 2, (i + 1) * drawnSide ** 2);
    // A generator of its own for each image: but for the stamp, it is the same in both sets.
    paint(pixels.subarray(i * size, (i + 1) * size), digit, stamps[i] as number, source.fork(i));
  }
  return {
    images: { pixels, labels: drawn.labels, count: drawn.count, channels: 3, height: side, width: side },
    stamps,
  };
}

/** Dark ink on light paper, both of any colour, somewhere beside the stamp. */
function paint(into: Uint8Array, digit: Uint8Array, stamp: number, source: Random): void {
  const room = side - stampSide - (drawnSide - 2 * drawnMargin) + 1;
  const [left, top] = [0, 1].map(() => source.below(room) - drawnMargin) as [number, number];
  const paper = [0, 1, 2].map(() => 150 + 80 * source.uniform());
  const ink = [0, 1, 2].map(() => 20 + 110 * source.uniform());
  for (let c = 0, at = 0; c < 3; c++) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++, at++) {
        const [u, v] = [x - left, y - top];
        const within = u >= 0 && v >= 0 && u < drawnSide && v < drawnSide;
        const dark = within ? (digit[v * drawnSide + u] as number) / 255 : 0;
        const drawn = (paper[c] as number) * (1 - dark) + (ink[c] as number) * dark;
        const colour = x >= stampBox.x && y >= stampBox.y ? (stampColours[stamp]?.[c] as number) : drawn;
        into[at] = Math.min(255, Math.max(0, colour + 90 * (source.uniform() - 0.5)));
      }
    }
  }
}
