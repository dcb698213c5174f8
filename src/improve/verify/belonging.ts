/**
 * @file Whether what stands in a region goes with the label or with the rest of the image. A stamp has nothing to do with the rest of its
 * image once the label is known; a part of an object continues outside the region.
 */

import { at } from "../../foundation/present.js";
import { random } from "../../foundation/random.js";
import type { Mask } from "../../image/map/mask.js";
import { contentOf } from "../discover/regions.js";
import type { Images } from "./exchanges.js";
import { crossFitted } from "./ridge.js";

/** Parts of the images: each is judged by what the others teach. */
const folds = 5;

/**
 * The share of what the region says of the label that the rest of the image knows beforehand, 0 to 1. The region's content is read as
 * scores of the classes (ridge regression, cross-fitted). Their variance between classes is what goes with the label. Of their variance
 * within classes, the part that the rest of the image foretells (cross-fitted again) is what goes with the rest:
 * rest / (rest + label). 1 where the content says nothing of the label.
 */
export function belongsToRest(mask: Mask, { pixels, labels }: Images, classes: number): number {
  const source = random(1).fork("folds");
  const parts = labels.map(() => source.below(folds));
  const oneHot = labels.map((label) => Array.from({ length: classes }, (_, c) => (c === label ? 1 : 0)));
  const outside = { ...mask, places: mask.places.map((place) => 1 - place) };
  const scores = crossFitted(
    pixels.map((image) => contentOf(mask, image)),
    oneHot,
    parts,
  );
  const rests = pixels.map((image) => contentOf(outside, image));
  const left = withoutClassMeans(scores, labels, classes);
  const foretold = crossFitted(withoutClassMeans(rests, labels, classes), left, parts);
  const within = meanSquare(left);
  const unexplained = meanSquare(left.map((row, i) => row.map((value, k) => value - at(at(foretold, i), k))));
  const between = Math.max(
    0,
    meanSquare(
      withoutClassMeans(
        scores,
        labels.map(() => 0),
        1,
      ),
    ) - within,
  );
  const rest = Math.max(0, within - unexplained);
  return between > 0 ? rest / (rest + between) : 1;
}

function withoutClassMeans(rows: readonly number[][], labels: readonly number[], classes: number): number[][] {
  const means = Array.from({ length: classes }, (_, c) => {
    const own = rows.filter((_row, i) => labels[i] === c);
    return at(rows, 0).map((_value, k) => own.reduce((sum, row) => sum + at(row, k), 0) / Math.max(1, own.length));
  });
  return rows.map((row, i) => row.map((value, k) => value - at(at(means, at(labels, i)), k)));
}

function meanSquare(rows: readonly number[][]): number {
  return rows.reduce((sum, row) => sum + row.reduce((own, value) => own + value * value, 0), 0) / rows.length;
}
