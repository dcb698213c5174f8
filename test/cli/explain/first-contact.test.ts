/** @file The first minutes with `fovea explain`: short commands, files that are something else, and pipes. */

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { readNpy, writeNpy } from "../../../src/data/npy.js";
import { encodePicture } from "../../../src/image/node.js";
import { createPicture } from "../../../src/image/picture/picture.js";
import { writeModel } from "../../../src/onnx/write.js";
import { convNet, images } from "../../explain/architectures/networks.js";
import { share } from "../../support/share.js";
import { fovea, workFolder } from "../fovea.js";

const folder = workFolder();
const at = (name: string) => join(folder, name);
const cases = fileURLToPath(new URL("../../fixtures/cases/files-that-are-no-model", import.meta.url));
const explain = (...args: string[]) => fovea(folder, ["explain", ...args]);

beforeAll(async () => {
  cpSync(cases, folder, { recursive: true });
  writeFileSync(at("model.onnx"), writeModel(convNet()));
  writeFileSync(at("x.npy"), writeNpy(images(1)));
  writeFileSync(at("y.npy"), writeNpy(images(1)));
  writeFileSync(at("array.png"), writeNpy(images(1)));
  const colours = Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => (i % 3 === Math.floor(i / 400) % 3 ? 220 : 30));
  writeFileSync(at("photo.png"), await encodePicture(createPicture(40, 30, 3, colours), "png"));
  const stroke = Uint8Array.from({ length: 28 * 28 }, (_, i) =>
    i % 28 > 12 && i % 28 < 16 && i > 112 && i < 672 ? 255 : 0,
  );
  writeFileSync(at("digit.png"), await encodePicture(createPicture(28, 28, 1, stroke), "png"));
});

describe("a model among the inputs", () => {
  it("is the model, wherever it stands, and the result is that of --model", async () => {
    const named = JSON.parse((await explain("x.npy", "-m", "model.onnx", "-o", "-", "--json")).out);
    for (const args of [
      ["model.onnx", "x.npy"],
      ["x.npy", "model.onnx"],
    ]) {
      expect(JSON.parse((await explain(...args, "--out", "-", "--json")).out)).toEqual(named);
    }
  });

  it("is refused beside another one, and without a picture", async () => {
    for (const [args, sentence] of [
      [["model.onnx", "page.onnx", "x.npy"], /model\.onnx and page\.onnx: expected one model, got 2/],
      [["model.onnx", "x.npy", "-m", "other.onnx"], /model\.onnx: expected pictures beside --model other\.onnx/],
      [["model.onnx"], /model\.onnx: expected a picture beside the model: fovea explain model\.onnx photo\.jpg/],
    ] as const) {
      expect(await explain(...args)).toEqual({ code: 2, out: "", err: expect.stringMatching(sentence) });
    }
  });
});

describe("a file that is something else", () => {
  it.each(
    share(
      [
        [
          ["pointer.onnx", "x.npy"],
          "pointer.onnx: expected an ONNX or Keras file, got a Git LFS pointer to a file of 46327 bytes: fetch the file itself: git lfs pull",
        ],
        [["page.onnx", "x.npy"], "page.onnx: expected an ONNX or Keras file, got a web page (HTML): "],
        [["keras_in_h5.h5", "x.npy"], "keras_in_h5.h5 (a .keras file under another name): "],
        [["x.npy", "-m", "photo.png"], "photo.png: expected an ONNX or Keras file, got a PNG picture"],
        [
          ["x.npy", "-m", "https://x.org/m.onnx"],
          "https://x.org/m.onnx: expected a file, got an address, which is not fetched: download it first: curl -L -O https://x.org/m.onnx",
        ],
        [["model.onnx", "https://x.org/a.jpg?w=1"], "https://x.org/a.jpg?w=1: expected a file, got an address"],
        [
          ["model.onnx", "x.npy", "--labels", "pointer.onnx"],
          "pointer.onnx: expected a list of class names, got a Git LFS pointer",
        ],
        [
          ["model.onnx", "x.npy", "--labels", "https://x.org/l.txt"],
          "https://x.org/l.txt: expected a file, got an address",
        ],
        [
          ["model.onnx", "x.npy", "--input", "a=page.onnx"],
          "page.onnx: expected an array (.npy), got a web page (HTML)",
        ],
      ],
      2,
    ),
  )("is named in one sentence: %j", async (args, sentence) => {
    const { code, out, err } = await explain(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err.startsWith(`fovea: ${sentence}`)).toBe(true);
    expect(err.trim().split("\n")).toHaveLength(1);
  });

  it("is read as what it is, where it can be", async () => {
    const [named, other] = [
      await explain("model.onnx", "x.npy", "-o", "-", "--json"),
      await explain("model.onnx", "array.png", "-o", "-", "--json"),
    ];
    const scores = (text: string) => JSON.parse(text).results[0].top;
    expect(scores(other.out)).toEqual(scores(named.out));
  });

  it("is the command itself", async () => {
    const { code, err } = await fovea(folder, ["photo.png"]);
    expect([code, err]).toEqual([2, expect.stringContaining("got the file photo.png: fovea explain photo.png")]);
  });
});

it("tells the probability of every class explained, be it among the best or not", async () => {
  const args = ["model.onnx", "x.npy", "--top", "1", "--class", "0", "--class", "1", "--class", "2", "--class", "3"];
  const { out } = await explain(...args);
  const told = [...out.matchAll(/^ +([\d.]+) % {2}\S+$/gm)].map(([, share]) => Number(share));
  expect(told).toHaveLength(4);
  expect(told).toEqual([...told].sort((a, b) => b - a));
  const { results } = JSON.parse((await explain(...args, "--out", "-", "--json")).out);
  const shares = results[0].classes.map(({ probability }: { probability: number }) => probability);
  expect(shares.reduce((sum: number, share: number) => sum + share, 0)).toBeCloseTo(1, 5);
  expect(results[0].top).toHaveLength(1);
  expect(results[0].top[0].probability).toBe(Math.max(...shares));
  const several = await explain(
    "model.onnx",
    "x.npy",
    "y.npy",
    "--top",
    "1",
    "--class",
    "0",
    "--class",
    "1",
    "--out",
    "several",
  );
  expect(several.out).toMatch(/^y\.npy: [\d.]+ % .*, [\d.]+ % .* -> /m);
});

it("refuses one file for several results, and says what to do", async () => {
  const { code, err } = await explain("model.onnx", "x.npy", "y.npy", "--out", "maps.png");
  expect([code, err]).toEqual([
    2,
    "fovea: --out maps.png: expected a folder, as there may be several inputs, got the name of one file: --out maps/ --format png\n",
  ]);
  expect(existsSync(at("maps.png"))).toBe(false);
  for (const [args, got] of [
    [["x.npy", "y.npy"], "several inputs"],
    [["x.npy", "--raw", "--overlay"], "overlay and raw"],
    [["x.npy", "--overlay", "--class", "1", "--class", "2"], "one for each of 2 classes"],
  ] as const) {
    const refused = await explain("model.onnx", ...args, "--out", "-");
    expect(refused.err).toContain(`--out -: expected one result for standard output, got ${got}`);
  }
});

it("lists methods and colour maps, and names all of these where one is unknown", async () => {
  expect((await explain("--colormap", "list")).out).toMatch(/^inferno +black over red/m);
  expect((await explain("--method", "list")).out).toMatch(/^grad-cam\+\+ +Grad-CAM\+\+ +/m);
  const { err } = await explain("model.onnx", "x.npy", "--colormap", "rainbow");
  expect(err).toContain("; all are inferno, magma, plasma, viridis, cividis, turbo,");
});

it("understands a method in another spelling, and calls it by its own name", async () => {
  const { results, method } = JSON.parse(
    (await explain("model.onnx", "x.npy", "--method", "GradCAM++", "-o", "-", "--json")).out,
  );
  expect([method, results.length]).toEqual(["grad-cam++", 1]);
});

it("is silent with -q, but for errors and what was asked for", async () => {
  expect(await explain("model.onnx", "x.npy", "-q", "-o", "quiet.png")).toEqual({ code: 0, out: "", err: "" });
  expect(existsSync(at("quiet.png"))).toBe(true);
  expect(JSON.parse((await explain("model.onnx", "x.npy", "-q", "--json", "-o", "-")).out).results).toHaveLength(1);
  expect((await explain("model.onnx", "gone.npy", "-q")).err).toMatch(/^fovea: gone\.npy: /);
  expect((await fovea(folder, ["inspect", "model.onnx", "-q"])).out).toContain("layers that can be explained");
  // The next command is heard again.
  expect((await explain("model.onnx", "x.npy")).out).toContain("wrote x.fovea.png");
});

it("warns where the embedded digit model meets a photo", async () => {
  const sentence = "and the embedded model knows nothing but handwritten digits";
  expect((await explain("photo.png")).out).toMatch(/this looks like a photo \(40x30, \d+ % of it in colour\)/);
  const { results } = JSON.parse((await explain("photo.png", "digit.png", "--out", "digits", "--json")).out);
  expect(results.map(({ notes }: { notes: string[] }) => notes.some((note) => note.includes(sentence)))).toEqual([
    true,
    false,
  ]);
});

describe("standard input and output", () => {
  const main = fileURLToPath(new URL("../../../dist/command/main.js", import.meta.url));
  const pipe = (args: readonly string[], input: Uint8Array | string) =>
    spawnSync(process.execPath, [main, "explain", ...args], { cwd: folder, input, maxBuffer: 2 ** 26 });

  it("take a picture and give a picture, with everything else on stderr", () => {
    const { status, stdout, stderr } = pipe(["-", "--out", "-"], readFileSync(at("digit.png")));
    expect(status).toBe(0);
    expect(stdout.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
    expect(stdout.subarray(-8, -4).toString("latin1")).toBe("IEND");
    expect(stderr.toString()).toMatch(/^stdin: the embedded digit model/);
    expect(readdirSync(folder).filter((name) => name.startsWith("stdin") || name === "-")).toEqual([]);
  });

  it("take an array and give an array, as --raw writes it", async () => {
    const { stdout } = pipe(["model.onnx", "-", "--raw", "-q", "-o", "-"], readFileSync(at("x.npy")));
    await explain("model.onnx", "x.npy", "--raw", "-o", "raw.npy");
    expect(readNpy(stdout, "stdout").data).toEqual(readNpy(readFileSync(at("raw.npy")), "raw.npy").data);
  });
});
