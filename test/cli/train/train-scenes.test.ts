/** @file `fovea train scenes` and `fovea data scenes`. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { modelCard } from "../../../src/model/card.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { fovea, workFolder } from "../fovea.js";

const folder = workFolder();
const run = (...args: string[]) => fovea(folder, args);
const cardOf = (name: string) => modelCard(readModel(readFileSync(join(folder, name))));
const quick = ["--count", "24", "--batch", "8", "--epochs", "2"];

describe("fovea train scenes", { timeout: 120_000 }, () => {
  it("trains a detector that inspect and explain know as one", async () => {
    const { code, out } = await run("train", "scenes", ...quick);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(
        /^detect on 24 scenes, seed 1\n2 epochs in \S+ s\non 200 other scenes: AP [\d.]+ %, AP50 [\d.]+ %, AP75 [\d.]+ %\nwrote scenes-detect.onnx\n$/,
      ),
    ]);
    const { classes, preprocessing, provenance } = cardOf("scenes-detect.onnx");
    expect(classes).toEqual([..."0123456789", "triangle", "square", "cross", "star"]);
    expect(preprocessing).toMatchObject({ width: 128, height: 128, channels: 3, fit: "letterbox" });
    expect(provenance).toMatchObject({
      network: "detect",
      trainingImages: 24,
      command: "fovea train scenes --count 24 --batch 8 --epochs 2 --net detect --seed 1",
    });
    expect((await run("inspect", "scenes-detect.onnx")).out).toContain("detection");
    expect(existsSync(join(folder, "scenes-detect.onnx.checkpoint"))).toBe(false);
  });

  it("trains a segmenter, whose classes begin with the ground", async () => {
    const { code } = await run("train", "scenes", "--net", "segment", ...quick, "--out", "regions.onnx");
    expect(code).toBe(0);
    expect(cardOf("regions.onnx").classes?.slice(0, 2)).toEqual(["ground", "0"]);
    expect((await run("inspect", "regions.onnx")).out).toContain("segmentation");
  });

  it("refuses what says nothing about scenes, each in one line", async () => {
    const message = async (...args: string[]) => {
      const { code, err } = await run("train", ...args);
      expect(code).toBe(2);
      return err.trim();
    };
    expect(await message("scenes", "--balance", "weights")).toBe(
      "fovea: --balance: expected data with a class for each image, got scenes",
    );
    expect(await message("scenes", "--net", "compact")).toMatch(/^fovea: .*compact.*detect, segment/);
    expect(await message("digits", "--count", "5")).toBe(
      "fovea: --count: expected scenes, which are drawn, got digits",
    );
    expect(await message("scenes", "--count", "0")).toBe(
      'fovea: --count: expected a whole number from 1 to 1,000,000, got "0"',
    );
  });
});

describe("fovea data scenes", () => {
  it("writes pictures with a list of their objects", async () => {
    const { out } = await run("data", "scenes", "--count", "3", "--out", "drawn");
    expect(out).toContain("wrote 3 pictures and annotations.json to drawn\n");
    expect(readdirSync(join(folder, "drawn")).sort()).toEqual([
      "annotations.json",
      ...[0, 1, 2].map((i) => `scene-000${i}.png`),
    ]);
    const { images, annotations, categories } = JSON.parse(
      readFileSync(join(folder, "drawn/annotations.json"), "utf8"),
    );
    expect([images.length, categories.length]).toEqual([3, 14]);
    expect(annotations.length).toBeGreaterThanOrEqual(6);
    const { code, err } = await run("data", "digits", "--out", "drawn");
    expect([code, err.trim()]).toEqual([2, "fovea: --out: expected scenes, which are drawn, got digits"]);
  });
});

describe("fovea evaluate of what was trained on scenes", { timeout: 120_000 }, () => {
  it("measures a segmenter's regions, and refuses data without known pixels", async () => {
    const { code, out } = await run("evaluate", "regions.onnx", "scenes", "--json");
    expect(code).toBe(0);
    const { meanIou, accuracy, perClass, images } = JSON.parse(out);
    expect([images, perClass.length]).toEqual([200, 15]);
    expect(meanIou).toBeGreaterThan(0);
    expect(accuracy).toBeGreaterThan(0.01);
    const refused = await run("evaluate", "regions.onnx", "digits");
    expect([refused.code, refused.err.trim()]).toEqual([
      2,
      "fovea: regions, a segmenter: expected scenes, of which the class of each pixel is known, got digits",
    ]);
  });
});
