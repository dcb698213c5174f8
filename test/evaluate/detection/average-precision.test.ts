/** @file Average precision against pycocotools. */

import { describe, expect, it } from "vitest";
import { measurePrecision } from "../../../src/evaluate/detection/average-precision.js";
import { overlapOf } from "../../../src/evaluate/detection/overlap.js";
import { classNames, goldens, scenesOf } from "./golden-scenes.js";

const near = (value: number) => (value === -1 ? null : expect.closeTo(value, 12));

describe.each(goldens.map((golden, i) => ({ golden, i })))(
  "average precision of random boxes, case $i",
  ({ golden }) => {
    const { overall, classes } = measurePrecision(scenesOf(golden), classNames(golden.classes));

    it("is pycocotools' in all twelve numbers", () => {
      const { ap, ap50, ap75, apSmall, apMedium, apLarge, ar1, ar10, ar100, arSmall, arMedium, arLarge } = overall;
      expect([ap, ap50, ap75, apSmall, apMedium, apLarge, ar1, ar10, ar100, arSmall, arMedium, arLarge]).toEqual(
        golden.stats.map(near),
      );
    });

    it("is pycocotools' of each class, with its curve", () => {
      for (const [k, { ap, ap50, ap75, ar100, precisions }] of classes.entries()) {
        const wanted = golden.perClass[k];
        expect([ap, ap50, ap75, ar100]).toEqual(
          [wanted?.ap, wanted?.ap50, wanted?.ap75, wanted?.ar100].map((value = Number.NaN) => near(value)),
        );
        expect(precisions).toEqual(wanted?.ap50 === -1 ? [] : wanted?.precisions.map(near));
      }
    });
  },
);

describe("the goldens of average precision", () => {
  it("have what is easily got wrong", () => {
    const all = goldens.flatMap(({ objects }) => objects);
    expect(all.some(([, , , , , , , crowd]) => crowd === 1)).toBe(true);
    expect(all.some(([, , , , width = 0, height = 0, area]) => area !== width * height)).toBe(true);
    for (const { scenes, objects, classes } of goldens) {
      expect(objects.every(([, k]) => k !== classes - 1)).toBe(true);
      expect(scenes).toBeGreaterThan(2);
    }
    const areTied = goldens.map(({ found }) => new Set(found.map((each) => each[6])).size < found.length / 2);
    expect(areTied).toContain(true);
    expect(goldens.some(({ found }) => found.filter(([scene, k]) => scene === 0 && k === 0).length > 100)).toBe(true);
  });
});

describe("the average precision of a class by hand", () => {
  const box = { x: 10, y: 10, width: 20, height: 20 };
  const object = { classIndex: 0, box };

  it("is 1 where each object is found, and null where there is none", () => {
    const found = [{ classIndex: 0, box, score: 0.9 }];
    expect(measurePrecision([{ objects: [object], found }], ["a", "b"]).classes.map(({ ap }) => ap)).toEqual([
      expect.closeTo(1, 12),
      null,
    ]);
    expect(measurePrecision([{ objects: [], found }], ["a"]).overall.ap).toBeNull();
  });

  it("loses by a surer wrong box, not by one that is less sure than all right ones", () => {
    const wrong = { classIndex: 0, box: { ...box, x: 200 } };
    const ap = (score: number) =>
      measurePrecision(
        [
          {
            objects: [object],
            found: [
              { ...object, score: 0.5 },
              { ...wrong, score },
            ],
          },
        ],
        ["a"],
      ).overall.ap;
    expect(ap(0.4)).toBeCloseTo(1, 12);
    expect(ap(0.6)).toBeCloseTo(0.5, 12);
  });
});

describe("the overlap of two boxes", () => {
  const a = { x: 0, y: 0, width: 10, height: 10 };

  it("is what they share over what they cover", () => {
    expect(overlapOf(a, a)).toBe(1);
    expect(overlapOf(a, { ...a, x: 5 })).toBeCloseTo(50 / 150, 12);
    expect(overlapOf(a, { ...a, x: 10 })).toBe(0);
  });

  it("is the share of the found box that lies in a crowd", () => {
    expect(overlapOf(a, { x: 5, y: 0, width: 100, height: 100 }, true)).toBe(0.5);
  });
});
