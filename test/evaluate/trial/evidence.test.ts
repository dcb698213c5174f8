/** @file Where evidence lies, against values computed by hand. */

import { describe, expect, test } from "vitest";
import { centreMap, uniformMap } from "../../../src/evaluate/trial/baseline-maps.js";
import { areaInside, borderOf, cornersOf, evidenceInside, pointingGame } from "../../../src/evaluate/trial/evidence.js";
import { random } from "../../../src/foundation/random.js";
import { type FloatMap, floatMap } from "../../../src/image/map/heatmap.js";
import type { Box } from "../../../src/image/picture/resize.js";

const map = (rows: readonly (readonly number[])[]): FloatMap =>
  floatMap((rows[0] as number[]).length, rows.length, Float32Array.from(rows.flat()));
const box = (x: number, y: number, width: number, height: number): Box => ({ x, y, width, height });

const numbers = map([
  [1, 2, 3],
  [4, 5, 6],
]);

describe("evidenceInside(map, boxes)", () => {
  test("is the boxes' part of the sum", () => {
    expect(evidenceInside(numbers, [box(0, 0, 3, 2)])).toBe(1);
    expect(evidenceInside(numbers, [box(1, 0, 2, 1)])).toBeCloseTo(5 / 21, 12);
    expect(evidenceInside(numbers, [box(2, 1, 1, 1)])).toBeCloseTo(6 / 21, 12);
    expect(evidenceInside(numbers, [])).toBe(0);
  });

  // By hand: half of column 0, all of column 1, a quarter of column 2; of these half of row 0 and a quarter of row 1.
  test("counts a pixel by its part that is covered", () => {
    const expected = (0.5 * (0.5 + 2 + 0.75) + 0.25 * (2 + 5 + 1.5)) / 21;
    expect(evidenceInside(numbers, [box(0.5, 0.5, 1.75, 0.75)])).toBeCloseTo(expected, 12);
    expect(evidenceInside(numbers, [box(1.25, 1.25, 0.5, 0.5)])).toBeCloseTo((0.25 * 5) / 21, 12);
  });

  // By hand: pixels 1, 2, 4, 5 and 5, 6; the 5 counts once.
  test("counts what several boxes cover once", () => {
    expect(evidenceInside(numbers, [box(0, 0, 2, 2), box(1, 1, 2, 1)])).toBeCloseTo(18 / 21, 12);
    expect(evidenceInside(numbers, [box(0, 0, 2, 2), box(0, 0, 2, 2), box(0.5, 0.5, 1, 1)])).toBeCloseTo(12 / 21, 12);
  });

  test("ignores what boxes cover outside of the map, and values below zero", () => {
    expect(evidenceInside(numbers, [box(-5, -5, 6, 6)])).toBeCloseTo(1 / 21, 12);
    expect(evidenceInside(numbers, [box(-5, -5, 2, 2), box(7, 7, 2, 2)])).toBe(0);
    expect(evidenceInside(map([[-1, 1, 3]]), [box(0, 0, 2, 1)])).toBe(0.25);
  });

  test("is undefined where there is no evidence, and refuses what is no number", () => {
    expect(evidenceInside(map([[0, 0]]), [box(0, 0, 1, 1)])).toBeUndefined();
    expect(evidenceInside(map([[0, -2]]), [box(0, 0, 1, 1)])).toBeUndefined();
    const broken = { width: 2, height: 1, values: Float32Array.of(1, Number.NaN) };
    expect(() => evidenceInside(broken, [box(0, 0, 1, 1)])).toThrow("expected a finite number, got NaN");
  });

  test("of boxes between pixels is that of the same boxes on a map enlarged until they lie on pixels", () => {
    const source = random("boxes");
    for (let trial = 0; trial < 50; trial++) {
      const [width, height, factor] = [1 + source.below(5), 1 + source.below(5), 4];
      const values = Float32Array.from({ length: width * height }, () => source.uniform());
      const boxes = Array.from({ length: 1 + source.below(4) }, () => {
        const [x, y] = [source.below(width * factor), source.below(height * factor)];
        return box(x, y, 1 + source.below(width * factor), 1 + source.below(height * factor));
      });
      let [inside, area, total] = [0, 0, 0];
      for (let y = 0; y < height * factor; y++) {
        for (let x = 0; x < width * factor; x++) {
          const value = values[Math.floor(y / factor) * width + Math.floor(x / factor)] as number;
          total += value;
          if (!boxes.some((b) => x >= b.x && x < b.x + b.width && y >= b.y && y < b.y + b.height)) continue;
          inside += value;
          area += 1 / (width * height * factor ** 2);
        }
      }
      const between = boxes.map((b) => box(b.x / factor, b.y / factor, b.width / factor, b.height / factor));
      const small = floatMap(width, height, values);
      expect(evidenceInside(small, between)).toBeCloseTo(inside / total, 6);
      expect(areaInside(small, between)).toBeCloseTo(area, 12);
      expect(evidenceInside(uniformMap(small), between)).toBeCloseTo(area, 6);
    }
  });
});

describe("areaInside(size, boxes)", () => {
  test("is the part of the picture that is covered", () => {
    expect(areaInside({ width: 4, height: 2 }, [box(0, 0, 2, 1), box(1, 0, 2, 1)])).toBe(3 / 8);
    expect(areaInside({ width: 4, height: 2 }, [box(-3, -3, 4, 4), box(9, 0, 1, 1)])).toBe(1 / 8);
    expect(areaInside({ width: 4, height: 2 }, [])).toBe(0);
  });
});

describe("borderOf(size, share), cornersOf(size, share)", () => {
  // By hand: 1 - 0.8² and 4 · 0.2².
  test("cover 36 % and 16 % of any picture by default", () => {
    for (const size of [
      { width: 640, height: 427 },
      { width: 7, height: 7 },
    ]) {
      expect(areaInside(size, borderOf(size))).toBeCloseTo(0.36, 12);
      expect(areaInside(size, cornersOf(size))).toBeCloseTo(0.16, 12);
    }
  });

  test("lie where their names say", () => {
    const framed = map([
      [1, 2, 2, 1],
      [2, 0, 0, 2],
      [1, 2, 2, 1],
    ]);
    // By hand: one column of four and three quarters of a row; both outer columns hold 4, the middle of both outer rows 4.
    expect(evidenceInside(framed, borderOf(framed, 0.25))).toBeCloseTo((4 + 4 + 0.75 * (4 + 4)) / 16, 12);
    expect(evidenceInside(framed, cornersOf(framed, 0.25))).toBeCloseTo((4 * 0.75) / 16, 12);
    expect(evidenceInside(map([[0, 1, 0]]), cornersOf({ width: 3, height: 1 }, 0.3))).toBe(0);
  });

  test("may meet in the middle, and refuse more and none", () => {
    expect(areaInside({ width: 3, height: 5 }, borderOf({ width: 3, height: 5 }, 0.5))).toBeCloseTo(1, 12);
    expect(() => borderOf({ width: 3, height: 5 }, 0.6)).toThrow("border: expected a share above 0 and at most 0.5");
    expect(() => cornersOf({ width: 3, height: 5 }, 0)).toThrow("corners: expected a share above 0 and at most 0.5");
  });
});

describe("pointingGame(map, boxes)", () => {
  test("asks whether the middle of the hottest pixel lies in a box", () => {
    expect(pointingGame(numbers, [box(2, 1, 1, 1)])).toBe(1);
    expect(pointingGame(numbers, [box(0, 0, 2, 2)])).toBe(0);
    expect(pointingGame(numbers, [box(0, 0, 2, 2), box(2.4, 1.4, 0.2, 0.2)])).toBe(1);
    expect(pointingGame(numbers, [])).toBe(0);
  });

  // By hand: (2.5, 1.5) is 1.5 to the right of the box, and 0.5 below it.
  test("forgives a distance up to the tolerance", () => {
    const near = [box(0, 0, 1, 1)];
    expect(pointingGame(numbers, near, { tolerance: Math.hypot(1.5, 0.5) })).toBe(1);
    expect(pointingGame(numbers, near, { tolerance: Math.hypot(1.5, 0.5) - 1e-9 })).toBe(0);
  });

  test("gives the share of the pixels that share the maximum", () => {
    expect(pointingGame(map([[3, 1, 3, 3]]), [box(0, 0, 1, 1)])).toBeCloseTo(1 / 3, 12);
  });

  test("is undefined where there is no evidence", () => {
    expect(pointingGame(map([[0, -1]]), [box(0, 0, 2, 1)])).toBeUndefined();
  });
});

describe("uniformMap(size, seen), centreMap(size, seen)", () => {
  const size = { width: 8, height: 4 };

  test("hold nothing where the network saw nothing", () => {
    const seen = box(2, 0, 4, 4);
    expect(evidenceInside(uniformMap(size, seen), [seen])).toBe(1);
    expect(evidenceInside(uniformMap(size, seen), [box(0, 0, 3, 4)])).toBe(0.25);
    expect(evidenceInside(centreMap(size, seen), [seen])).toBe(1);
  });

  test("a uniform map's measures are the expected ones of a random map and point", () => {
    const boxes = [box(1, 1, 3, 2), box(3, 0, 2, 2)];
    const source = random("maps");
    const trials = 4000;
    let [energy, hits] = [0, 0];
    for (let trial = 0; trial < trials; trial++) {
      const noise = floatMap(
        8,
        4,
        Float32Array.from({ length: 32 }, () => source.uniform()),
      );
      energy += (evidenceInside(noise, boxes) as number) / trials;
      hits += (pointingGame(noise, boxes, { tolerance: 1 }) as number) / trials;
    }
    expect(evidenceInside(uniformMap(size), boxes)).toBe(areaInside(size, boxes));
    expect(energy).toBeCloseTo(areaInside(size, boxes), 2);
    // Two standard errors of 4000 throws are 0.016.
    expect(Math.abs(hits - (pointingGame(uniformMap(size), boxes, { tolerance: 1 }) as number))).toBeLessThan(0.024);
  });

  test("the Gaussian peaks at the centre and falls as it should", () => {
    expect(pointingGame(centreMap(size), [box(3, 1, 2, 2)])).toBe(1);
    const { values } = centreMap({ width: 9, height: 5 });
    expect(values[2 * 9 + 4]).toBe(1);
    // By hand: 2 pixels of 9 off the middle are 2 / (9 / 4) deviations.
    expect(values[2 * 9 + 6]).toBeCloseTo(Math.exp(-((2 / 2.25) ** 2) / 2), 6);
    expect(values[1 * 9 + 4]).toBeCloseTo(Math.exp(-((1 / 1.25) ** 2) / 2), 6);
  });
});
