/** @file `fovea explain` with baselines, noise and superpixels. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readNpy, writeNpy } from "../../../src/data/npy.js";
import { encodePng } from "../../../src/image/node.js";
import { createPicture } from "../../../src/image/picture/picture.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { everything } from "../../support/share.js";
import { fovea, workFolder } from "../fovea.js";

const folder = workFolder();
beforeAll(async () => {
  const op = new Builder();
  const x = op.named("features", op.Relu(op.input("x", "float32", ["N", 3, 8, 8])));
  const rows = op.constant(randomTensor([4, 3], "rows"));
  op.output(op.Gemm(op.Flatten(op.GlobalAveragePool(x)), rows, undefined, { transB: 1 }), "y");
  writeFileSync(join(folder, "classifier.onnx"), writeModel(op.graph));
  writeFileSync(join(folder, "x.npy"), writeNpy(randomTensor([1, 3, 8, 8], "x")));
  writeFileSync(join(folder, "narrow.npy"), writeNpy(randomTensor([1, 3, 8, 4], "narrow")));
  mkdirSync(join(folder, "background"));
  for (const grey of [0, 60, 200]) {
    const picture = createPicture(8, 8, 1, new Uint8Array(64).fill(grey));
    writeFileSync(join(folder, "background", `${grey}.png`), await encodePng(picture));
  }
});

const explain = (...options: string[]) =>
  fovea(folder, ["explain", "x.npy", "--model", "classifier.onnx", "--class", "1", ...options]);

interface Printed {
  readonly classes: readonly { readonly attributed: number; readonly total: number }[];
  readonly notes: readonly string[];
}

describe("fovea explain", () => {
  it("takes the images of a folder as baselines, and prints how far the attribution is from complete", async () => {
    const options = ["--method", "expected-gradients", "--baseline", "background", "--samples", "400"];
    const run = await explain(...options, "--json", "--raw", "--signed", "--out", "map.npy");
    expect(run).toMatchObject({ code: 0 });
    const [{ classes, notes }] = JSON.parse(run.out).results as [Printed];
    expect(notes.join("\n")).toMatch(/Expected gradients from the 3 given inputs, one drawn for each sample,/);
    expect(notes.join("\n")).toMatch(/should add up to the score less the mean score of the baselines/);
    const [{ attributed, total }] = classes as unknown as [{ attributed: number; total: number }];
    const sum = floats(readNpy(readFileSync(join(folder, "map.npy")), "map.npy")).reduce(
      (all, value) => all + value,
      0,
    );
    expect(attributed).toBeCloseTo(sum, 3);
    expect(Math.abs(attributed - total)).toBeLessThan(0.2 * Math.max(Math.abs(total), 0.1));
    const text = await explain(...options, "--raw", "--out", "map.npy");
    expect(text.out).toMatch(/attribution of .* adds up to -?[\d.]+ of -?[\d.]+ \(error [\d.e-]+, [\d.]+ %\)/);
  });

  it.runIf(everything)("says which option shows a map that a few dots make dark, unless it is given", async () => {
    const op = new Builder();
    const features = op.named("features", op.Relu(op.input("x", "float32", ["N", 3, 40, 40])));
    const rows = op.constant(float32([2, 3], [1, 1, 1, 0, 0, 0]));
    op.output(op.Gemm(op.Flatten(op.GlobalAveragePool(features)), rows, undefined, { transB: 1 }), "y");
    writeFileSync(join(folder, "dots.onnx"), writeModel(op.graph));
    const values = new Float32Array(4800).fill(1);
    values[820] = 28;
    writeFileSync(join(folder, "dots.npy"), writeNpy(float32([1, 3, 40, 40], values)));
    const told = async (...options: string[]) => {
      const args = ["dots.npy", "--model", "dots.onnx", "--class", "0", "--method", "ig", "--samples", "4"];
      const { out } = await fovea(folder, ["explain", ...args, "--out", "dots.png", ...options]);
      return /a few dots outshine the rest, of which 99 % lie below (\d+) % of the peak; --percentile 99/.exec(
        out,
      )?.[1];
    };
    expect(await told()).toBe("10");
    expect(await told("--percentile", "99")).toBeUndefined();
    expect(await told("--raw", "--out", "dots.json")).toBeUndefined();
  });

  it("refuses baselines that are neither a name nor images, or of another size", async () => {
    const refused = async (...options: string[]) => {
      const { code, err } = await explain("--method", "gradient-shap", ...options);
      return [code, err];
    };
    expect(await refused("--baseline", "grey")).toEqual([
      2,
      "fovea: --baseline grey: expected one of zero, black, white, blur, several, mean, or images, got neither\n",
    ]);
    const [code, err] = await refused("--baseline", "narrow.npy");
    expect(code).toBe(2);
    expect(err).toMatch(/^fovea: .*\[1, 3, 8, 4\].*\n$/);
    expect(await refused("--noise", "-1")).toEqual([2, 'fovea: --noise: expected a number from 0 to 10, got "-1"\n']);
  });

  it.runIf(everything)("masks as many superpixels as are asked for", async () => {
    const run = await explain(
      "--method",
      "kernel-shap",
      "--superpixels",
      "4",
      "--raw",
      "--signed",
      "--out",
      "shap.npy",
    );
    expect(run).toMatchObject({ code: 0 });
    const values = new Set(floats(readNpy(readFileSync(join(folder, "shap.npy")), "shap.npy")));
    expect([3, 4, 5]).toContain(values.size);
    expect(await explain("--method", "rise", "--superpixels", "4")).toMatchObject({
      code: 2,
      err: "fovea: classifier.onnx: superpixels: expected none for the method rise, which masks none\n",
    });
  });
});
