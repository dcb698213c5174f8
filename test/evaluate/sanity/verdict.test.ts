/** @file What similarities say of a method, and the interval over draws and images that decides it. */

import { describe, expect, it } from "vitest";
import { comparedMaps, similarityOf } from "../../../src/evaluate/sanity/compare-maps.js";
import { crossedMean } from "../../../src/evaluate/sanity/crossed-mean.js";
import { likenessOfImages } from "../../../src/evaluate/sanity/other-images.js";
import { sanityVerdict } from "../../../src/evaluate/sanity/sanity-verdict.js";
import { random } from "../../../src/foundation/random.js";
import { floatMap } from "../../../src/image/map/heatmap.js";
import { everything } from "../../support/share.js";

const map = (...values: number[]) => floatMap(values.length, 1, Float32Array.from(values));
const around = (mean: number, reach = 0.05) => ({ count: 9, mean, low: mean - reach, high: mean + reach });

describe("maps compared", () => {
  it("count a blank one as changed, leave out what was blank before, and take flat ones as they are", () => {
    const before = [map(1, 2, 3), map(1, 2, 3), map(0, 0, 0), map(2, 2, 2), map(2, 2, 2)];
    const after = [map(2, 4, 6), map(0, 0, 0), map(1, 2, 3), map(7, 7, 7), map(1, 2, 3)];
    const pairs = comparedMaps(before, after);
    expect(pairs.map(({ rankCorrelation }) => rankCorrelation)).toEqual(
      [1, 0, 1, 0].map((value) => expect.closeTo(value, 9)),
    );
    expect(pairs.map(({ blank }) => blank)).toEqual([false, true, false, false]);
    expect(similarityOf(pairs)).toMatchObject({ blank: 1, rankCorrelation: { count: 4, mean: 0.5 } });
  });

  it("of different images are those of all pairs", () => {
    const { rankCorrelation, blank } = likenessOfImages([map(1, 2, 3), map(3, 2, 1), map(1, 2, 3), map(0, 0, 0)]);
    expect(rankCorrelation?.mean).toBeCloseTo(-1 / 3, 9);
    expect([rankCorrelation?.count, blank]).toEqual([3, 1]);
  });
});

describe("the interval over draws and images", () => {
  it.runIf(everything)(
    "holds the true mean in 19 of 20 cases, where draws differ and images do",
    () => {
      const source = random("coverage");
      const covered = Array.from({ length: 60 }, () => {
        const images = Array.from({ length: 20 }, () => 0.1 * source.normal());
        const table = Array.from({ length: 5 }, () => {
          const draw = 0.1 * source.normal();
          return images.map((image) => image + draw + 0.1 * source.normal());
        });
        const found = crossedMean(table);
        return (found?.low ?? 1) <= 0 && (found?.high ?? -1) >= 0;
      }).filter(Boolean).length;
      expect(covered / 60).toBeGreaterThan(0.9);
    },
    30_000,
  );

  it("is none of one draw or one image, and of equal values a point", () => {
    expect(crossedMean([[0.2, 0.4]])).toMatchObject({ mean: expect.closeTo(0.3, 9), low: null, high: null });
    expect(crossedMean([[0.2], [0.4]])).toMatchObject({ low: null, high: null });
    expect(
      crossedMean([
        [1, 1],
        [1, 1],
      ]),
    ).toEqual({ count: 2, mean: 1, low: 1, high: 1 });
    expect(crossedMean([[], []])).toBeNull();
  });
});

describe("the verdict", () => {
  it.each([
    ["passes", 0.2, 0.1, 0.3],
    ["passes", 0.2, 0.1, 0.7],
    ["fails", 0.8, 0.3, 0.3],
    ["fails", 0.3, 0.8, 0.3],
    ["fails", 1, 1, 0.7],
    ["undecided", 0.52, 0.3, 0.3],
    ["undecided", 0.3, 0.48, 0.3],
    ["alike", 0.7, 0.6, 0.72],
    ["alike", 0.52, 0.3, 0.72],
    ["alike", 1, 1, 1],
    ["alike", 0.1, 0.1, 0.99],
  ])(
    "%s at a similarity of %f down the cascade, %f with all weights random, and %f of different images",
    (verdict, cascade, full, others) => {
      expect(sanityVerdict({ cascade: around(cascade), full: around(full), otherImages: around(others) })).toBe(
        verdict,
      );
    },
  );

  it("is never a pass where nothing could be compared, or of one draw", () => {
    expect(sanityVerdict({ cascade: null, full: null, otherImages: null })).toBe("undecided");
    const single = { count: 9, mean: 0, low: null, high: null };
    expect(sanityVerdict({ cascade: single, full: single, otherImages: around(0.2) })).toBe("undecided");
  });
});
