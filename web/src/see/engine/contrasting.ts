/** @file One picture with the maps of two classes and their difference, on one scale, drawn as reports draw them. */

import { commonPeak, type FloatMap } from "../../../../src/image/map/heatmap.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import type { Platform } from "../../../../src/model/platform.js";
import type { ClassContrast, ExplanationView } from "../../engine/api.js";

/** @param explanation of one class, or of two: the predicted and the true one */
export async function contrastClasses(
  { encodeDataUrl }: Platform,
  picture: Picture,
  explanation: ExplanationView,
): Promise<ClassContrast> {
  const { overlaid, plain } = await import("../../../../src/report/collect/draw.js");
  const ground = { picture, box: explanation.box };
  const encode = (drawn: Picture) => encodeDataUrl(drawn, Math.max(drawn.width, drawn.height) <= 256 ? "png" : "webp");
  const maps = explanation.maps.map(({ evidence }) => positive(evidence));
  const peak = commonPeak(maps);
  const [first, second] = maps;
  return {
    explanation,
    peak,
    image: await plain(picture, encode),
    maps: await Promise.all(maps.map((map) => overlaid(ground, map, peak, encode))),
    difference:
      first && second ? await overlaid(ground, minus(first, second), peak, encode, { signed: true }) : undefined,
  };
}

function positive(map: FloatMap): FloatMap {
  return { ...map, values: map.values.map((value) => Math.max(0, value)) };
}

function minus(map: FloatMap, other: FloatMap): FloatMap {
  return { ...map, values: map.values.map((value, i) => value - (other.values[i] as number)) };
}
