/** @file Localisation of single maps and of many, against values computed by hand. */

import { describe, expect, test } from "vitest";
import { type Localisation, localise, summariseLocalisation } from "../../../src/evaluate/studies/localisation.js";
import { floatMap } from "../../../src/image/map/heatmap.js";
import type { Box } from "../../../src/image/picture/resize.js";

const box = (x: number, y: number, width: number, height: number): Box => ({ x, y, width, height });
/** 4 by 2, all of it in the upper right pixel but a quarter beside it. */
const map = floatMap(4, 2, Float32Array.of(0, 0, 1, 3, 0, 0, 0, 0));

describe("localise(map, boxes)", () => {
  test("measures the map, and baselines, by the same boxes", () => {
    const { pointing, energy, blank } = localise(map, [box(3, 0, 1, 2)]);
    expect(pointing).toEqual({ map: 1, centre: 0, random: 1 / 4 });
    expect([energy.map, energy.random, blank]).toEqual([3 / 4, 1 / 4, false]);
    // By hand: columns at -1.5, -0.5, 0.5 and 1.5 deviations.
    const [far, near] = [1.5, 0.5].map((deviations) => Math.exp(-(deviations ** 2) / 2)) as [number, number];
    expect(energy.centre).toBeCloseTo(far / (2 * (far + near)), 6);
  });

  test("gives the baselines what the network saw, and no more", () => {
    const { pointing, energy } = localise(map, [box(3, 0, 1, 2)], { seen: box(2, 0, 2, 2) });
    expect(pointing).toEqual({ map: 1, centre: 1 / 2, random: 1 / 2 });
    expect(energy).toEqual({ map: 3 / 4, centre: 1 / 2, random: 1 / 2 });
  });

  test("forgives by the tolerance, the random point too", () => {
    const { pointing } = localise(map, [box(2, 0, 1, 1)], { tolerance: 0.5 });
    // By hand: the middles of the pixels beside the box and below it are half a pixel away.
    expect(pointing).toEqual({ map: 1, centre: 3 / 4, random: 4 / 8 });
  });

  test("finds nothing with a blank map, and says that it is one", () => {
    const found = localise({ ...map, values: new Float32Array(8) }, [box(0, 0, 4, 2)]);
    expect(found).toMatchObject({ blank: true, pointing: { map: 0, random: 1 }, energy: { map: 0, random: 1 } });
  });
});

describe("summariseLocalisation(all)", () => {
  const of = (hit: number, energy: number, centre: number, random: number, blank = false): Localisation => ({
    pointing: { map: hit, centre, random },
    energy: { map: energy, centre, random },
    blank,
  });

  test("takes means over photos, and of the differences on each", () => {
    const all = [of(1, 0.9, 1, 0.2), of(1, 0.7, 0, 0.4), of(0, 0.2, 1, 0.3), of(0, 0, 0, 0.1, true)];
    const { photos, blank, pointing, energy } = summariseLocalisation(all);
    expect([photos, blank]).toEqual([4, 1]);
    // Wilson's interval of 2 of 4 by hand: (0.5 ± 1.96 · sqrt(0.25 / 4 + 1.96² / 64) / (1 + 1.96² / 4)).
    expect(pointing.map.value).toBe(0.5);
    expect(pointing.map.low).toBeCloseTo(0.15, 3);
    expect(energy.map.value).toBeCloseTo(0.45, 12);
    expect(energy.random.value).toBeCloseTo(0.25, 12);
    expect(energy.above.centre.value).toBeCloseTo(-0.05, 12);
    expect(energy.above.random.value).toBeCloseTo(0.2, 12);
    // By hand: the differences 0.7, 0.3, -0.1, -0.1 spread by 0.38297; t = 3.18245 for 3 degrees of freedom.
    expect(energy.above.random.low).toBeCloseTo(0.2 - (3.18245 * 0.38297) / 2, 2);
  });

  test("keeps a width where every photo is a hit", () => {
    const { pointing } = summariseLocalisation(Array.from({ length: 20 }, () => of(1, 0.9, 1, 0.5)));
    expect(pointing.map.high).toBe(1);
    expect(pointing.map.low).toBeCloseTo(0.839, 3);
  });
});
