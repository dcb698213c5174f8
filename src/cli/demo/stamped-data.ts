/** @file Digits with a stamp that gives their class away, and digits on which it misleads. */

import type { Dataset } from "../../data/dataset.js";
import { stampedDigits } from "../../data/planted/stamped-digits.js";

/** Share of the images with their own class's stamp. With many fewer a network learns the digits as well, and goes by the stamp less. */
const tied = 0.99;
/** The same of the sealed images: the stamp says next to nothing there. */
const tiedInSealed = 0.5;

export interface StampedData {
  /** As a careless collector has them: the test images are as biased as those to learn from. */
  readonly biased: Dataset;
  /** The same images to learn from; other test images, half of them with a stamp that misleads. */
  readonly sealed: Dataset;
}

/** @param images to learn from, and a quarter as many in either test */
export function stampedData(seed: number, images: number): StampedData {
  const test = Math.round(images / 4);
  const biased = stampedDigits({ seed, train: images, test, tied });
  const other = stampedDigits({ seed: `${seed}/sealed`, train: 0, test, tied, tiedInTest: tiedInSealed });
  const { classes, train, source } = biased;
  return {
    biased,
    sealed: {
      name: other.name,
      source: `${source}; sealed: others, half with a misleading stamp`,
      classes,
      train,
      test: other.test,
    },
  };
}
