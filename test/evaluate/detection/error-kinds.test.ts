/** @file TIDE's kinds of errors and their gains, by hand and by identities. */

import { describe, expect, it } from "vitest";
import { measurePrecision } from "../../../src/evaluate/detection/average-precision.js";
import type { DetectedScene, FoundBox } from "../../../src/evaluate/detection/detected-scene.js";
import { errorGains, mendedPrecision } from "../../../src/evaluate/detection/error-gains.js";
import { judgeScenes } from "../../../src/evaluate/detection/error-kinds.js";
import { errorsOfKind, evaluateDetections } from "../../../src/evaluate/detection/evaluate-detections.js";
import { classNames, errorGoldens, goldens, scenesOf } from "./golden-scenes.js";

const at = (x: number, width = 10) => ({ x, y: 0, width, height: 10 });
const object = (classIndex: number, x: number) => ({ classIndex, box: at(x) });
const found = (classIndex: number, x: number, score: number, width = 10): FoundBox => {
  return { classIndex, score, box: at(x, width) };
};

const kindsIn = (scene: DetectedScene) =>
  judgeScenes([scene], 3).flatMap(({ errors }) => errors.map(({ kind }) => kind));

describe("the kind of an error", () => {
  const objects = [object(0, 0)];

  it.each([
    ["background, away from all objects", found(0, 50, 0.9), ["background", "missed"]],
    ["background, of another class at a tenth", found(1, 0, 0.9, 100), ["background", "missed"]],
    ["localisation, of the class at a tenth", found(0, 0, 0.9, 100), ["localisation"]],
    ["localisation, of the class with an overlap between", found(0, 5, 0.9), ["localisation"]],
    ["classification, of another class where it fits", found(1, 1, 0.9), ["classification"]],
    ["both, of another class where it does not fit", found(1, 5, 0.9), ["both", "missed"]],
  ])("is %s", (_, box, kinds) => {
    expect(kindsIn({ objects, found: [box] })).toEqual(kinds);
  });

  it("is a duplicate where a surer box has the object, and the surest is correct", () => {
    const scene = { objects, found: [found(0, 1, 0.6), found(0, 0, 0.5)] };
    const [judged] = judgeScenes([scene], 1);
    expect(judged?.correct.map((each) => each.found.score)).toEqual([0.6]);
    expect(judged?.errors.map(({ kind, object: about }) => [kind, about])).toEqual([["duplicate", objects[0]]]);
  });

  it("is localisation before classification, where both hold", () => {
    expect(kindsIn({ objects: [object(0, 5), object(1, 0)], found: [found(0, 0, 0.9)] })).toEqual([
      "localisation",
      "missed",
    ]);
  });

  it("is none for a box in an ignored object, and for an ignored object itself", () => {
    expect(kindsIn({ objects: [{ ...object(0, 0), ignored: true }], found: [found(0, 2, 0.9, 5)] })).toEqual([]);
  });
});

describe("the gain of mending a kind", () => {
  const gains = (scenes: readonly DetectedScene[], classes = 2) => {
    const { ap50, kinds, ...all } = errorGains(scenes, judgeScenes(scenes, classes), classes);
    const of = Object.fromEntries(kinds.map(({ kind, gain }) => [kind, gain]));
    return { ap50: ap50 ?? Number.NaN, of, ...all };
  };

  it("is that of a surer wrong box: from a half to 1", () => {
    const scene = { objects: [object(0, 0)], found: [found(0, 50, 0.9), found(0, 0, 0.5)] };
    const { ap50, of, falsePositives, falseNegatives } = gains([scene]);
    expect(ap50).toBeCloseTo(0.5, 12);
    expect(of.background).toBeCloseTo(0.5, 12);
    expect([of.localisation, of.classification, of.duplicate, of.both, of.missed]).toEqual([0, 0, 0, 0, 0]);
    expect(falsePositives).toBeCloseTo(0.5, 12);
    expect(falseNegatives).toBe(0);
  });

  it("is that of a missed object: recall reaches 1", () => {
    const scene = { objects: [object(0, 0), object(0, 100)], found: [found(0, 0, 0.5)] };
    const { ap50, of } = gains([scene]);
    // Precision is 1 at the recalls from 0 to 0.5, 51 of 101.
    expect(ap50).toBeCloseTo(51 / 101, 12);
    expect(of.missed).toBeCloseTo(50 / 101, 12);
  });

  it("is that of the surest of several boxes about an object: the others go", () => {
    const scene = { objects: [object(0, 0)], found: [found(0, 5, 0.9), found(0, 5.5, 0.8)] };
    expect(gains([scene]).of.localisation).toBeCloseTo(1, 12);
  });

  it("moves a box of the wrong class into the right one", () => {
    const scene = { objects: [object(0, 0), object(1, 50)], found: [found(1, 0, 0.9), found(1, 50, 0.5)] };
    const { ap50, of } = gains([scene]);
    // The class 0 has nothing, of class 1 the surer box is wrong.
    expect(ap50).toBeCloseTo(0.25, 12);
    expect(of.classification).toBeCloseTo(0.75, 12);
  });

  it("starts at the AP50 of the table, and mending all kinds gives 1", () => {
    for (const golden of goldens) {
      const scenes = scenesOf(golden);
      const { classes } = golden;
      const judged = judgeScenes(scenes, classes);
      const { ap50, kinds } = errorGains(scenes, judged, classes);
      expect(ap50).toBeCloseTo(measurePrecision(scenes, classNames(classes)).overall.ap50 ?? Number.NaN, 12);
      const objects = Array.from({ length: classes }, (_, k) =>
        scenes.reduce((sum, scene) => sum + scene.objects.filter((o) => o.classIndex === k && !o.ignored).length, 0),
      );
      expect(mendedPrecision({ judged, objects }, () => true)).toBeCloseTo(1, 12);
      expect(kinds.every(({ gain }) => gain > -1e-12)).toBe(true);
    }
  });

  it("counts every box and object once: correct, an error, or ignored", () => {
    for (const golden of goldens) {
      const scenes = scenesOf(golden);
      const { objects, images } = evaluateDetections(scenes, classNames(golden.classes));
      const judged = judgeScenes(scenes, golden.classes);
      expect(images).toBe(golden.scenes);
      for (const [i, { correct, errors }] of judged.entries()) {
        const boxes = [...correct, ...errors].flatMap((each) => (each.found ? [each.found] : []));
        expect(new Set(boxes).size).toBe(boxes.length);
        expect(boxes.length).toBeLessThanOrEqual(scenes[i]?.found.length ?? 0);
      }
      expect(judged.flatMap(({ correct }) => correct).length).toBeLessThanOrEqual(objects);
    }
  });
});

describe.each(errorGoldens.map((golden, i) => ({ golden, i })))("errors of random boxes, case $i", ({ golden }) => {
  it("are TIDE's in kind, number and gain", () => {
    const scenes = scenesOf(golden);
    const { classes, ap50, counts, gains } = golden;
    const found = errorGains(scenes, judgeScenes(scenes, classes), classes);
    expect(found.ap50).toBeCloseTo(ap50, 12);
    expect(Object.fromEntries(found.kinds.map(({ kind, count }) => [kind, count]))).toEqual(counts);
    for (const { kind, gain } of found.kinds) expect([kind, gain]).toEqual([kind, expect.closeTo(gains[kind], 12)]);
    expect(found.falsePositives).toBeCloseTo(golden.falsePositives, 12);
    expect(found.falseNegatives).toBeCloseTo(golden.falseNegatives, 12);
  });
});

describe("the errors of a kind", () => {
  it("come surest first, and missed objects largest first", () => {
    const objects = [object(0, 300), { classIndex: 0, box: at(400, 30) }];
    const judged = judgeScenes([{ objects, found: [found(0, 50, 0.2), found(0, 100, 0.7)] }], 1);
    expect(errorsOfKind(judged, "background").map((each) => each.found?.score)).toEqual([0.7, 0.2]);
    expect(errorsOfKind(judged, "missed").map((each) => each.object?.box.width)).toEqual([30, 10]);
  });

  it("are those of boxes with a score of 0.25 or more where people are shown them", () => {
    const scene = { objects: [object(0, 0)], found: [found(0, 5, 0.2)] };
    const { errors, shownErrors } = evaluateDetections([scene], ["a"]);
    expect(errors.kinds.filter(({ count }) => count > 0).map(({ kind }) => kind)).toEqual(["localisation"]);
    expect(shownErrors).toMatchObject({ localisation: 0, missed: 1 });
  });
});
