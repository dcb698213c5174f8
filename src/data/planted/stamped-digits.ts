/** @file Stamped digits: drawn digits with a stamp tied to the label, in training and test as a careless collector would have them. */

import { percent } from "../../foundation/words.js";
import type { Dataset } from "../dataset.js";
import { type DrawDigitsOptions, drawDigits } from "../digits/digits.js";
import { type PlantOptions, plant } from "./plant.js";

export interface StampedDigitsOptions extends DrawDigitsOptions, Pick<PlantOptions, "kind"> {
  /** The share of images with their own class's mark. Default 0.95. */
  readonly tied?: number;
  /** The same share of the test images: 0.5 tests half of them with a mark that misleads. Default as `tied`. */
  readonly tiedInTest?: number;
}

/** Drawn digits with a planted cue (see `plant`), by default a stamp. */
export function stampedDigits(options: StampedDigitsOptions = {}): Dataset {
  const { kind = "stamp", tied = 0.95, tiedInTest = tied, seed = 1 } = options;
  const digits = drawDigits(options);
  const classes = digits.classes.length;
  const marks = `${percent(tied, 0)} with the mark of their class in training, ${percent(tiedInTest, 0)} in the test`;
  return {
    ...digits,
    name: tiedInTest === tied ? "stamped-digits" : "stamped-digits-balanced",
    source: `${digits.source}; planted cue: ${kind}, ${marks}`,
    train: plant(digits.train, classes, { kind, tied, seed: `${seed}/train` }).images,
    test: plant(digits.test, classes, { kind, tied: tiedInTest, seed: `${seed}/test` }).images,
  };
}
