/** @file Images that a metric cannot measure are counted. */

import { expect, it } from "vitest";
import { metricNamed } from "../../../src/evaluate/metrics/index.js";
import { summariseTrust } from "../../../src/evaluate/studies/trust-summary.js";
import { compareWithChance } from "../../../src/evaluate/studies/versus-chance.js";
import { rowMap, withTrial } from "../metrics/trials.js";

it("counts the images on which no map was measured, by metric, and averages over the others", () => {
  const metrics = ["deletion", "sparseness"].map(metricNamed);
  const sources = [
    { name: "a", title: "A", control: "random" },
    { name: "random", title: "Random", control: null },
  ];
  const image = (name: string, a: number | null, random: number | null) => ({
    name,
    target: 0,
    values: { a: { deletion: a, sparseness: 0.5 }, random: { deletion: random, sparseness: null } },
    failed: {},
  });
  const summary = summariseTrust([image("x", 0.2, 0.5), image("y", null, null), image("z", 0.4, 0.5)], {
    metrics,
    sources,
  });
  expect(summary.refused).toEqual({ deletion: 1 });
  expect(summary.sources[0]?.metrics.deletion?.mean).toMatchObject({ count: 2, mean: expect.closeTo(0.3, 9) });
});

it("says what an image lacks in the place of a comparison with chance", async () => {
  const trial = { weights: [0.004, 0.001, 0, 0], map: rowMap(4, 1, 0, 0), floor: 0.99 };
  const found = await withTrial(trial, (each) => compareWithChance(each, { draws: 2, shuffles: 2 }));
  expect(found.map(({ refused }) => refused)).toEqual(Array(2).fill(metricNamed("deletion").needs));
  const measured = await withTrial({ ...trial, floor: 0, weights: [0.6, 0.3, 0, 0] }, (each) =>
    compareWithChance(each, { metrics: ["deletion"], draws: 2, shuffles: 2 }),
  );
  expect(measured[0]).not.toHaveProperty("refused");
});
