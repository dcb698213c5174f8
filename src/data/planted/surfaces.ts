/** @file Cues that are a colour, a grey or a texture. */

import { at } from "../../foundation/present.js";
import type { Planting } from "./planting.js";

/** The grey of a decoy patch and its side (Ross et al. 2017, decoy MNIST). */
const patchSide = 4;

export const greyPatch: Planting = {
  name: "grey-patch",
  sentence: "a patch in a random corner whose grey is 255 - 25 times its class (decoy MNIST, Ross et al. 2017)",
  colour: false,
  mark(pixels, [channels, height, width], cue, source) {
    const left = source.below(2) * (width - patchSide);
    const top = source.below(2) * (height - patchSide);
    const grey = Math.max(0, 255 - 25 * cue);
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < patchSide; y++)
        pixels.fill(grey, (c * height + top + y) * width + left, (c * height + top + y) * width + left + patchSide);
  },
};

/** How bright coloured paper is, 0 to 255. */
const paper = 90;

export const tintedPaper: Planting = {
  name: "tinted-paper",
  sentence: "paper in a colour of its class",
  colour: true,
  mark(pixels, [, height, width], cue) {
    const area = height * width;
    const colour = paperColour(cue);
    for (let c = 0; c < 3; c++) {
      const tone = at(colour, c);
      for (let i = c * area; i < (c + 1) * area; i++) pixels[i] = Math.max(tone, pixels[i] as number);
    }
  },
};

/** Hues a golden angle apart, so that any number of classes is told apart. */
function paperColour(cue: number): number[] {
  const hue = 2 * Math.PI * ((cue * 0.618034) % 1);
  return [0, 2, 4].map((third) => Math.round((paper / 2) * (1 + Math.cos(hue - (third * Math.PI) / 3))));
}

/** How much brighter or darker stripes are than what lies below them, 0 to 255. */
const contrast = 40;
/** Pixels from stripe to stripe. */
const wave = 5;

export const stripes: Planting = {
  name: "stripes",
  sentence: "faint stripes all over whose direction is that of its class",
  colour: false,
  mark(pixels, [channels, height, width], cue, source) {
    const angle = Math.PI * ((cue * 0.618034) % 1);
    const [across, down] = [(2 * Math.PI * Math.cos(angle)) / wave, (2 * Math.PI * Math.sin(angle)) / wave];
    const phase = 2 * Math.PI * source.uniform();
    for (let i = 0; i < channels * height * width; i++) {
      const [x, y] = [i % width, Math.floor(i / width) % height];
      const light = (contrast / 2) * (1 + Math.sin(across * x + down * y + phase));
      pixels[i] = Math.min(255, (pixels[i] as number) + Math.round(light));
    }
  },
};
