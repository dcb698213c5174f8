/** @file `fovea compile` as a user runs it, and what it says of bad input. */

import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { modelCard } from "../../src/model/card.js";
import { Builder } from "../../src/onnx/builder.js";
import { readModel } from "../../src/onnx/read/read.js";
import { writeModel } from "../../src/onnx/write.js";
import { onnxComplaints } from "../support/models/onnx-checker.js";
import { randomTensor } from "../support/models/random-tensor.js";
import { fovea, workFolder } from "./fovea.js";

const folder = workFolder();
const bytesAt = (name: string) => readFileSync(join(folder, name));

beforeAll(() => {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, 16, 16]);
  const features = op.named("features", op.Relu(op.Conv(x, op.constant(randomTensor([4, 3, 3, 3], "w")))));
  op.output(op.Gemm(op.Flatten(op.GlobalAveragePool(features)), op.constant(randomTensor([4, 2], "head"))), "y");
  writeFileSync(join(folder, "model.onnx"), writeModel(op.graph));
  writeFileSync(join(folder, "fovea.json"), JSON.stringify({ classes: ["cat", "dog"] }));
  const flat = new Builder();
  const pixels = flat.input("x", "float32", ["N", 3, 16, 16]);
  flat.output(flat.Gemm(flat.Flatten(pixels), flat.constant(randomTensor([768, 2], "w"))), "y");
  writeFileSync(join(folder, "flat.onnx"), writeModel(flat.graph));
  mkdirSync(join(folder, "folder"));
  symlinkSync("model.onnx", join(folder, "link.onnx"));
});

describe("fovea compile", () => {
  it("writes a file that takes photos and gives scores and heat maps, and says what goes in and out", async () => {
    const args = ["compile", "model.onnx", "--out", "explained.onnx", "--classes", "all", "--image", "--choose"];
    const { code, out, err } = await fovea(folder, [...args, "--mean", "0.5", "--std", "0.25"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out.split("\n")).toEqual([
      "input   image : uint8[N, H, W, 3]",
      "input   class : int64[N, 2]",
      "output  y : float32[N, 2]",
      "output  heatmap : float32[N, 2, H, W]",
      "output  heatmap_classes : int64[N, 2]",
      "layer   features (Identity, 4x14x14): the last feature map before the scores",
      "photos  assumed: RGB with ImageNet's mean and deviation; mean and std as given",
      "wrote explained.onnx",
      "",
    ]);
    expect(onnxComplaints(bytesAt("explained.onnx"))).toEqual([]);
    const { classes, preprocessing } = modelCard(readModel(bytesAt("explained.onnx")));
    expect([classes, preprocessing?.mean]).toEqual([
      ["cat", "dog"],
      [0.5, 0.5, 0.5],
    ]);
  });

  it.each<[string, string[], string | RegExp]>([
    ["no --out", ["model.onnx"], /^error: required option '--out <file>' not specified\n/],
    [
      "too many classes",
      ["model.onnx", "--out", "x.onnx", "--classes", "3"],
      "fovea: model.onnx: classes: expected a whole number from 1 to 2, or all, got 3\n",
    ],
    [
      "an unknown layer",
      ["model.onnx", "--out", "x.onnx", "--layer", "featurs"],
      /^fovea: model\.onnx: unknown layer "featurs": expected one of features.*\n$/,
    ],
    [
      "a model without feature maps",
      ["flat.onnx", "--out", "x.onnx"],
      /^fovea: flat\.onnx: layer auto: expected a feature map \[N, C, H, W\] before the scores, the network has none.*\n$/,
    ],
    [
      "a folder to write to",
      ["model.onnx", "--out", "folder"],
      "fovea: folder: cannot be written: expected a place to write a file, got a folder\n",
    ],
    [
      "the model's own place",
      ["model.onnx", "--out", "link.onnx"],
      "fovea: --out: expected another file than the model, got link.onnx\n",
    ],
  ])("refuses %s in one line", async (_, args, sentence) => {
    const before = bytesAt("model.onnx");
    const { code, out, err } = await fovea(folder, ["compile", ...args]);
    expect([code, out]).toEqual([2, ""]);
    if (typeof sentence === "string") expect(err).toBe(sentence);
    else expect(err).toMatch(sentence);
    expect(existsSync(join(folder, "x.onnx"))).toBe(false);
    expect(bytesAt("model.onnx").equals(before)).toBe(true);
  });
});
