/** @file Groups of errors: which images are in them. */

import { expect, test } from "vitest";
import { evaluateClassifier } from "../../../../src/evaluate/classifier/evaluate-classifier.js";
import { floatMap } from "../../../../src/image/map/heatmap.js";
import { createPicture } from "../../../../src/image/picture/picture.js";
import { collectErrorGroups } from "../../../../src/report/collect/errors/collect-error-groups.js";
import type { Observation } from "../../../../src/report/collect/observe/observation.js";

const side = 8;

/** An image whose evidence lies in one place. */
function observationAt(place: number): Observation {
  const values = new Float32Array(side * side);
  values[place] = 1;
  return {
    probabilities: Float32Array.of(0.9, 0.1),
    predicted: 0,
    size: { width: side, height: side },
    thumbnail: createPicture(side, side, 1, new Uint8Array(side * side)),
    map: floatMap(side, side, values),
  };
}

/** Images of class 1 that are all taken for class 0, the first the most confident. */
function evaluationOf(count: number) {
  const probabilities = Float32Array.from({ length: 2 * count }, (_, i) => {
    const wrong = 0.95 - Math.floor(i / 2) / 100;
    return i % 2 === 0 ? wrong : 1 - wrong;
  });
  return evaluateClassifier({ probabilities, labels: Array(count).fill(1), classes: ["a", "b"] });
}

const encode = async () => "data:image/png;base64,AA==";

test("groups name the errors whose maps are alike, the most confident first", async () => {
  const observations = [0, 63, 0, 63, 0].map(observationAt);
  const groups = await collectErrorGroups(
    { evaluation: evaluationOf(5), model: { errorMaps: new Map(observations.entries()) } },
    encode,
  );
  expect(groups).toMatchObject([{ members: [0, 2, 4], place: "at the upper left", scale: 1 }]);
});

test("an error that was not observed does not shift the others to its place", async () => {
  const errorMaps = new Map([2, 3, 4].map((index) => [index, observationAt(0)]));
  for (const index of [1, 5]) errorMaps.set(index, observationAt(63));
  const groups = await collectErrorGroups({ evaluation: evaluationOf(6), model: { errorMaps } }, encode);
  expect(groups.map(({ members }) => members)).toEqual([[2, 3, 4]]);
});
