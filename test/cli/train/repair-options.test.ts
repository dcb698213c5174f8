/** @file Regions, groups and boxes as `fovea train` reads them, and the options that say something only together. */

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import {
  checkFlags,
  type TrainFlags,
  trainCommandLine,
  withTrainOptions,
} from "../../../src/cli/options/train-options.js";
import { settingsChanges } from "../../../src/cli/options/values/train-settings.js";
import { askedCues, exchangeInWords } from "../../../src/cli/train/exchanged-cues.js";
import { groupsInOrder, groupsOfPhotos } from "../../../src/cli/train/image-groups.js";
import { placedBoxes } from "../../../src/data/photos/placed-boxes.js";
import { unitPreprocessing } from "../../../src/image/input/preprocessing.js";
import { lightAugmentation } from "../../../src/train/step/augment.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-repair-"));
});

function flagsOf(...words: string[]): TrainFlags {
  return withTrainOptions(new Command("train").exitOverride()).parse(words, { from: "user" }).opts<TrainFlags>();
}

describe("--exchange", () => {
  it("reads a region from the light places of a picture, at the images' size", async () => {
    const path = join(folder, "region.png");
    const pixels = Uint8Array.of(255, 0, 0, 0);
    await writeFile(
      path,
      await sharp(pixels, { raw: { width: 2, height: 2, channels: 1 } })
        .png()
        .toBuffer(),
    );
    const [region, tint] = await askedCues([path, "tint"]);
    const cue = region?.at([1, 4, 4]);
    expect(cue?.kind === "region" && [...cue.mask.places]).toEqual([1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(tint?.at([3, 4, 4])).toEqual({ kind: "tint" });
    expect(exchangeInWords([region as never, tint as never])).toEqual([
      expect.stringMatching(/^region region\.png \(2x2, 1 places, [0-9a-f]{8}\)$/),
      "tint",
    ]);
    expect(exchangeInWords([])).toBeUndefined();
  });

  it("refuses a picture without a region", async () => {
    const path = join(folder, "dark.png");
    await writeFile(
      path,
      await sharp(new Uint8Array(4), { raw: { width: 2, height: 2, channels: 1 } })
        .png()
        .toBuffer(),
    );
    await expect(askedCues([path])).rejects.toThrow(/expected a picture of light and dark places, got only dark ones/);
  });
});

describe("--groups", () => {
  it("finds each photo's group by its path, whatever the order of the lines", async () => {
    const list = join(folder, "groups.csv");
    await writeFile(list, "path,group,place\nb.png,y,land\na.png,x,water\nc.png,x,land\n");
    const photos = ["a.png", "b.png"].map((name) => ({ path: join(folder, name) }));
    expect(await groupsOfPhotos(list, photos)).toEqual({ of: [0, 1], names: ["x", "y"] });
    expect(await groupsOfPhotos(`${list}:place`, photos)).toEqual({ of: [1, 0], names: ["land", "water"] });
    expect(await groupsInOrder(list, 3)).toEqual({ of: [1, 0, 0], names: ["x", "y"] });
    await expect(groupsOfPhotos(list, [{ path: join(folder, "d.png") }])).rejects.toThrow(/got none for .*d\.png/);
    await expect(groupsInOrder(list, 4)).rejects.toThrow(/expected a line for each of 4 training images, got 3/);
    await expect(groupsInOrder(`${list}:nowhere`, 3)).rejects.toThrow(/columns: expected nowhere, got .*name one as/);
  });
});

describe("boxes", () => {
  it("lie where the network sees them", () => {
    const photo = {
      path: "a.png",
      name: "a.png",
      label: 0,
      split: "train",
      width: 200,
      height: 100,
      boxes: [{ x: 100, y: 20, width: 50, height: 40 }],
    } as const;
    expect(placedBoxes(photo, unitPreprocessing({ width: 50, height: 50, channels: 3 }))).toEqual([
      { x: 25, y: 10, width: 12.5, height: 20 },
    ]);
    const { boxes, ...without } = photo;
    expect(placedBoxes(without, unitPreprocessing({ width: 50, height: 50, channels: 3 }))).toEqual([]);
  });
});

describe("options that belong together", () => {
  it.each([
    [["--balance", "groups"], /^--balance: expected --groups with a list of the images' groups, got none/],
    [["--groups", "g.csv"], /^--groups: expected --balance groups or --last-layer groups with it, got neither/],
    [["--energy-weight", "2"], /^--energy-weight: expected --energy-loss boxes with it, got none/],
    [["--attack-steps", "2"], /^--attack-steps: expected --adversarial with it, got none/],
    [
      ["--backbone", "m.onnx", "--adversarial", "0.1"],
      /^--adversarial: expected --unfreeze with it, since a frozen network stays/,
    ],
    [
      ["--last-layer", "groups", "--groups", "g.csv"],
      /^--last-layer: expected --backbone with it, got a network from scratch/,
    ],
  ] as const)("are asked for: %j", (words, message) => {
    expect(() => checkFlags(flagsOf(...words), "photos", true)).toThrow(message);
  });

  it("become settings, and a command line without folders", () => {
    const flags = flagsOf(
      ...["--exchange", "/home/me/region.png", "--exchange", "tint", "--adversarial", "0.3", "--attack-steps", "7"],
    );
    checkFlags(flags, "mnist", false);
    expect(settingsChanges(flags, lightAugmentation).adversarial).toEqual({
      ...{ eps: 0.3, steps: 7, stepSize: 0.75 / 7, growth: 0.4 },
    });
    expect(settingsChanges(flagsOf("--energy-loss", "boxes"), lightAugmentation).energyLoss).toBe(1);
    const line = trainCommandLine("mnist", flags);
    expect(line).toContain("--exchange region.png --exchange tint");
    expect(line).not.toContain("/home");
  });
});
