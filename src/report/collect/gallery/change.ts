/** @file What is shown of an image that two models classify differently: the image, and the map of each. */

import { mapOf } from "../../../explain/maps.js";
import { at } from "../../../foundation/present.js";
import { mapPeak } from "../../../image/map/heatmap.js";
import { overlaid, plain } from "../draw.js";
import type { ShownChange, ShownSide } from "./shown.js";
import type { LiveSubject } from "./subject.js";

/** @param after the later of the two models */
export async function showChange(subject: LiveSubject, after: number, index: number): Promise<ShownChange> {
  const { images, models, encode } = subject;
  const { picture } = await images.read(at(models, after - 1).explainer.model, index);
  return {
    image: await plain(picture, encode),
    before: await sideOf(subject, after - 1, index),
    after: await sideOf(subject, after, index),
  };
}

async function sideOf({ models, images, encode }: LiveSubject, model: number, index: number): Promise<ShownSide> {
  const { explainer } = at(models, model);
  const sample = await images.read(explainer.model, index);
  const map = mapOf(await explainer.explain(sample.input), 0);
  const scale = mapPeak(map);
  return { map: await overlaid(sample, map, scale, encode), scale };
}
