/** @file Drawn scenes with captions: what is said is there. */

import { expect, it } from "vitest";
import { captionShapes, captionWords, mostObjects, properties } from "../../../src/data/scenes/captions.js";
import { drawCaptionedScenes } from "../../../src/data/scenes/draw-captioned.js";

const scenes = drawCaptionedScenes({ seed: 3, count: 60 });
const all = Promise.all(Array.from({ length: scenes.count }, (_, i) => scenes.read(i)));

it("hold one to four shapes whose places are known, none over another", async () => {
  for (const { objects, regions } of await all) {
    expect(objects.length).toBeGreaterThanOrEqual(1);
    expect(objects.length).toBeLessThanOrEqual(mostObjects);
    for (const { classIndex, box } of objects) {
      const [x, y] = [Math.floor(box.x), Math.floor(box.y)];
      const inside = Array.from({ length: box.width * box.height }, (_, i) => {
        return regions[(y + Math.floor(i / box.width)) * 128 + x + (i % box.width)];
      });
      expect(new Set(inside.filter((region) => region !== 0))).toEqual(new Set([classIndex + 1]));
    }
  }
});

it("have captions of known words that are true of them", async () => {
  const lengths = new Set<number>();
  for (const { caption, objects } of await all) {
    const { words, mentions, objects: facts } = caption ?? { words: "", mentions: [], objects: [] };
    expect(words.split(" ").filter((word) => !captionWords.includes(word))).toEqual([]);
    expect(facts.map(([shape]) => shape)).toEqual(objects.map(({ classIndex }) => captionShapes[classIndex]));
    for (const mention of mentions) {
      expect(mention.every((property) => properties.includes(property))).toBe(true);
      expect(facts.some((object) => mention.every((property) => object.includes(property)))).toBe(true);
    }
    lengths.add(words.split(" ").length);
  }
  expect(Math.min(...lengths)).toBe(1);
  expect(Math.max(...lengths)).toBeGreaterThan(8);
});

it("are the same for the same seed, however many are drawn, and others to learn from", async () => {
  const again = await drawCaptionedScenes({ seed: 3, count: 5 }).read(4);
  const learned = await drawCaptionedScenes({ seed: 3, part: "train" }).read(4);
  const [, , , , fifth] = await all;
  expect(again).toEqual(fifth);
  expect(learned).not.toEqual(fifth);
  expect(() => drawCaptionedScenes({ count: 0 })).toThrow("scenes: count: expected a whole number from 1 on, got 0");
});
