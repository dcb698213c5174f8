/** @file A detector of squares on drawn scenes: its boxes, its errors, and what its maps are worth. */

import { afterAll, describe, expect, it } from "vitest";
import type { SceneObject, SceneSet } from "../../../../src/data/scenes/scene-set.js";
import { judgeScenes } from "../../../../src/evaluate/detection/error-kinds.js";
import { chooseBoxes } from "../../../../src/evaluate/detection/study/choose-boxes.js";
import { detectScenes, type FoundScene } from "../../../../src/evaluate/detection/study/detect-scenes.js";
import { matchDetector } from "../../../../src/evaluate/detection/study/match-model.js";
import { baselines, type MeasuredBox, measureMaps } from "../../../../src/evaluate/detection/study/measure-maps.js";
import { summariseMaps } from "../../../../src/evaluate/detection/study/summarise-maps.js";
import { createBoxExplainer } from "../../../../src/explain/boxes/box-explainer.js";
import { loadModel } from "../../../../src/explain/node.js";
import { at } from "../../../../src/foundation/present.js";
import { createDetector } from "../../../../src/model/tasks/detection/detect.js";
import { errorPictures, squareClasses, squareDetector, squares } from "../../../support/detection/square-detector.js";
import { runtime } from "../../../support/runtime.js";

const model = await loadModel(squareDetector(), { runtime });
const detector = createDetector(model, { runtime });
const explainer = createBoxExplainer(model, { runtime });
afterAll(() => Promise.all([detector.close(), explainer.close()]));

const set: SceneSet = {
  name: "squares",
  source: "squares",
  classes: squareClasses,
  count: errorPictures.length,
  nameOf: (index) => at(errorPictures, index).file,
  read: async (index) => {
    const { squares: list, objects } = at(errorPictures, index);
    const all = objects.map(([category, x, y, width, height, crowd]): SceneObject => {
      return { classIndex: category - 1, box: { x, y, width, height }, ...(crowd ? { ignored: true } : {}) };
    });
    return { picture: squares(list), objects: all };
  },
};

async function found(confidence: number): Promise<FoundScene[]> {
  const classes = matchDetector("squares.onnx", model, set);
  const options = { classes, confidence, overlap: 0.7, platform: model.platform };
  const scenes: FoundScene[] = [];
  for await (const scene of detectScenes(detector, set, options)) if ("found" in scene) scenes.push(scene);
  return scenes;
}

describe("the boxes of a set", () => {
  it("lie where the squares are, and are judged", async () => {
    const scenes = await found(0.25);
    expect(scenes.map(({ found: boxes }) => boxes.length)).toEqual([2, 1, 1, 2, 1]);
    const errors = judgeScenes(scenes, 2).map((scene) => scene.errors.map(({ kind }) => kind));
    expect(errors).toEqual([[], ["classification"], ["localisation"], ["background"], ["missed"]]);
  });

  it("tells which scenes cannot be read, and goes on", async () => {
    const broken: SceneSet = {
      ...set,
      read: (index) =>
        index === 1 ? model.platform.decode("/nowhere.png").then(() => set.read(index)) : set.read(index),
    };
    const options = { classes: [0, 1], confidence: 0.25, overlap: 0.7, platform: model.platform };
    const all = [];
    for await (const scene of detectScenes(detector, broken, options))
      all.push("error" in scene ? scene.error.code : scene.index);
    expect(all).toEqual([0, "not-found", 2, 3, 4]);
  });
});

describe("the maps of a set's boxes", () => {
  it("lie on their own objects, and the detector follows them, unlike random ones", async () => {
    const scenes = await found(0.25);
    const chosen = chooseBoxes(scenes, judgeScenes(scenes, 2), { confidence: 0.25, count: 100, seed: 1 });
    expect(chosen.length).toBe(4);
    const measured: MeasuredBox[] = [];
    const methods = [{ name: "hires-cam", explainer }];
    for await (const box of measureMaps(model, set, chosen, methods, { runtime, curves: 3, seed: 1 }))
      measured.push(box);
    expect(measured.map(({ followed }) => followed)).toEqual([true, true, true, false]);
    expect(summariseMaps(measured).map(({ name }) => name)).toEqual(["hires-cam", ...baselines]);
    for (const { maps } of measured) {
      const [own, random, box] = ["hires-cam", "random", "box"].map((name) => maps.get(name));
      // One cell of a map of 4 x 4, which is enlarged bilinearly: it reaches over into its neighbours.
      expect(own?.pointing).toBe(1);
      expect(own?.energy).toBeGreaterThan(0.5);
      expect(box?.energy).toBeCloseTo(1, 6);
      expect(random?.energy).toBeCloseTo(1 / 16, 12);
      if (own?.deletion === undefined || random?.deletion === undefined) continue;
      expect(own.deletion).toBeLessThan(0.1);
      expect(random.deletion).toBeGreaterThan(0.5);
    }
    expect(measured.filter(({ maps }) => maps.get("hires-cam")?.deletion !== undefined).length).toBe(3);
  });

  it("draws as many boxes as it is told, the same for a seed", async () => {
    const scenes = await found(0.25);
    const judged = judgeScenes(scenes, 2);
    const draw = (seed: number) =>
      chooseBoxes(scenes, judged, { confidence: 0.25, count: 2, seed }).map((each) => each.found);
    expect(draw(1).length).toBe(2);
    expect(draw(1)).toEqual(draw(1));
    expect(chooseBoxes(scenes, judged, { confidence: 1, count: 9, seed: 1 })).toEqual([]);
  });
});

describe("the classes of a detector", () => {
  const named = (names: readonly string[]) => loadModel(squareDetector(names), { runtime });
  const match = async (names: readonly string[], classes: readonly string[]) =>
    matchDetector("m", await named(names), { name: "data", classes });

  it("are those of the same name, whatever the case; others of the model are left out", async () => {
    expect(await match(["Green", "RED"], ["red", "green"])).toEqual([1, 0]);
    expect(await match(["red", "green"], ["green"])).toEqual([-1, 0]);
  });

  it("are those in the same order where the model has no names", async () => {
    expect(await match([], ["a", "b"])).toEqual([0, 1]);
    await expect(match([], ["a", "b", "c"])).rejects.toThrow(
      "m: classes: expected the 3 of data, got 2 without names (--labels names them)",
    );
  });

  it("are refused where one is missing", async () => {
    await expect(match(["red", "green"], ["red", "blue"])).rejects.toThrow(
      "m: classes: expected names for blue of data, got red and green (--labels gives a model other names)",
    );
  });
});
