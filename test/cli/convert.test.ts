/** @file `fovea convert`, and other commands on Keras files, as a user runs them. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { modelCard } from "../../src/model/card.js";
import { readModel } from "../../src/onnx/read/read.js";
import { relativeDifference } from "../support/goldens/goldens.js";
import { array } from "../support/models/keras.js";
import { onnxComplaints } from "../support/models/onnx-checker.js";
import { runtime } from "../support/runtime.js";
import { everything } from "../support/share.js";
import { fovea, workFolder } from "./fovea.js";

const folder = workFolder();
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/keras/${name}`, import.meta.url));
const keras = fixture("nested_deep/model.keras");

describe("fovea convert", () => {
  it("writes a valid ONNX file that computes the same and holds the class names", async () => {
    writeFileSync(join(folder, "names.txt"), "a\nb\nc\nd\ne\n");
    const { code, out, err } = await fovea(folder, ["convert", keras, "deep.onnx", "--labels", "names.txt"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out.split("\n").slice(0, 3)).toEqual([
      "input   input_layer_2 : float32[N, 24, 28, 3]",
      "output  dense : float32[N, 5]",
      "wrote deep.onnx",
    ]);
    const bytes = readFileSync(join(folder, "deep.onnx"));
    expect(onnxComplaints(bytes)).toEqual([]);
    expect(modelCard(readModel(bytes)).classes).toEqual(["a", "b", "c", "d", "e"]);
    const session = await runtime.open(bytes);
    const { dense } = await session.run({ input_layer_2: array(fixture("nested_deep/input.npy")) });
    await session.close();
    expect(relativeDifference(dense as never, array(fixture("nested_deep/output.npy")))).toBeLessThan(1e-4);
  });

  it.each([
    [["names.txt"], "names.txt: expected a .keras, .h5, .hdf5 or model.json file"],
    [[fixture("lambda_refused/model.keras")], 'layer "python_code": expected a layer that Fovea knows'],
    [[keras, "--labels", "two.txt"], "class names: expected 5, got 2"],
  ])("refuses %j in one line and writes nothing", async ([path = "", ...more], sentence) => {
    writeFileSync(join(folder, "names.txt"), "a\n");
    writeFileSync(join(folder, "two.txt"), "a\nb\n");
    const { code, err } = await fovea(folder, ["convert", path, "refused.onnx", ...more]);
    expect([code, err.trim().split("\n").length]).toEqual([2, 1]);
    expect(err).toContain(sentence);
    expect(existsSync(join(folder, "refused.onnx"))).toBe(false);
  });
});

describe("fovea check", () => {
  it.runIf(everything)("proves a Keras model, at a layer by its Keras name", async () => {
    const { code, out } = await fovea(folder, ["check", keras, "--layer", "mid/re_lu_1", "--json"]);
    expect([code, JSON.parse(out)]).toMatchObject([0, { passed: true, layer: { name: "mid/re_lu_1" } }]);
  });
});
