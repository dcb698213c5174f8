/** @file Makes what every report shows of single images, from the models and the images. */

import { at } from "../../../foundation/present.js";
import { plain } from "../draw.js";
import { showAgreements } from "./agreement.js";
import { showAstray } from "./astray.js";
import { showChange } from "./change.js";
import { showError } from "./error.js";
import { eachShown, type Makers } from "./gallery.js";
import type { LiveSubject } from "./subject.js";

/** Longest side of samples. */
const sampleSide = 160;

export function makersOf(subject: LiveSubject): Makers {
  const { images, models, encode } = subject;
  return {
    sample: (model, indices) =>
      eachShown(indices, async (index) => {
        const { picture } = await images.read(at(models, model).explainer.model, index);
        return plain(picture, encode, sampleSide);
      }),
    error: (model, indices) => eachShown(indices, (index) => showError(subject, model, index)),
    astray: (model, indices) => eachShown(indices, (index) => showAstray(subject, model, index)),
    change: (model, indices) => eachShown(indices, (index) => showChange(subject, model, index)),
    agreement: (model, indices) => showAgreements(subject, model, indices),
  };
}
