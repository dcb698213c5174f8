/** @file Maps of chance made from a map's own values. */

import { expect, it } from "vitest";
import { shuffledMap } from "../../../src/evaluate/trial/shuffled-map.js";
import { random } from "../../../src/foundation/random.js";
import type { FloatMap } from "../../../src/image/map/heatmap.js";

/** A hill beside the middle. */
function hill(width: number, height: number): FloatMap {
  const values = Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [(i % width) / width - 0.3, Math.floor(i / width) / height - 0.6];
    return Math.exp(-(x * x + y * y) * 12) + i * 1e-4;
  });
  return { width, height, values };
}

/** Mean difference of neighbours in a row. */
function roughness({ width, values }: FloatMap): number {
  const steps = [...values].flatMap((value, i) => (i % width === 0 ? [] : Math.abs(value - (values[i - 1] as number))));
  return steps.reduce((sum, step) => sum + step, 0) / steps.length;
}

it.each([
  [7, 7],
  [28, 28],
  [14, 9],
  [1, 1],
  [5, 1],
])("has the values of a map of %d by %d, each once", (width, height) => {
  const map = hill(width, height);
  const found = shuffledMap(map, random(1));
  expect(found).toMatchObject({ width, height });
  expect([...found.values].sort()).toEqual([...map.values].sort());
});

it("moves them, and keeps most neighbours together: smoother by far than single values shuffled", () => {
  const map = hill(28, 28);
  const found = shuffledMap(map, random(1));
  expect(found.values.filter((value, i) => value === map.values[i]).length).toBeLessThan(100);
  expect(found).toEqual(shuffledMap(map, random(1)));
  expect(found).not.toEqual(shuffledMap(map, random(2)));
  const source = random(3);
  const single = { ...map, values: map.values.slice().sort(() => source.uniform() - 0.5) };
  expect(roughness(found)).toBeLessThan(roughness(single) / 3);
});

it("puts a map's peak everywhere about equally often", () => {
  const map = hill(7, 7);
  const counts = new Array<number>(49).fill(0);
  for (let seed = 0; seed < 980; seed++) {
    const { values } = shuffledMap(map, random(seed));
    const at = values.indexOf(Math.max(...values));
    counts[at] = (counts[at] as number) + 1;
  }
  // 20 each on average; 5 and 40 are more than three deviations off.
  expect(Math.min(...counts)).toBeGreaterThan(5);
  expect(Math.max(...counts)).toBeLessThan(40);
});
