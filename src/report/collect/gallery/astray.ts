/** @file What is shown of an image whose evidence lies elsewhere than it should: its map, and the boxes of the object. */

import { mapOf } from "../../../explain/maps.js";
import { at } from "../../../foundation/present.js";
import { mapPeak } from "../../../image/map/heatmap.js";
import { overlaid, scaled } from "../draw.js";
import type { ShownAstray } from "./shown.js";
import type { LiveSubject } from "./subject.js";

export async function showAstray(subject: LiveSubject, model: number, index: number): Promise<ShownAstray> {
  const { images, encode } = subject;
  const { explainer, acting = explainer } = at(subject.models, model);
  const sample = await images.read(explainer.model, index);
  const map = mapOf(await acting.explain(sample.input), 0);
  const scale = mapPeak(map);
  const { width, height } = sample.picture;
  const parts = (images.boxesOf(index) ?? []).map((box) => scaled(box, 1 / width, 1 / height));
  return {
    scale,
    picture: await overlaid(sample, map, scale, encode),
    ...(parts.length > 0 ? { boxes: parts } : {}),
  };
}
