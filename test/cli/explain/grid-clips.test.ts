/** @file `fovea explain` of a clip for a network that takes clips, with a stand-in for ffmpeg. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { Builder } from "../../../src/onnx/builder.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { everything } from "../../support/share.js";
import { standInClip, standInTools } from "../../support/video/tools.js";
import { fovea, workFolder } from "../fovea.js";

const folder = workFolder();
const { withTools, withoutTools } = standInTools(folder);

beforeAll(() => {
  // Its scores are the brightness of each of its three frames, as they come.
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, 3, 8, 8]);
  const features = op.named("features", op.Conv(x, op.constant(float32([1, 3, 1, 1, 1], [1 / 3, 1 / 3, 1 / 3]))));
  op.output(op.Flatten(op.ReduceMean(features, op.ints([3, 4]), { keepdims: 0 })), "scores");
  writeFileSync(join(folder, "frames.onnx"), writeModel(op.graph));
  standInClip(join(folder, "clip.mp4"), { width: 16, height: 8, frames: [10, 20, 30, 40, 50, 60, 70, 80, 90] });
});

describe.skipIf(process.platform === "win32")("a clip for a network of clips", () => {
  const raw = ["--mean", "0", "--std", "1", "--scale", "1"];

  it.runIf(everything)("gives as many frames as it takes, the middle ones of even parts", async () => {
    const args = ["explain", "frames.onnx", "clip.mp4", "--layer", "features", "--class", "0,1,2", "--jsonl", ...raw];
    const { code, out, err } = await fovea(folder, args, { PATH: withTools });
    expect([code, err]).toEqual([0, ""]);
    const result = JSON.parse(out.trim());
    expect(result.classes.map(({ score }: { score: number }) => Math.round(score))).toEqual([20, 50, 80]);
    expect(result.notes).toContain("3 of the clip's 9 frames, evenly");
    expect(result.notes).toContain("colours as stated for the model");
    expect(result.classes.map(({ peakAt }: { peakAt: number[] }) => peakAt.length)).toEqual([3, 3, 3]);
  });

  it("says what it needs, in one line", async () => {
    const { code, err } = await fovea(folder, ["explain", "frames.onnx", "clip.mp4"], { PATH: withoutTools });
    expect([code, err.trimEnd()]).toEqual([
      2,
      "fovea: clip.mp4: expected ffprobe on the path to read clips, found none: apt install ffmpeg, brew install ffmpeg, or winget install ffmpeg",
    ]);
  });
});
