/** @file `fovea train` on folders of photos: from scratch, on a trained network, interrupted, and with bad input. */

import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modelCard } from "../../../src/model/card.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { testFolder } from "../../data/photos/folder.js";
import { tintedPhoto } from "../../support/images/tinted-photo.js";
import { twoConvolutions } from "../../support/models/two-convolutions.js";
import { everything } from "../../support/share.js";
import { fovea, start } from "../fovea.js";

const folder = testFolder();
afterAll(() => folder.remove());
const run = (...args: string[]) => fovea(folder.path, args);

beforeAll(async () => {
  for (const [split, count] of Object.entries({ train: 10, val: 4, test: 4 })) {
    for (let i = 0; i < count; i++) {
      await folder.write({
        [`photos/${split}/green/${i}.png`]: await tintedPhoto(1, `${split} green ${i}`),
        [`photos/${split}/red/${i}.png`]: await tintedPhoto(0, `${split} red ${i}`),
      });
    }
  }
  await folder.write({
    "backbone.onnx": twoConvolutions({ classes: ["a", "b", "c"], last: "old" }),
    "gone/train/a/1.png": undefined,
    "gone/train/a/2.png": undefined,
    "gone/test/b/1.png": undefined,
    "gone/test/b/2.png": undefined,
  });
});

const cardOf = (name: string) => modelCard(readModel(readFileSync(join(folder.path, name))));
const quick = ["--net", "compact", "--size", "24", "--batch", "5", "--augment", "none"];

describe("fovea train PHOTOS", { timeout: 120_000 }, () => {
  it.runIf(everything)("trains a network from scratch that evaluate, explain and inspect open", async () => {
    const { code, out } = await run("train", "photos", ...quick, "--epochs", "20", "--out", "scratch.onnx");
    expect(code).toBe(0);
    expect(out).toMatch(
      /^compact on photos \(20 photos\), seed 1\n20 epochs in \d+ s\ntest accuracy 100.0 % of 8 photos/,
    );
    expect(out).toContain("always green would be right for 50.0 %\nwrote scratch.onnx\n");
    const { classes, preprocessing, provenance } = cardOf("scratch.onnx");
    expect(classes).toEqual(["green", "red"]);
    expect(preprocessing).toMatchObject({ width: 24, height: 24, channels: 3 });
    expect(provenance).toMatchObject({ network: "compact", trainingImages: 20, validationImages: 8, testAccuracy: 1 });
    expect(provenance?.command).toBe(
      "fovea train photos --net compact --size 24 --batch 5 --augment none --epochs 20 --seed 1",
    );
    expect(existsSync(join(folder.path, "scratch.onnx.checkpoint"))).toBe(false);
    const measured = await run("evaluate", "scratch.onnx", "photos");
    expect(measured.out).toContain("accuracy   100.00 %");
    const explained = await run("explain", "photos/test/red/0.png", "--model", "scratch.onnx", "--json");
    expect(JSON.parse(explained.out).results[0].top[0].label).toBe("red");
  });

  it.runIf(everything)("writes the same bytes into whichever folder, and no folder's name into them", async () => {
    const train = (place: string) => {
      const at = (name: string) => join(folder.path, place, name);
      return run(
        "train",
        join(folder.path, "photos"),
        ...quick,
        "--epochs",
        "1",
        "--cache",
        at("cache"),
        "--out",
        at("m.onnx"),
      );
    };
    for (const place of ["secret-client", "other"]) expect((await train(place)).code).toBe(0);
    const [first, second] = ["secret-client", "other"].map((place) => readFileSync(join(folder.path, place, "m.onnx")));
    expect(second?.equals(first ?? new Uint8Array())).toBe(true);
    for (const name of ["secret-client", folder.path]) expect(first?.includes(name)).toBe(false);
    const { command, data } = cardOf(join("other", "m.onnx")).provenance ?? {};
    expect([data, command]).toEqual([
      "photos",
      "fovea train photos --net compact --size 24 --batch 5 --augment none --epochs 1 --seed 1",
    ]);
    const report = join(folder.path, "secret-client", "report.html");
    const args = [join(folder.path, "secret-client", "m.onnx"), join(folder.path, "photos"), "--out", report];
    expect((await run("report", ...args, "--split", "all")).code).toBe(0);
    const html = readFileSync(report, "utf8");
    for (const name of ["secret-client", folder.path]) expect(html.includes(name)).toBe(false);
  });

  it.runIf(everything).each(["softmax", "sigmoid"])(
    "puts a new %s head on a trained network, and keeps its features",
    async (head) => {
      const out = `${head}.onnx`;
      const args = ["train", "photos", "--backbone", "backbone.onnx", "--head", head, "--epochs", "40", "--out", out];
      const first = await run(...args);
      expect(first.code).toBe(0);
      expect(first.out).toContain("test accuracy 100.0 % of 8 photos");
      const { classes, preprocessing, provenance } = cardOf(out);
      expect(classes).toEqual(["green", "red"]);
      expect(preprocessing).toMatchObject({ width: 16, mean: [0.5, 0.5, 0.5] });
      expect(provenance).toMatchObject({ network: "head on backbone", backbone: "backbone", unfrozen: 0, epochs: 40 });
      const again = await run(...args, "--seed", "2", "--epochs", "1");
      expect(again.err).toMatch(/features of backbone: 28 of 28 photos in .*, 0 to compute/);
      const both = await run("explain", "photos/test/green/0.png", "--model", out, "--class", "red", "--json");
      expect(both.code).toBe(0);
    },
  );

  it.runIf(everything)(
    "trains the last stages with the head, and goes on after SIGKILL to the weights of an uninterrupted training",
    async () => {
      const args = [
        "train",
        "photos",
        "--backbone",
        "backbone.onnx",
        "--unfreeze",
        "1",
        "--epochs",
        everything ? "30" : "12",
        "--batch",
        "5",
      ];
      const whole = await run(...args, "--out", "whole.onnx");
      expect(whole.code).toBe(0);
      expect(cardOf("whole.onnx").provenance).toMatchObject({ network: "last stage of backbone", unfrozen: 1 });
      const { child, done } = start(folder.path, [...args, "--out", "killed.onnx"]);
      const checkpoint = join(folder.path, "killed.onnx.checkpoint");
      while (!existsSync(checkpoint) && child.exitCode === null) await new Promise((wait) => setTimeout(wait, 5));
      child.kill("SIGKILL");
      await done;
      const resumed = await run(...args, "--out", "killed.onnx", "--resume");
      expect(resumed.code).toBe(0);
      const weights = (name: string) =>
        [...readModel(readFileSync(join(folder.path, name))).initializers].map(([name, { bytes }]) => [
          name,
          Buffer.from(bytes).toString("base64"),
        ]);
      expect(weights("killed.onnx")).toEqual(weights("whole.onnx"));
      const early = (name: string) => weights(name).find(([each]) => each === "early.weight");
      expect(early("whole.onnx")).toEqual(early("softmax.onnx"));
    },
  );

  it.runIf(everything)("goes on computing features where a killed process stopped", async () => {
    const cache = join(folder.path, "own-cache");
    const args = ["train", "photos", "--backbone", "backbone.onnx", "--epochs", "1", "--cache", cache];
    await run(...args, "--out", "cached.onnx");
    const [name = ""] = readdirSync(cache);
    const keys = readFileSync(join(cache, name, "keys"), "utf8").split("\n");
    await folder.write({ [`own-cache/${name}/keys`]: `${keys.slice(0, 5).join("\n")}\n${keys[5]?.slice(0, 9)}` });
    const { err } = await run(...args, "--out", "cached.onnx");
    expect(err).toMatch(/: 5 of 28 photos in .*, 23 to compute/);
  });

  it("skips what cannot be read, says so, and trains on the rest", async () => {
    await folder.write({ "photos/train/red/broken.png": (await tintedPhoto(0, "x")).subarray(0, 300) });
    const { code, err } = await run("train", "photos", ...quick, "--epochs", "1", "--out", "rest.onnx");
    rmSync(join(folder.path, "photos/train/red/broken.png"));
    expect(code).toBe(1);
    expect(err).toMatch(/photos\/train\/red\/broken\.png: /);
    expect(err).toContain("1 of 37 photos skipped");
  });

  it.each<[string, string[], RegExp]>([
    ["an unknown value", ["--backbone", "backbone.onnx", "--features", "nix"], /^fovea: features: .* got "nix"/],
    ["stages that there are not", ["--backbone", "backbone.onnx", "--unfreeze", "9"], /--unfreeze: expected 1 to 2/],
    ["options without the backbone", ["--unfreeze", "1"], /^fovea: --unfreeze: expected --backbone with it/],
    [
      "a network and a backbone",
      ["--backbone", "backbone.onnx", "--net", "photo"],
      /^fovea: --net: expected a network/,
    ],
    [
      "distortions of features",
      ["--backbone", "backbone.onnx", "--augment", "light"],
      /^fovea: --augment: expected --unfreeze with it/,
    ],
    ["a backbone that is not there", ["--backbone", "nix.onnx"], /^fovea: nix\.onnx: .*expected a/],
    ["an unknown head", ["--head", "tanh"], /--head.*softmax, sigmoid/],
  ])("refuses %s in one line", async (_, args, line) => {
    const { code, err } = await run("train", "photos", ...args, "--out", "never.onnx");
    expect(code).toBe(2);
    expect(err.trim().split("\n").at(-1)).toMatch(line);
    expect(existsSync(join(folder.path, "never.onnx"))).toBe(false);
  });

  it("refuses a class without photos to learn from, and photos' options for digits", async () => {
    expect((await run("train", "gone", "--out", "never.onnx")).err).toContain(
      "fovea: gone: expected photos of every class to learn from, got none of b",
    );
    const { code, err } = await run("train", "digits", "--backbone", "backbone.onnx");
    expect([code, err]).toEqual([
      2,
      "fovea: --backbone: expected a folder or a list of photos to train on, got digits\n",
    ]);
  });
});
