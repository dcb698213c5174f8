/** @file What commands say of recipes that nobody states: tried once for a model file, taken by name, and written down. */

import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { Builder } from "../../src/onnx/builder.js";
import { float32 } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { randomTensor } from "../support/models/random-tensor.js";
import { everything } from "../support/share.js";
import { fovea, workFolder } from "./fovea.js";

const folder = workFolder();
const cache = join(folder, "cache", "recipes");
const photos = join(folder, "photos");
const level = { r: 140, g: 110, b: 70 };

/** Its batch normalization has seen pixels of Caffe's recipe: blue first, the mean taken away. */
function caffeNet(): Uint8Array {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, 16, 16]);
  const vector = (values: readonly number[]) => op.constant(float32([3], values));
  const kept = [vector([level.b - 104, level.g - 116.7, level.r - 122.7]), vector([400, 400, 400])];
  const [y] = op.node("BatchNormalization", [x, vector([1, 1, 1]), vector([0, 0, 0]), ...kept]);
  const maps = op.Relu(op.Conv(y, op.constant(randomTensor([3, 3, 3, 3], "w"))));
  op.output(op.Flatten(op.GlobalAveragePool(maps)), "y");
  return writeModel(op.graph);
}

beforeAll(async () => {
  mkdirSync(photos);
  writeFileSync(join(folder, "m.onnx"), caffeNet());
  writeFileSync(join(folder, "names.txt"), "red\ngreen\nblue\n");
  for (let i = 0; i < 5; i++) {
    const noise = { type: "gaussian", mean: 128, sigma: 20 } as const;
    const grain = sharp({ create: { width: 20, height: 20, channels: 3, background: "#000", noise } }).toColourspace(
      "srgb",
    );
    const toLevel = [level.r - 128, level.g - 128, level.b - 128];
    await sharp(await grain.png().toBuffer())
      .linear([1, 1, 1], toLevel)
      .png()
      .toFile(join(photos, `${i}.png`));
  }
});

const run = (...args: string[]) => fovea(folder, args);
const keptIn = () => (existsSync(cache) ? readdirSync(cache) : []);

describe("a model whose preprocessing is assumed", () => {
  it("is not tried on one photo", async () => {
    const { out, code } = await run("explain", "photos/0.png", "--model", "m.onnx", "--out", "one.png");
    expect(code).toBe(0);
    expect(out).toMatch(
      /preprocessing assumed: RGB with ImageNet.*; too few to tell whether another recipe is surer: 1 photo/,
    );
    expect(keptIn()).toEqual([]);
  });

  it("is tried on several, once, and the surer recipe is shown by every command but not taken", async () => {
    const { out } = await run("explain", "photos", "--model", "m.onnx", "--overlay", "--out", "maps", "--json");
    const { preprocessing } = JSON.parse(out);
    expect(preprocessing.trial).toMatchObject({
      photos: 5,
      by: "batch normalization",
      assumed: "imagenet",
      surer: "caffe",
    });
    expect(preprocessing.trial.says).toMatch(/^caffe is surer: (red|green|blue) \d+ % \(--preprocess caffe\)$/);
    const [file = ""] = keptIn();
    expect(file).toMatch(/^[0-9a-f]{64}\.json$/);
    // What is read there is shown: the network is not run for it again.
    const text = readFileSync(join(cache, file), "utf8");
    writeFileSync(join(cache, file), text.replaceAll('"caffe"', '"clip"'));
    const again = await run("explain", "photos", "--model", "m.onnx", "--overlay", "--out", "maps");
    expect(again.out).toMatch(/preprocessing assumed: RGB with ImageNet.*; clip is surer: .* \(--preprocess clip\)\n/);
    writeFileSync(join(cache, file), text);
    const other = await run("inspect", "m.onnx");
    expect(other.out).toMatch(/^preprocessing .*; caffe is surer \(--preprocess caffe\)$/m);
  });

  it.runIf(everything)("is tried again where what was kept cannot be read, or is of other settings", async () => {
    const [file = ""] = keptIn();
    const kept = JSON.parse(readFileSync(join(cache, file), "utf8"));
    const other = JSON.stringify({ ...kept, trial: { ...kept.trial, recipes: [null] } });
    for (const text of ["no JSON", other]) {
      writeFileSync(join(cache, file), text);
      const { out } = await run("explain", "photos", "--model", "m.onnx", "--overlay", "--out", "maps");
      expect(out).toContain("caffe is surer");
      expect(JSON.parse(readFileSync(join(cache, file), "utf8"))).toEqual(kept);
    }
  });

  it.runIf(everything)("is told by the commands that measure, too", async () => {
    const trusted = await run("trust", "m.onnx", "photos", "--metrics", "deletion", "--count", "1");
    expect(trusted.out).toContain("caffe is surer");
    const attacked = await run("attack", "m.onnx", "photos", "--eps", "2/255", "--steps", "1", "--out", "attacked");
    expect(attacked.err).toContain("caffe is surer");
  });

  it("is taken by name, and flags of single parts win over a preset", async () => {
    const { out } = await run("inspect", "m.onnx", "--preprocess", "caffe", "--mean", "1,2,3", "--json");
    expect(JSON.parse(out).preprocessing).toMatchObject({ scale: 1, mean: [1, 2, 3], std: [1, 1, 1], order: "bgr" });
    const named = await run(
      "explain",
      "photos",
      "--model",
      "m.onnx",
      "--overlay",
      "--out",
      "maps",
      "--preprocess",
      "caffe",
    );
    expect(named.out).not.toContain("surer");
    const { err, code } = await run("inspect", "m.onnx", "--preprocess", "cafe");
    expect(code).toBe(2);
    expect(err).toMatch(/^fovea: --preprocess: expected one of imagenet, unit, .*, got "cafe"\n$/);
  });
});

describe("fovea describe", () => {
  const file = join(folder, "fovea.json");
  const written = () => JSON.parse(readFileSync(file, "utf8"));

  it("writes what every command then reads, and a preset wins over the file", async () => {
    const { out, code } = await run("describe", "m.onnx", "--preprocess", "caffe", "--labels", "names.txt");
    expect(code).toBe(0);
    expect(out).toMatch(/^wrote fovea\.json\n {2}scale 1\n[\s\S]* {2}3 class names: red, green, blue\n$/);
    const inspected = JSON.parse((await run("inspect", "m.onnx", "--json")).out);
    const mean = [104.007, 116.669, 122.679];
    expect(inspected).toMatchObject({
      classes: ["red", "green", "blue"],
      preprocessing: { scale: 1, mean, order: "bgr" },
    });
    const shown = await run("explain", "photos", "--model", "m.onnx", "--overlay", "--out", "maps");
    expect(shown.out).toContain("from fovea.json");
    expect(shown.out).not.toContain("surer");
    const preset = await run("inspect", "m.onnx", "--preprocess", "signed", "--json");
    expect(JSON.parse(preset.out).preprocessing).toMatchObject({ mean: [1, 1, 1], order: "rgb" });
  });

  it("keeps what stands there, and replaces what is given", async () => {
    writeFileSync(file, JSON.stringify({ ...written(), note: "ours" }));
    expect((await run("describe", "m.onnx", "--crop", "0.9")).out).toContain("kept: scale, mean, std, order");
    expect(written()).toMatchObject({
      note: "ours",
      classes: ["red", "green", "blue"],
      preprocessing: { order: "bgr", fit: "crop", cropFraction: 0.9 },
    });
    await run("describe", "m.onnx", "--preprocess", "unit", "--crop", "none");
    expect(written().preprocessing).toEqual({ scale: 1 / 255, mean: [0], std: [1], order: "rgb", fit: "stretch" });
  });

  it.each([
    [[], "describe: expected a setting to write down, got none"],
    [["--preprocess", "cafe"], "--preprocess: expected one of imagenet"],
    [["--size", "17"], "preprocessing ("],
    [["--labels", "two.txt"], "m.onnx: class names as given: expected 3, got 2"],
    [["--mean", "1,2"], "preprocessing ("],
  ])("refuses %j and leaves the file alone", async (args, message) => {
    writeFileSync(join(folder, "two.txt"), "a\nb\n");
    const before = readFileSync(file, "utf8");
    const { err, code } = await run("describe", "m.onnx", ...args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  it("refuses what the model stores itself, which wins over what lies beside it", async () => {
    const before = readFileSync(file, "utf8");
    const stored = join(folder, "stored.onnx");
    copyFileSync("models/shapes.onnx", stored);
    const { err, code } = await run("describe", "stored.onnx", "--preprocess", "caffe");
    expect([code, err]).toEqual([2, expect.stringContaining("does not say its preprocessing, got one that stores")]);
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  it("does not write over a file that it cannot read", async () => {
    writeFileSync(file, "{ preprocessing");
    const { err, code } = await run("describe", "m.onnx", "--preprocess", "unit");
    expect([code, err]).toEqual([2, expect.stringContaining("mend or remove the file")]);
    expect(readFileSync(file, "utf8")).toBe("{ preprocessing");
  });
});
