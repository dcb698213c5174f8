/** @file `fovea explain` of a clip for a network that takes clips, with a stand-in for ffmpeg. */

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { Builder } from "../../../src/onnx/builder.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { fovea, workFolder } from "../fovea.js";

const folder = workFolder();
const withTools = { PATH: [join(folder, "bin"), process.env.PATH].join(delimiter) };

beforeAll(() => {
  // Its scores are the brightness of each of its three frames, as they come.
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, 3, 8, 8]);
  const features = op.named("features", op.Conv(x, op.constant(float32([1, 3, 1, 1, 1], [1 / 3, 1 / 3, 1 / 3]))));
  op.output(op.Flatten(op.ReduceMean(features, op.ints([3, 4]), { keepdims: 0 })), "scores");
  writeFileSync(join(folder, "frames.onnx"), writeModel(op.graph));
  const tool = fileURLToPath(new URL("../../support/video/stand-in.mjs", import.meta.url));
  mkdirSync(join(folder, "bin"));
  mkdirSync(join(folder, "none"));
  for (const name of ["ffmpeg", "ffprobe"]) {
    writeFileSync(join(folder, "bin", name), `#!/bin/sh\nexec "${process.execPath}" "${tool}" "${name}" "$@"\n`);
    chmodSync(join(folder, "bin", name), 0o755);
  }
  const facts = { width: 16, height: 8, frames: [10, 20, 30, 40, 50, 60, 70, 80, 90] };
  writeFileSync(join(folder, "clip.mp4"), `\0\0\0\x18ftypisom${JSON.stringify(facts)}`);
});

describe.skipIf(process.platform === "win32")("a clip for a network of clips", () => {
  const raw = ["--mean", "0", "--std", "1", "--scale", "1"];

  it("gives as many frames as it takes, the middle ones of even parts", async () => {
    const args = ["explain", "frames.onnx", "clip.mp4", "--layer", "features", "--class", "0,1,2", "--jsonl", ...raw];
    const { code, out, err } = await fovea(folder, args, withTools);
    expect([code, err]).toEqual([0, ""]);
    const result = JSON.parse(out.trim());
    expect(result.classes.map(({ score }: { score: number }) => Math.round(score))).toEqual([20, 50, 80]);
    expect(result.notes).toContain("3 of the clip's 9 frames, evenly");
    expect(result.notes).toContain("colours as stated for the model");
    expect(result.classes.map(({ peakAt }: { peakAt: number[] }) => peakAt.length)).toEqual([3, 3, 3]);
  });

  it("says what it needs, in one line", async () => {
    const { code, err } = await fovea(folder, ["explain", "frames.onnx", "clip.mp4"], { PATH: join(folder, "none") });
    expect([code, err.trimEnd()]).toEqual([
      2,
      "fovea: clip.mp4: expected ffprobe on the path to read clips, found none: apt install ffmpeg, brew install ffmpeg, or winget install ffmpeg",
    ]);
  });
});
