/** @file `fovea explain` of a segmentation: each class that is in the picture, over its region. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { encodePng } from "../../../../src/image/node.js";
import { Builder } from "../../../../src/onnx/builder.js";
import { float32 } from "../../../../src/onnx/tensor.js";
import { writeModel } from "../../../../src/onnx/write.js";
import { fovea, workFolder } from "../../fovea.js";

const folder = workFolder();
const labels = ["--labels", "names.txt", "--preprocess", "unit"];

/** Red, green and blue places are of the classes with these names; everything else is a little of a fourth. */
beforeAll(async () => {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, 16, 16]);
  const features = op.named("features", op.Relu(x));
  const weights = [1, -1, -1, -1, 1, -1, -1, -1, 1, 0, 0, 0];
  op.output(
    op.Conv(features, op.constant(float32([4, 3, 1, 1], weights)), op.constant(float32([4], [0, 0, 0, 0.1]))),
    "places",
  );
  writeFileSync(join(folder, "colours.onnx"), writeModel(op.graph));
  writeFileSync(join(folder, "names.txt"), "red\ngreen\nblue\nnothing\n");
  // A quarter red, a half green, the rest black.
  const colour = (i: number) => (i < 64 ? [255, 0, 0] : i < 192 ? [0, 255, 0] : [0, 0, 0]);
  const pixels = Array.from({ length: 256 }, (_, i) => colour(i)).flat();
  writeFileSync(
    join(folder, "flag.png"),
    await encodePng({ width: 16, height: 16, channels: 3, pixels: Uint8Array.from(pixels) }),
  );
});

describe("fovea explain of a segmentation", () => {
  it("explains the classes that are there, with their shares of the picture", async () => {
    const { code, out } = await fovea(folder, ["explain", "colours.onnx", "flag.png", ...labels, "--json"]);
    expect(code).toBe(0);
    const [{ classes, top }] = JSON.parse(out).results;
    expect(
      classes.map(({ label, probability }: { label: string; probability: number }) => [label, probability]),
    ).toEqual([
      ["green", expect.closeTo(0.5, 4)],
      ["red", expect.closeTo(0.25, 4)],
      ["nothing", expect.closeTo(0.25, 4)],
    ]);
    expect(top.length).toBe(3);
  });

  it("tells shares as such", async () => {
    const { out } = await fovea(folder, ["explain", "colours.onnx", "flag.png", ...labels, "--out", "flag.svg"]);
    expect(out).toContain("50.0 % of the image  green");
    expect(out).not.toContain("recipe is surer");
  });

  it("explains one class, and the largest of each of several pictures", async () => {
    const one = await fovea(folder, ["explain", "colours.onnx", "flag.png", ...labels, "--class", "red", "--json"]);
    expect(JSON.parse(one.out).results[0].classes.map(({ label }: { label: string }) => label)).toEqual(["red"]);
    const both = await fovea(folder, [
      "explain",
      "colours.onnx",
      "flag.png",
      "flag.png",
      ...labels,
      "--json",
      "--out",
      "maps",
    ]);
    for (const { classes } of JSON.parse(both.out).results)
      expect(classes.map(({ label }: { label: string }) => label)).toEqual(["green"]);
  });

  it("explains a place or a mask where that is asked for", async () => {
    const place = await fovea(folder, ["explain", "colours.onnx", "flag.png", ...labels, "--at", "2=0,3=0", "--json"]);
    expect(JSON.parse(place.out).results[0].top[0].label).toBe("red");
    const mask = await fovea(folder, [
      "explain",
      "colours.onnx",
      "flag.png",
      ...labels,
      "--mask",
      "flag.png",
      "--json",
    ]);
    expect(mask.code).toBe(0);
  });

  it("is inspected as one", async () => {
    const { out } = await fovea(folder, ["inspect", "colours.onnx"]);
    expect(out).toContain('task          segmentation: of "places", 4 classes');
  });
});
