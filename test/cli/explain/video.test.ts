/** @file `fovea explain` of a clip, with a stand-in for ffmpeg, and with ffmpeg itself where it is installed. */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { picturesIn } from "../../../src/cli/inputs/clips/frames.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { standInClip, standInTools } from "../../support/video/tools.js";
import { fovea, start, workFolder } from "../fovea.js";

const folder = workFolder();
const unit = ["--preprocess", "unit"];
const [width, height] = [16, 16];
const log = join(folder, "asked.jsonl");
const tools = standInTools(folder);
const withTools = { PATH: tools.withTools, STAND_IN_LOG: log };
const withoutTools = { PATH: tools.withoutTools };
const posix = process.platform !== "win32";

const clip = (name: string, facts: object) => standInClip(join(folder, name), { width, height, ...facts });

const asked = () =>
  readFileSync(log, "utf8")
    .trim()
    .split("\n")
    .map((line): string[] => JSON.parse(line));
const frame = (bytes: Uint8Array, i: number) => bytes.subarray(3 * width * height * i, 3 * width * height * (i + 1));

beforeAll(() => {
  // The score of "bright" is the mean of a map of the brightness, that of "dark" of its negative.
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, height, width]);
  const kernel = op.constant(float32([2, 3, 1, 1], [1, 1, 1, -1, -1, -1]));
  const features = op.named("features", op.Conv(x, kernel, op.constant(float32([2], [0, 1]))));
  op.output(op.ReduceMean(features, op.ints([2, 3]), { keepdims: 0 }), "scores");
  writeFileSync(join(folder, "model.onnx"), writeModel(op.graph));
  writeFileSync(join(folder, "labels.txt"), "bright\ndark\n");
  clip("clip.mp4", { frames: [50, 100, 200, 200, 20], audio: "aac" });
});

describe.skipIf(!posix)("fovea explain of a clip", () => {
  const explain = (...args: string[]) => fovea(folder, ["explain", "model.onnx", ...args, ...unit], withTools);

  it("draws every frame with its map, all on one scale, and says what it saw", async () => {
    const { code, out } = await explain("clip.mp4", "--class", "bright", "--labels", "labels.txt", "--heatmap");
    expect(code).toBe(0);
    // 3 * 200 / 255 / 256: the weight is the gradient's mean over 256 places.
    expect(out).toMatch(/5 frames on one scale, up to 0\.00919\n/);
    expect(out).toContain("100 %  of the frames: bright");
    expect(out).toContain("wrote clip.fovea.mp4");
    const bytes = readFileSync(join(folder, "clip.fovea.mp4"));
    expect(bytes.length).toBe(5 * 3 * width * height);
    const brightness = [0, 1, 2, 3, 4].map((i) =>
      frame(bytes, i)
        .subarray(0, 3)
        .reduce((sum, value) => sum + value, 0),
    );
    // The brightest frames have the last colour, the darker ones less, each as much as its own share of the peak.
    expect(brightness[2]).toBe(brightness[3]);
    expect(brightness.toSorted((a, b) => a - b)).toEqual([4, 0, 1, 2, 3].map((i) => brightness[i]));
  });

  it("names the class of each frame in a corner, and counts them", async () => {
    const { out } = await explain("clip.mp4", "--labels", "labels.txt", "--out", "named.mkv", "--json");
    const { results } = JSON.parse(out);
    expect(results[0].classes).toEqual([
      { label: "bright", frames: 4 },
      { label: "dark", frames: 1 },
    ]);
    const corner = frame(readFileSync(join(folder, "named.mkv")), 4);
    expect(new Set(corner).size).toBeGreaterThan(3);
  });

  it("reads local files alone, takes the sound over, and leaves what the clip says of itself behind", async () => {
    writeFileSync(log, "");
    await explain("clip.mp4", "--out", "quiet.mp4");
    const calls = asked();
    for (const [name, ...args] of calls.filter((call) => call.includes("-i") || call[0] === "ffprobe")) {
      expect([name, args.includes("-protocol_whitelist"), args.includes("file,pipe")]).toEqual([name, true, true]);
    }
    const coded = calls.find((call) => call.includes("rawvideo")) ?? [];
    const after = (flag: string) => coded[coded.indexOf(flag) + 1];
    expect([after("-c:v"), after("-c:a"), after("-map_metadata"), after("-framerate")]).toEqual([
      "libx264",
      "copy",
      "-1",
      "25/1",
    ]);
    expect(coded.at(-1)).toMatch(/^file:.*\.tmp$/);
  });

  it("says in a sentence what is wrong, and leaves nothing", async () => {
    clip("broken.mp4", { frames: [1, 2], breaks: true });
    writeFileSync(join(folder, "cut.mp4"), "\0\0\0\x18ftypisom");
    clip("empty.mp4", { frames: [] });
    const before = readdirSync(folder).sort();
    const cases: [string[], string][] = [
      [["cut.mp4"], 'cut.mp4: expected a clip that ffprobe can read, got: "moov atom not found"'],
      [["broken.mp4"], 'broken.mp4: expected a clip that ffmpeg can read, got: "error while decoding"'],
      [["empty.mp4"], "empty.mp4: expected a clip with frames, got none"],
      [["clip.mp4", "cut.mp4"], "clip.mp4: expected a clip by itself, got 2 inputs: explain one after the other"],
      [["clip.mp4", "--raw"], "--raw: expected pictures, got a clip"],
      [["clip.mp4", "--class", "0,1"], "--class: expected one class for all frames of a clip, got 0 and 1"],
      [
        ["clip.mp4", "--out", "x.png"],
        "--out x.png: expected a name that ends in .mp4, .m4v, .mov, .mkv, .webm, or a folder with / at its end",
      ],
      [
        ["clip.mp4", "--out", "x.webm"],
        "x.webm: expected an ffmpeg that has one of the encoders libvpx-vp9, libvpx, got one without: install a full build of ffmpeg",
      ],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await explain(...args);
      expect([code, err]).toEqual([2, `fovea: ${message}\n`]);
    }
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  it("says how to install ffmpeg where there is none", async () => {
    const { code, err } = await fovea(folder, ["explain", "model.onnx", "clip.mp4", ...unit], withoutTools);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^fovea: clip\.mp4: expected ffprobe on the path to read clips, found none: apt install ffmpeg, .*\n$/,
    );
  });

  it("leaves nothing when it is interrupted", async () => {
    clip("long.mp4", { frames: Array.from({ length: 3000 }, (_, i) => i % 256), width: 320, height: 200 });
    const { child, done } = start(folder, ["explain", "model.onnx", "long.mp4", ...unit], withTools);
    const mark = () => readdirSync(folder).some((name) => name.endsWith(".tmp"));
    await expect.poll(mark).toBe(true);
    child.kill("SIGINT");
    expect((await done).code).toBe(130);
    expect([existsSync(join(folder, "long.fovea.mp4")), mark()]).toEqual([false, false]);
  });
});

describe("frames of a pipe", () => {
  it("come whole, whatever the pieces, also of several sizes", async () => {
    const ppm = (w: number, h: number, grey: number) =>
      Buffer.concat([Buffer.from(`P6\n${w} ${h}\n255\n`), Buffer.alloc(3 * w * h, grey)]);
    const all = Buffer.concat([ppm(5, 2, 1), ppm(100, 30, 2), ppm(1, 1, 3)]);
    for (const size of [1, 7, 64, 1000, all.length]) {
      async function* pieces() {
        for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
      }
      const got = [];
      for await (const { width: w, height: h, pixels } of picturesIn(pieces()))
        got.push([w, h, pixels[0], pixels.at(-1)]);
      expect(got).toEqual([
        [5, 2, 1, 1],
        [100, 30, 2, 2],
        [1, 1, 3, 3],
      ]);
    }
  });
});

const hasFfmpeg = spawnSync("ffmpeg", ["-version"]).status === 0;

describe.skipIf(!hasFfmpeg)("fovea explain of a clip, with ffmpeg itself (skipped where it is not installed)", () => {
  it("writes a clip of as many frames, of even sides, with its sound", async () => {
    const source = [
      "-f",
      "lavfi",
      "-i",
      "testsrc=size=65x47:rate=10:duration=2",
      "-f",
      "lavfi",
      "-i",
      "sine=duration=2",
    ];
    const coded = ["-c:v", "mpeg4", "-c:a", "aac", "-metadata", "title=Somebody", "-shortest", "real.mp4"];
    execFileSync("ffmpeg", ["-loglevel", "error", "-y", ...source, ...coded], { cwd: folder });
    const { code, out } = await fovea(folder, ["explain", "model.onnx", "real.mp4", ...unit]);
    expect([code, out]).toEqual([0, expect.stringContaining("20 frames on one scale")]);
    const probed = execFileSync("ffprobe", ["-v", "error", "-show_streams", "-show_format", "real.fovea.mp4"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(probed).toMatch(/width=66\nheight=48\n[\s\S]*nb_frames=20\n[\s\S]*codec_type=audio/);
    expect(probed).not.toContain("Somebody");
  });
});
