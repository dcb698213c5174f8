/** @file `fovea calibrate`, as a user runs it. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { modelCard } from "../../src/model/card.js";
import { readModel } from "../../src/onnx/read/read.js";
import { everything } from "../support/share.js";
import { fovea, workFolder } from "./fovea.js";

const folder = workFolder();
const model = fileURLToPath(new URL("../../models/mnist.onnx", import.meta.url));

it.runIf(everything)("writes the model with a temperature, at which its probabilities are shown", async () => {
  const { code, out } = await fovea(folder, ["calibrate", model, "digits", "--out", "calibrated.onnx", "--json"]);
  const { temperature, images, held } = JSON.parse(out);
  expect([code, images]).toEqual([0, 600]);
  const written = modelCard(readModel(readFileSync(join(folder, "calibrated.onnx")), "calibrated.onnx"));
  expect(written.temperature).toBe(temperature);
  expect(written.provenance?.calibration).toMatchObject({ temperature, data: "digits", images: 600 });
  const measured = await fovea(folder, ["evaluate", "calibrated.onnx", "digits", "--json"]);
  const { calibration } = JSON.parse(measured.out);
  expect(calibration.negativeLogLikelihood).toBeCloseTo(held.after.negativeLogLikelihood, 4);
  expect(calibration.negativeLogLikelihood).not.toBeCloseTo(held.before.negativeLogLikelihood, 4);
});

it("refuses to replace the model, and data that have their own validation to be chosen from", async () => {
  const same = await fovea(folder, ["calibrate", model, "digits", "--out", model]);
  expect([same.code, same.err]).toEqual([
    2,
    expect.stringMatching(/^fovea: --out: expected another file than the model/),
  ]);
  const chosen = await fovea(folder, ["calibrate", model, "digits", "--out", "x.onnx", "--split", "test"]);
  expect([chosen.code, chosen.err]).toEqual([
    2,
    expect.stringMatching(/^fovea: --split: expected photos to choose from/),
  ]);
});
