/** @file Models of others on the command line: settings beside them, proofs. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { encodePng } from "../../../src/image/node.js";
import { Builder } from "../../../src/onnx/builder.js";
import { writeModel } from "../../../src/onnx/write.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { everything } from "../../support/share.js";
import { fovea, workFolder } from "../fovea.js";

const folder = workFolder();

beforeAll(async () => {
  mkdirSync(join(folder, "net"));
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, 16, 16]);
  const features = op.named("features", op.Relu(op.Conv(x, op.constant(randomTensor([4, 3, 3, 3], "w")))));
  op.output(op.Gemm(op.Flatten(op.GlobalAveragePool(features)), op.constant(randomTensor([4, 2], "head"))), "y");
  writeFileSync(join(folder, "net", "model.onnx"), writeModel(op.graph));
  writeFileSync(
    join(folder, "net", "fovea.json"),
    JSON.stringify({ classes: ["cat", "dog"], preprocessing: { fit: "crop", cropFraction: 1 } }),
  );
  const pixels = Uint8Array.from({ length: 60 * 30 * 3 }, (_, i) => (i * 7919) % 256);
  writeFileSync(join(folder, "photo.png"), await encodePng({ width: 60, height: 30, channels: 3, pixels }));
});

describe("fovea explain", () => {
  it("takes classes and preprocessing from beside the model, and says so", async () => {
    const { code, out } = await fovea(folder, ["explain", "photo.png", "--model", "net/model.onnx", "--check"]);
    expect(code).toBe(0);
    expect(out).toContain(
      "preprocessing: size from the model, crop from fovea.json, scale, mean and deviation assumed",
    );
    expect(out).toContain("resized from 60x30 to 16x16, of which the network sees the middle 30x30 at (15, 0)");
    expect(out).toMatch(/ % {2}(cat|dog)/);
    expect(out).toContain("model: explained rightly");
    expect(out).toContain("at layer features (Identity, 4x14x14): the last feature map before the scores");
  });

  it("tells programs which part of the picture its maps cover", async () => {
    const { out } = await fovea(folder, ["explain", "photo.png", "--model", "net/model.onnx", "--json"]);
    expect(JSON.parse(out).results[0].box).toEqual({ x: 15, y: 0, width: 30, height: 30 });
  });

  it("lets options override parts", async () => {
    const args = ["explain", "photo.png", "--model", "net/model.onnx", "--crop", "none", "--mean", "0", "--json"];
    const { results } = JSON.parse((await fovea(folder, args)).out);
    expect(results[0].notes).toEqual([
      "preprocessing: size from the model, crop from fovea.json, scale, mean and deviation assumed; fit and mean as given",
      "resized from 60x30 to 16x16",
    ]);
    expect(results[0]).not.toHaveProperty("box");
  });

  it.each([
    [["--crop", "2"], '--crop: expected a share above 0, at most 1, or none or letterbox, got "2"'],
    [["--size", "a"], '--size: expected HxW or one number, from 1 to 16,384 each, got "a"'],
    [["--channels", "gbr"], '--channels: expected rgb or bgr, got "gbr"'],
    [["--mean", "1,x"], '--mean: expected a number from -1000000 to 1000000, got "x"'],
    [["--grid", "0x1"], '--grid: expected HxW or one number, from 1 to 16,384 each, got "0x1"'],
    [["--skip-tokens", "-1"], '--skip-tokens: expected a whole number from 0 to 10,000, got "-1"'],
    [["--labels", "gone.txt"], "gone.txt: labels: expected a file, got none there"],
  ])("refuses %o", async (flags, sentence) => {
    const { code, err } = await fovea(folder, ["explain", "photo.png", "--model", "net/model.onnx", ...flags]);
    expect([code, err]).toEqual([2, `fovea: ${sentence}\n`]);
  });
});

describe("fovea check", () => {
  it.runIf(everything)("prints both errors, the operators and a verdict", async () => {
    const { code, out } = await fovea(folder, ["check", "net/model.onnx"]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /scores {4}ok: .* from what the file alone gives\n {2}gradient {2}ok: .* from finite differences/,
    );
    expect(out).toContain("operators Flatten, Gemm, GlobalAveragePool");
  });
});
