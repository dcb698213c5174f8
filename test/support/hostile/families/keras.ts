/** @file Hostile Keras and TensorFlow.js models: their descriptions, their archives, their arrays, their shards. */

import type { Random } from "../../../../src/foundation/random.js";
import { bytesOf, discPng, repositoryFile } from "../bases.js";
import type { CaseContent, Family } from "../hostile-case.js";
import { type Mutated, mutateBytes, pick } from "../mutate.js";
import { mutateHdf5 } from "../mutate-hdf5.js";
import { mutateJson } from "../mutate-json.js";
import { mutateZip, zipEntries, zipOf } from "../mutate-zip.js";
import { modelCommand } from "../options.js";

const fixture = (path: string) => repositoryFile(`test/fixtures/keras/${path}`);

/** A command on a model that is no ONNX file: to convert it, or what every model takes. */
function command(name: string, source: Random): string[] {
  if (source.below(3) === 0) return ["convert", `@model/${name}`, "@out/converted.onnx"];
  return modelCommand(name, source);
}

/** One member of a .keras archive damaged by what it is, or the archive itself. */
async function mutateKeras(bytes: Uint8Array, source: Random): Promise<Mutated> {
  const kind = source.below(10);
  if (kind < 2) return mutateZip(bytes, source);
  const entries = zipEntries(bytes);
  const name = pick(["config.json", "config.json", "metadata.json", "model.weights.h5"], source);
  const entry = entries.find((each) => each.name === name);
  if (entry === undefined) return { bytes, what: "as it is" };
  const { data, what } = name.endsWith(".h5")
    ? await mutateHdf5(entry.data, source).then(({ bytes: data, what }) => ({ data, what }))
    : mutatedText(entry.data, source);
  return { bytes: zipOf(entries.with(entries.indexOf(entry), { ...entry, data })), what: `${name}: ${what}` };
}

function mutatedText(data: Uint8Array, source: Random): { readonly data: Uint8Array; readonly what: string } {
  const { text, what } = mutateJson(new TextDecoder().decode(data), source);
  return { data: bytesOf(text), what };
}

export const kerasZip: Family = {
  name: "keras",
  weight: 8,
  async prepare() {
    const picture = await discPng();
    const bases = ["nested_deep", "ops_in_graph", "ops_in_graph"].map((name) => fixture(`${name}/model.keras`));
    return async (source) => {
      const { bytes, what } = await mutateKeras(pick(bases, source), source);
      const name = pick(["model.keras", "model.keras", "model.keras", "model.onnx", "model.h5"], source);
      return { what, files: { "input/x.png": picture, [`model/${name}`]: bytes }, args: command(name, source) };
    };
  },
};

export const kerasH5: Family = {
  name: "hdf5",
  weight: 6,
  async prepare() {
    const picture = await discPng();
    const names = ["nested_deep/model.h5", "nested_deep/model_keras2.h5", "ops_in_graph/model.h5"];
    const bases = names.map(fixture);
    return async (source) => {
      const { bytes, what } = await mutateHdf5(pick(bases, source), source);
      const files = { "input/x.png": picture, "model/model.h5": bytes };
      return { what, files, args: command("model.h5", source) };
    };
  },
};

/** Shards as a manifest may name them: again, elsewhere, not at all. */
const paths = [
  "weights.bin",
  "../outside/secret",
  "linked",
  "pipe",
  "gone.bin",
  "",
  ".",
  "/etc/hostname",
  "model.json",
  "sparse.data",
];

interface Description {
  weightsManifest: { paths: string[]; weights: { shape: number[]; dtype: string }[] }[];
}

function mutateManifest(json: string, source: Random): { readonly text: string; readonly what: string } {
  const description = JSON.parse(json) as Description;
  const group = pick(description.weightsManifest, source);
  const weight = pick(group.weights, source);
  switch (source.below(4)) {
    case 0: {
      const times = pick([2, 100, 50_000], source);
      const path = pick([group.paths[0] ?? "", "weights.data", "sparse.data"], source);
      group.paths = Array<string>(times).fill(path);
      return { text: JSON.stringify(description), what: `${path} ${times} times` };
    }
    case 1:
      group.paths[0] = pick(paths, source);
      return { text: JSON.stringify(description), what: `a shard at ${group.paths[0]}` };
    case 2:
      weight.shape = pick([[2 ** 31], [2 ** 40, 2 ** 40], [0], [], [1e300], [-1], Array(2000).fill(1)], source);
      return { text: JSON.stringify(description), what: `an array of [${weight.shape.slice(0, 3)}]` };
    default:
      weight.dtype = pick(["float16", "uint8", "string", "complex64", "bool", "constructor"], source);
      return { text: JSON.stringify(description), what: `an array of ${weight.dtype}` };
  }
}

export const tfjs: Family = {
  name: "tfjs",
  weight: 5,
  async prepare() {
    const picture = await discPng();
    const bases = ["vgg16", "nasnet", "resnet_v2"].map((name) => ({
      json: new TextDecoder().decode(repositoryFile(`test/fixtures/tfjs/${name}/model.json`)),
      weights: repositoryFile(`test/fixtures/tfjs/${name}/weights.bin`),
    }));
    return (source): CaseContent => {
      const { json, weights } = pick(bases, source);
      const kind = source.below(8);
      const { text, what } = kind < 4 ? mutateJson(json, source) : mutateManifest(json, source);
      const shard = kind === 7 ? mutateBytes(weights, source).bytes : weights;
      const files = { "input/x.png": picture, "model/model.json": text, "model/weights.bin": shard };
      return { what, files, args: command("model.json", source) };
    };
  },
};

/** The first bytes of other formats' files, and what follows them is noise. */
const starts: readonly (readonly [name: string, start: string])[] = [
  ["saved_model.pb", "\x08\x01\x12\x10\x0a\x02\x08\x01"],
  ["model.tflite", "\x1c\0\0\0TFL3"],
  ["model.pt", "PK\x03\x04"],
  ["model.pth", "\x80\x02\x8a\x0a"],
  ["model.safetensors", '\x10\0\0\0\0\0\0\0{"a":1}   '],
  ["model.gguf", "GGUF\x03\0\0\0"],
  ["model.ort", "\x18\0\0\0ORTM"],
  ["model.engine", "ftrt"],
  ["model.mlmodel", "\x08\x05\x12\x04\x0a\x02ab"],
  ["model.xml", '<?xml version="1.0"?><net name="a" version="11">'],
  ["model.cfg", "[net]\nbatch=1\n"],
  ["model.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:a\nsize 10\n"],
  ["model.onnx", "<!doctype html><title>404</title>"],
  ["model.onnx", ""],
  ["model.onnx", "{"],
  ["model.npz", "PK\x03\x04"],
  ["model", "\x89HDF\r\n\x1a\n"],
  ["model.zip", "PK\x05\x06"],
  ["model.pdmodel", "\x0a"],
];

/** Files that hold no model that is read, under the names of models. */
export const otherModels: Family = {
  name: "other-models",
  weight: 2,
  async prepare() {
    const picture = await discPng();
    return (source) => {
      const [name, start] = pick(starts, source);
      const noise = Uint8Array.from({ length: pick([0, 3, 100, 5000], source) }, () => source.below(256));
      const bytes = new Uint8Array([...Buffer.from(start, "latin1"), ...noise]);
      const damaged = source.below(3) ? bytes : mutateBytes(bytes, source).bytes;
      const files = { "input/x.png": picture, [`model/${name}`]: damaged };
      return { what: `${name}: a start and ${noise.length} bytes of noise`, files, args: command(name, source) };
    };
  },
};
