/** @file Planted cues: how often they are tied to the label, what they change, and what they leave. */

import { describe, expect, it } from "vitest";
import { drawDigits } from "../../../src/data/digits/digits.js";
import { plant, plantings } from "../../../src/data/planted/plant.js";
import { stampedDigits } from "../../../src/data/planted/stamped-digits.js";

const { train: digits } = drawDigits({ train: 200, test: 0 });

describe.each(plantings)("$name", ({ name }) => {
  it("is tied to the label as often as is asked, and the labels stay", () => {
    for (const tied of [0, 0.5, 1]) {
      const { images, cues } = plant(digits, 10, { kind: name, tied });
      expect(images.labels).toEqual(digits.labels);
      const own = cues.filter((cue, i) => cue === digits.labels[i]).length / cues.length;
      if (tied === 0.5) expect(Math.abs(own - tied)).toBeLessThan(0.15);
      else expect(own).toBe(tied);
    }
  });

  it("changes every image, the same with the same seed, and not the images given", () => {
    const before = Buffer.from(digits.pixels);
    const planted = [1, 1, 2].map((seed) => Buffer.from(plant(digits, 10, { kind: name, seed }).images.pixels));
    const [first = before, again = before, other = before] = planted;
    expect(before.equals(digits.pixels)).toBe(true);
    expect(first.equals(again)).toBe(true);
    expect(first.equals(other)).toBe(false);
    const size = first.length / digits.count;
    // Of a colour image the first channel stands for the three: each is the grey where nothing was changed.
    const unchanged = Array.from({ length: digits.count }, (_, i) => i).filter((i) => {
      const grey = before.subarray(i * 784, (i + 1) * 784);
      const own = first.subarray(i * size, (i + 1) * size);
      return Array.from({ length: size / 784 }, (_c, c) => own.subarray(c * 784, (c + 1) * 784)).every((channel) =>
        channel.equals(grey),
      );
    });
    expect(unchanged).toEqual([]);
  });
});

it("a stamp lies at the upper left, and two classes' stamps differ there alone", () => {
  const black = { ...digits, pixels: new Uint8Array(2 * 784), labels: Uint8Array.of(3, 7), count: 2 };
  const { images } = plant(black, 10, { tied: 1 });
  const [a, b] = [images.pixels.subarray(0, 784), images.pixels.subarray(784)];
  const places = Array.from(a, (value, i) => (value === b[i] ? -1 : i)).filter((i) => i >= 0);
  expect(places.length).toBeGreaterThan(20);
  for (const i of places) expect(Math.max(i % 28, Math.floor(i / 28))).toBeLessThan(10);
});

it("decoy patches have the grey of Ross et al., 255 - 25 y, in one of four corners", () => {
  const black = { ...digits, pixels: new Uint8Array(200 * 784) };
  const { images, cues } = plant(black, 10, { kind: "grey-patch", tied: 0.5 });
  const corners = new Set<number>();
  cues.forEach((cue, i) => {
    const image = images.pixels.subarray(i * 784, (i + 1) * 784);
    const lit = Array.from(image.keys()).filter((k) => image[k] !== 0);
    expect(lit).toHaveLength(16);
    expect(image[lit[0] ?? 0]).toBe(255 - 25 * cue);
    corners.add(lit[0] ?? -1);
  });
  expect([...corners].sort((a, b) => a - b)).toEqual([0, 24, 24 * 28, 24 * 28 + 24]);
});

it("stamped digits are tied in the test as in training, or as their test asks", () => {
  const stamped = stampedDigits({ train: 20, test: 20 });
  expect(stamped.name).toBe("stamped-digits");
  expect(stamped.source).toContain("95 % with the mark of their class in training, 95 % in the test");
  expect(stampedDigits({ train: 20, test: 20, tiedInTest: 0.5 }).name).toBe("stamped-digits-balanced");
});

it("refuses a share that is none, and a cue that is none", () => {
  expect(() => plant(digits, 10, { tied: 2 })).toThrow("tied: expected a share from 0 to 1, got 2");
  expect(() => plant(digits, 10, { kind: "smell" })).toThrow('unknown planted cue "smell"');
});
