/** @file What `--resume` says of checkpoints that cannot be gone on from. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { startingPoint } from "../../../src/cli/train/run-training.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { encodeCheckpoint } from "../../../src/train/checkpoint.js";
import { trainingSettings } from "../../../src/train/network/recipes.js";
import { fovea } from "../fovea.js";

const folder = mkdtempSync(join(tmpdir(), "fovea-checkpoints-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settings = trainingSettings("compact", { epochs: 2 });
const whole = encodeCheckpoint({ settings, history: [], state: { parameters: float32([1], [1]) } });
let count = 0;
const resume = (checkpoint: Uint8Array | undefined, changes: object = {}) => {
  const out = join(folder, `${count++}.onnx`);
  if (checkpoint) writeFileSync(`${out}.checkpoint`, checkpoint);
  else mkdirSync(`${out}.checkpoint`);
  return startingPoint({ settings: { ...settings, ...changes }, out, resume: true, restart: false });
};

it("says in one line what is wrong with a checkpoint, and what to do", async () => {
  expect((await resume(whole))?.settings).toEqual(settings);
  for (const bytes of [Buffer.from(""), Buffer.from("{oops"), whole.subarray(0, -1), whole.map((byte) => byte ^ 1)]) {
    await expect(resume(bytes)).rejects.toThrow(
      /^\S+\.onnx\.checkpoint: expected the whole checkpoint of an unfinished training, got [^\n]+: --restart begins again$/,
    );
  }
  await expect(resume(undefined)).rejects.toThrow(/: expected a regular file, got a folder: --restart begins again$/);
  await expect(resume(whole, { seed: 7 })).rejects.toThrow(
    /: --resume: expected the settings it began with: seed was 1, got 7$/,
  );
});

it("ends the command with exit code 2 and no more than that line", async () => {
  writeFileSync(join(folder, "bad.onnx.checkpoint"), "{oops");
  const { code, err } = await fovea(folder, ["train", "digits", "--epochs", "1", "--out", "bad.onnx", "--resume"]);
  expect([code, err.split("\n").at(-2)]).toEqual([
    2,
    "fovea: bad.onnx.checkpoint: expected the whole checkpoint of an unfinished training, got a file that is damaged, or of an earlier version: --restart begins again",
  ]);
});
