/** @file What an image says of how far maps can be trusted. */

import { pairsOfClasses } from "../../../evaluate/sanity/class-sensitivity.js";
import type { TrustStudy } from "../../../evaluate/studies/trust-study.js";
import type { Explainer } from "../../../explain/options.js";
import { FoveaError } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import type { ReportImages } from "../report-images.js";
import type { ShownTrust } from "./shown.js";

/** How many images the maps of several classes are compared on. */
const classesOn = 10;

export async function showTrust(
  explainer: Explainer,
  study: TrustStudy,
  images: ReportImages,
  index: number,
): Promise<ShownTrust> {
  try {
    const name = images.idOf(index);
    const { input: image } = await images.read(explainer.model, index);
    const measurement = await study.measure({ name, image });
    if (at(images.ranks, index) >= classesOn) return { measurement };
    return { measurement, pairs: await pairsOfClasses(explainer, image, { seed: `1/${name}`, others: 3 }) };
  } catch (error) {
    if (error instanceof FoveaError) return null;
    throw error;
  }
}
