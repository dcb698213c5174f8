/** @file The hostile cases by number: a seed and a number give the same files on every machine. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeNpy } from "../../../src/data/npy.js";
import { type Random, random } from "../../../src/foundation/random.js";
import { encodePng } from "../../../src/image/node.js";
import { createPicture } from "../../../src/image/picture/picture.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { mutateBytes, pick } from "./mutate.js";
import { mutateFile } from "./mutate-image.js";
import { mutateModel } from "./mutate-model.js";
import { hostileSidecar } from "./mutate-places.js";
import type { HostileCase } from "./run.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const { FOVEA_MODELS: models = "", FOVEA_GOLDENS: goldens = "" } = process.env;

/** Models of both of PyTorch's exporters, of Keras, of our own; those of others where they are at hand. */
const bases = [
  join(root, "models/mnist.onnx"),
  join(root, "test/fixtures/goldens/mnist_relu/model.onnx"),
  join(root, "test/fixtures/goldens/mnist_sigmoid/model.onnx"),
  join(models, "face-classification/fer2013-mini-xception.onnx"),
  join(models, "mlperf-tiny/mlperf-tiny-resnet8-cifar10.onnx"),
  join(models, "onnx-native/dianna_mnist_model.onnx"),
  join(goldens, "mini_efficientnet/model.onnx"),
  join(goldens, "mini_efficientnet/model_dynamo.onnx"),
].filter(existsSync);

/** Commands on a model, explaining most often. */
const modelCommands = [
  ["explain", "@input/x.png", "--model", "@model/model.onnx", "--out", "@out/map.npy", "--raw", "--json"],
  ["explain", "@input/x.png", "--model", "@model/model.onnx", "--out", "@out/map.npy", "--raw", "--json"],
  ["explain", "@input/x.png", "--model", "@model/model.onnx", "--out", "@out/map.png", "--json"],
  ["explain", "@input/x.png", "--model", "@model/model.onnx", "--out", "@out/map.npy", "--raw", "--json", "--check"],
  [
    ...["explain", "@input/x.png", "--model", "@model/model.onnx", "--out", "@out/map.npy", "--raw", "--json"],
    ...["--class", "0", "--class", "1"],
  ],
  ["inspect", "@model/model.onnx"],
  ["check", "@model/model.onnx"],
];

export type CaseMaker = (number: number) => HostileCase;

/** Mutated models, and files beside models. */
export async function modelCases(seed: number): Promise<CaseMaker> {
  const picture = await somePicture();
  const originals = bases.map((path) => new Uint8Array(readFileSync(path)));
  return (number) => {
    const source = random(seed).fork(`model/${number}`);
    const original = pick(originals, source);
    const kind = source.below(20);
    const files: Record<string, Uint8Array | string> = { "input/x.png": picture, "model/model.onnx": original };
    let what: string;
    if (kind === 0) {
      const { name, text } = hostileSidecar(source);
      files[`model/${name}`] = text;
      what = `${name} is ${text.slice(0, 60)}`;
    } else {
      const mutated = kind < 8 ? mutateBytes(original, source) : mutateModel(original, source);
      files["model/model.onnx"] = mutated.bytes;
      what = mutated.what;
    }
    return { name: `model ${number}`, what, files, args: pick(modelCommands, source) };
  };
}

/** Mutated pictures, arrays, label files and datasets. */
export async function fileCases(seed: number): Promise<CaseMaker> {
  const originals = await fileOriginals();
  return (number) => {
    const source = random(seed).fork(`file/${number}`);
    const [ending, bytes] = pick(originals, source);
    const mutated = mutateFile(ending, bytes, source);
    return { name: `file ${number}`, what: `${ending}: ${mutated.what}`, ...fileCase(ending, mutated.bytes, source) };
  };
}

function fileCase(ending: string, bytes: Uint8Array, source: Random): Pick<HostileCase, "files" | "args"> {
  const raw = ["--out", "@out/map.npy", "--raw", "--json"];
  if (ending === "gz") {
    const names = [
      "train-images-idx3-ubyte",
      "train-labels-idx1-ubyte",
      "t10k-images-idx3-ubyte",
      "t10k-labels-idx1-ubyte",
    ];
    const honest = names.map((name, i) => [`data/mnist/${name}`, i % 2 ? idxLabels(3) : idxImages(3)]);
    const hostile = pick(names, source);
    const kept = honest.filter(([name]) => name !== `data/mnist/${hostile}`);
    return { files: { ...Object.fromEntries(kept), [`data/mnist/${hostile}.gz`]: bytes }, args: ["data", "mnist"] };
  }
  if (ending === "txt") {
    const files = { "input/labels.txt": bytes, "input/x.npy": writeNpy(someArray()) };
    return { files, args: ["explain", "@input/x.npy", "--labels", "@input/labels.txt", ...raw] };
  }
  const file = `input/x.${ending}`;
  const drawn = source.below(4) === 0;
  return {
    files: { [file]: bytes },
    args: ["explain", `@${file}`, ...(drawn ? ["--out", "@out/map.png", "--json"] : raw)],
  };
}

/** A small file of each kind. */
async function fileOriginals(): Promise<[ending: string, bytes: Uint8Array][]> {
  const { default: sharp } = await import("sharp");
  const png = await somePicture();
  const encoded = (encode: (image: ReturnType<typeof sharp>) => ReturnType<typeof sharp>) =>
    encode(sharp(png))
      .toBuffer()
      .then((buffer) => new Uint8Array(buffer));
  const [jpg, progressive, gif, webp, palette] = await Promise.all([
    encoded((image) => image.jpeg()),
    encoded((image) => image.jpeg({ progressive: true, chromaSubsampling: "4:4:4" })),
    encoded((image) => image.gif()),
    encoded((image) => image.webp()),
    encoded((image) => image.png({ palette: true, progressive: true })),
  ]);
  return [
    ...[png, palette, png].map((bytes): [string, Uint8Array] => ["png", bytes]),
    ...[jpg, progressive, jpg].map((bytes): [string, Uint8Array] => ["jpg", bytes]),
    ["gif", gif],
    ["webp", webp],
    ["npy", writeNpy(someArray())],
    ["gz", idxImages(3)],
    ["gz", idxLabels(3)],
    ["txt", new TextEncoder().encode("0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n")],
  ];
}

/** A disc on a slope, 40x32 RGB. */
function somePicture(): Promise<Uint8Array> {
  const pixels = Uint8Array.from({ length: 40 * 32 * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % 40, Math.floor(i / 120)];
    return Math.hypot(x - 20, y - 16) < 9 ? 230 : 2 * x + 10 * (i % 3);
  });
  return encodePng(createPicture(40, 32, 3, pixels));
}

function someArray() {
  return float32(
    [1, 1, 28, 28],
    Float32Array.from({ length: 784 }, (_, i) => ((i * 37) % 101) / 100),
  );
}

function idxImages(count: number): Uint8Array {
  return idx(0x0803, [count, 28, 28], new Uint8Array(count * 784).fill(7));
}

function idxLabels(count: number): Uint8Array {
  return idx(0x0801, [count], new Uint8Array(count));
}

function idx(magic: number, dims: readonly number[], data: Uint8Array): Uint8Array {
  const header = Buffer.alloc(4 + 4 * dims.length);
  [magic, ...dims].forEach((value, i) => header.writeUInt32BE(value, 4 * i));
  return new Uint8Array(Buffer.concat([header, data]));
}
