/** @file Bad input: one clear line and exit code 2 each. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { writeNpy } from "../../src/data/npy.js";
import { float32, floats } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { convNet, images } from "../explain/architectures/networks.js";
import { share } from "../support/share.js";
import { fovea, workFolder } from "./fovea.js";

const folder = workFolder();
const file = (name: string, bytes: Uint8Array | string) => {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), bytes);
};

/** An IDX file: magic 0x0801 for labels, 0x0803 for images. */
function idx(dims: readonly number[], data: Uint8Array, magic = 0x0800 + dims.length): Uint8Array {
  const header = Buffer.alloc(4 + 4 * dims.length);
  header.writeUInt32BE(magic);
  dims.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([header, data]);
}

function mnistFolder(name: string, replaced: Record<string, Uint8Array>): Record<string, string> {
  const files = {
    "train-images-idx3-ubyte": idx([2, 28, 28], new Uint8Array(1568)),
    "train-labels-idx1-ubyte": idx([2], new Uint8Array(2)),
    "t10k-images-idx3-ubyte": idx([2, 28, 28], new Uint8Array(1568)),
    "t10k-labels-idx1-ubyte": idx([2], new Uint8Array(2)),
  };
  const gone = Object.keys(replaced).map((key) => key.replace(/\.gz$/, ""));
  for (const [key, bytes] of Object.entries(files)) if (!gone.includes(key)) file(`${name}/mnist/${key}`, bytes);
  for (const [key, bytes] of Object.entries(replaced)) file(`${name}/mnist/${key}`, bytes);
  return { FOVEA_DATA: join(folder, name) };
}

beforeAll(() => {
  const model = writeModel(convNet());
  file("model.onnx", model);
  file("cut.onnx", model.subarray(0, model.length - 100));
  file("text.onnx", "this is no model\n".repeat(20));
  file("empty.onnx", "");
  file("empty.png", "");
  file("text.png", "not a picture");
  file("x.npy", writeNpy(images(1)));
  const nan = images(1, "nan");
  floats(nan)[7] = Number.NaN;
  file("nan.npy", writeNpy(nan));
  file("shape.npy", writeNpy(float32([1, 2, 5, 5], new Float32Array(50))));
  file("cut.npy", writeNpy(images(1)).subarray(0, 200));
  file("notes.npy", "plain text");
});

const explain = (...args: string[]) => ["explain", "x.npy", "--model", "model.onnx", ...args];

describe("explain", () => {
  it.each(
    share<[string, string[], RegExp]>(
      [
        ["a missing image", ["explain", "gone.png", "--model", "model.onnx"], /gone\.png/],
        ["an empty image file", ["explain", "empty.png", "--model", "model.onnx"], /empty\.png.*empty file/],
        ["a file that is no image", ["explain", "text.png", "--model", "model.onnx"], /text\.png/],
        ["a missing model", ["explain", "x.npy", "--model", "gone.onnx"], /gone\.onnx: expected a readable ONNX file/],
        ["an empty model", ["explain", "x.npy", "--model", "empty.onnx"], /empty\.onnx: .*0 bytes/],
        ["a model that is no ONNX file", ["explain", "x.npy", "--model", "text.onnx"], /text\.onnx: not /],
        ["a truncated model", ["explain", "x.npy", "--model", "cut.onnx"], /cut\.onnx/],
        ["an unknown layer", explain("--layer", "featurs"), /unknown layer "featurs": expected one of features/],
        ["an unknown class", explain("--class", "9"), /class "9": expected 0 to 3, or predicted/],
        [
          "an unknown method",
          explain("--method", "grad-camera"),
          /unknown method "grad-camera": expected one of grad-cam/,
        ],
        ["an unknown colour map", explain("--colormap", "infrno"), /"infrno".*inferno/],
        [
          "NaN in an array",
          ["explain", "nan.npy", "--model", "model.onnx"],
          /expected finite numbers, got NaN at element 7 of 72/,
        ],
        [
          "an array of another shape",
          ["explain", "shape.npy", "--model", "model.onnx"],
          /expected float32 \[N, 2, 6, 6\], got float32 \[1, 2, 5, 5\]/,
        ],
        ["a truncated array", ["explain", "cut.npy", "--model", "model.onnx"], /cut\.npy/],
        ["text under the name of an array", ["explain", "notes.npy", "--model", "model.onnx"], /notes\.npy/],
        ["an output folder that cannot be written", explain("--out", "model.onnx/map.png"), /model\.onnx\/map\.png/],
        [
          "an output folder where none can be made",
          explain("--out", "/proc/fovea/map.png"),
          /\/proc\/fovea\/map\.png: cannot be written/,
        ],
        ["no input at all", ["explain"], /missing required argument/],
        ["an unknown option", explain("--layers", "x"), /unknown option/],
      ],
      3,
    ),
  )("%s", async (_, args, sentence) => {
    const { code, out, err } = await fovea(folder, args);
    expect(code).toBe(2);
    expect(err).toMatch(sentence);
    expect(out).toBe("");
    expect(
      err
        .trim()
        .split("\n")
        .filter((line) => !line.startsWith("(")),
    ).toHaveLength(1);
  });
});

describe("data", () => {
  const gzipped = gzipSync(idx([2, 28, 28], new Uint8Array(1568)));
  it.each<[string, Record<string, Uint8Array>, RegExp]>([
    ["a truncated gzip", { "train-images-idx3-ubyte.gz": gzipped.subarray(0, 40) }, /train-images-idx3-ubyte\.gz/],
    [
      "a wrong magic number",
      { "train-labels-idx1-ubyte": idx([2], new Uint8Array(2), 0x1234) },
      /train-labels-idx1-ubyte/,
    ],
    [
      "counts of images and labels that differ",
      { "t10k-labels-idx1-ubyte": idx([3], new Uint8Array(3)) },
      /t10k-labels-idx1-ubyte/,
    ],
    ["an empty file", { "t10k-images-idx3-ubyte": new Uint8Array() }, /t10k-images-idx3-ubyte/],
  ])("%s", async (name, replaced, sentence) => {
    const { code, out, err } = await fovea(folder, ["data", "mnist"], mnistFolder(name.replaceAll(" ", "-"), replaced));
    expect(code).toBe(2);
    expect(err).toMatch(sentence);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(out).toBe("");
  });

  it("an unknown dataset", async () => {
    const { code, err } = await fovea(folder, ["data", "mnits"]);
    expect([code, err]).toEqual([
      2,
      'fovea: unknown data set "mnits": expected one of mnist, digits, shapes, two-shapes, fashion-mnist (nearest of 7)\n',
    ]);
  });
});

describe("train", () => {
  it.each<[string, string[], RegExp]>([
    ["an unknown network", ["train", "digits", "--net", "clasic"], /unknown network "clasic": expected one of classic/],
    [
      "a number of epochs that is none",
      ["train", "digits", "--epochs", "0"],
      /^fovea: --epochs: expected a whole number from 1 to 100,000, got "0"\n$/,
    ],
    [
      "nothing to resume",
      ["train", "digits", "--out", "new.onnx", "--resume"],
      /new\.onnx\.checkpoint: --resume: expected the checkpoint/,
    ],
  ])("%s", async (_, args, sentence) => {
    const { code, err } = await fovea(folder, args);
    expect(code).toBe(2);
    expect(err).toMatch(sentence);
  });
});

describe("report and evaluate", () => {
  it("a model whose classes are not the dataset's", async () => {
    const { code, err } = await fovea(folder, ["evaluate", "model.onnx", "digits"]);
    expect([code, err]).toEqual([2, "fovea: model: expected a model with the 10 classes of digits, got 4\n"]);
  });

  it("a report without a model", async () => {
    const { code, err } = await fovea(folder, ["report", "digits"]);
    expect([code, err]).toEqual([2, 'fovea: report: expected at least one model and a dataset, got only "digits"\n']);
  });
});
