/** @file Hostile files of class names, in every notation that is read, and settings beside a model, of every tool that is known. */

import { withModelCard } from "../../../../src/model/card.js";
import { readModel } from "../../../../src/onnx/read/read.js";
import { writeModel } from "../../../../src/onnx/write.js";
import { bytesOf, discPng, repositoryFile } from "../bases.js";
import type { CaseContent, Family } from "../hostile-case.js";
import { mutateBytes, pick } from "../mutate.js";
import { mutateJson } from "../mutate-json.js";
import { hostileSidecar } from "../mutate-places.js";
import { mutateTable } from "../mutate-table.js";
import { modelCommand } from "../options.js";

const digits = Array.from({ length: 10 }, (_, i) => `digit ${i}`);
const lines = (make: (name: string, i: number) => string) => digits.map(make).join("\n");

type Notation = "json" | "table" | "text";

/** The same names in every notation that is read. */
const notations: readonly (readonly [name: string, notation: Notation, text: string])[] = [
  ["labels.txt", "text", lines((name) => name)],
  ["labels.txt", "text", lines((name, i) => `${i} ${name}`)],
  ["labels.txt", "text", lines((name, i) => `n0000000${i} ${name}`)],
  ["labels.json", "json", JSON.stringify(digits)],
  ["labels.json", "json", JSON.stringify(Object.fromEntries(digits.map((name, i) => [i, name])))],
  ["labels.json", "json", JSON.stringify({ id2label: Object.fromEntries(digits.entries()), label2id: {} })],
  ["labels.json", "json", JSON.stringify(digits.map((name, id) => ({ id, name })))],
  ["labels.json", "json", JSON.stringify(Object.fromEntries(digits.map((name, i) => [i, [`n0000000${i}`, name]])))],
  ["labels.csv", "table", `index,name\n${lines((name, i) => `${i},${name}`)}`],
  ["labels.tsv", "table", lines((name, i) => `${i}\t${name}`)],
  ["labels.yaml", "text", `names:\n${lines((name, i) => `  ${i}: ${name}`)}\n`],
  ["labels.yaml", "text", `names: [${digits.join(", ")}]\nnc: 10\n`],
  ["labels.py", "text", `classes = {\n${lines((name, i) => `  ${i}: '${name}',  # ${name}`)}\n}`],
  ["labels.js", "text", `export const names = [${digits.map((name) => `"${name}"`).join(", ")}];`],
  ["labels.pbtxt", "text", lines((name, i) => `item {\n  id: ${i + 1}\n  name: '${name}'\n}`)],
  ["labels.dict", "text", `OrderedDict([${digits.map((name, i) => `(${i}, '${name}')`).join(", ")}])`],
];

/** Texts that no reader expects, or that some could take very long for. */
const odd = [
  "",
  "\n\n\n",
  "\0".repeat(100),
  "a\n".repeat(1_000_000),
  "a, b\n".repeat(50_000),
  "x".repeat(5_000_000),
  "[".repeat(200_000),
  "(".repeat(100_000),
  "{".repeat(100_000),
  "'".repeat(100_000),
  `a: &a [${"*a, ".repeat(1000)}]`,
  `a: &a ["x","x"]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\nnames: [*d,*d,*d,*d,*d,*d,*d,*d,*d]`,
  "- ".repeat(10_000),
  `${"  ".repeat(2000)}a: 1`,
  "? ".repeat(5000),
  "names: !!js/function 'x'\n",
  "!!binary aaaa",
  "item { ".repeat(50_000),
  `item {${" name: 'a'".repeat(20_000)}}`,
  `item { id: 1 name: "${"\\".repeat(50_000)}" }`,
  `x = [${"#".repeat(100_000)}`,
  `{${"a:".repeat(50_000)}}`,
  `${"(0, ".repeat(5000)}`,
  '{"length": 1e9}',
  '["a", null]',
  '{"__proto__": "x"}',
  "\ufeffa\nb",
  `${"9".repeat(10_000)} a\n`,
  "0 a\n0 a\n0 a\n0 a\n0 a\n0 a\n0 a\n0 a\n0 a\n0 a",
  lines(() => "the same"),
  lines((_, i) => `a\u202e${i}\u001b[31m`),
  "a\u2028b\u0085c\rd",
];

function labelsFile(text: string, notation: Notation, source: Parameters<typeof pick>[1]) {
  const kind = source.below(8);
  if (kind === 0) return { bytes: bytesOf(pick(odd, source)), what: "an odd text" };
  if (kind < 4) return mutateBytes(encoded(text, source), source);
  const { text: changed, what } =
    notation === "json" ? mutateJson(text, source) : mutateTable(text, notation === "table" ? "," : " ", source);
  return { bytes: encoded(changed, source), what };
}

/** UTF-8 mostly, else UTF-16 with a mark or without. */
function encoded(text: string, source: Parameters<typeof pick>[1]): Uint8Array {
  if (source.below(6)) return bytesOf(text);
  const mark = source.below(2) ? "\ufeff" : "";
  const bytes = Buffer.from(mark + text, "utf16le");
  return new Uint8Array(source.below(2) ? bytes : bytes.swap16());
}

export const labels: Family = {
  name: "labels",
  weight: 7,
  async prepare() {
    const picture = await discPng();
    const digitModel = repositoryFile("models/mnist.onnx");
    const { metadata, ...graph } = readModel(digitModel);
    const nameless = writeModel({
      ...graph,
      metadata: new Map([...metadata].filter(([key]) => key !== "fovea.classes")),
    });
    return (source): CaseContent => {
      const [name, notation, text] = pick(notations, source);
      const { bytes, what } = labelsFile(text, notation, source);
      const isBeside = source.below(4) === 0;
      const files = { "input/x.png": picture, "model/model.onnx": isBeside ? nameless : digitModel };
      if (isBeside) {
        const args = pick([["inspect", "@model/model.onnx", "--json"], modelCommand("model.onnx", source)], source);
        return { what: `${name} beside: ${what}`, files: { ...files, [`model/${name}`]: bytes }, args };
      }
      const args = pick(
        [
          ["inspect", "@model/model.onnx", "--labels", `@input/${name}`],
          ["describe", "@model/model.onnx", "--labels", `@input/${name}`, "--json"],
          [...["explain", "@input/x.png", "--labels", `@input/${name}`], "--out", "@out/map.npy", "--raw", "--json"],
        ],
        source,
      );
      return { what: `${name}: ${what}`, files: { ...files, [`input/${name}`]: bytes }, args };
    };
  },
};

const numbers = Object.fromEntries(digits.map((name, i) => [i, name]));

/** What other tools write beside a model. */
const settings: readonly (readonly [name: string, json: unknown])[] = [
  [
    "fovea.json",
    { classes: digits, preprocessing: { width: 28, height: 28, channels: 1, scale: 1 / 255, mean: [0.1], std: [0.3] } },
  ],
  [
    "preprocessor_config.json",
    {
      image_processor_type: "ViTImageProcessor",
      size: { height: 28, width: 28 },
      do_resize: true,
      resample: 3,
      do_center_crop: true,
      crop_size: { height: 28, width: 28 },
      do_rescale: true,
      rescale_factor: 1 / 255,
      do_normalize: true,
      image_mean: [0.5],
      image_std: [0.5],
    },
  ],
  [
    "preprocessor_config.json",
    {
      feature_extractor_type: "ConvNextFeatureExtractor",
      size: { shortest_edge: 32 },
      crop_pct: 0.875,
      image_mean: [0.5],
      image_std: [0.5],
    },
  ],
  [
    "processor_config.json",
    {
      processor_class: "CLIPProcessor",
      image_processor: { size: { shortest_edge: 28 }, image_mean: [0.5], image_std: [0.5] },
    },
  ],
  ["config.json", { architectures: ["X"], id2label: numbers, label2id: {}, image_size: 28, num_channels: 1 }],
  [
    "config.json",
    {
      architecture: "vit",
      num_classes: 10,
      pretrained_cfg: { input_size: [1, 28, 28], interpolation: "bicubic", crop_pct: 0.9, mean: [0.5], std: [0.5] },
      label_names: digits,
      label_descriptions: numbers,
    },
  ],
  [
    "open_clip_config.json",
    {
      model_cfg: { vision_cfg: { image_size: 28 } },
      preprocess_cfg: { mean: [0.5], std: [0.5], resize_mode: "longest", interpolation: "bilinear" },
    },
  ],
  ["metadata.json", { tmVersion: "2.4", packageName: "@teachablemachine/image", labels: digits, imageSize: 28 }],
  [
    "metadata_properties.json",
    {
      "CustomVision.Preprocess.ResizeMethod": "ByShorterSideAlignUpper",
      "CustomVision.Preprocess.TargetHeight": "28",
      "CustomVision.Preprocess.TargetWidth": "28",
    },
  ],
];

/** What tools write into a file's metadata. */
const metadata: Readonly<Record<string, string>> = {
  "fovea.classes": JSON.stringify(digits),
  "fovea.preprocessing": JSON.stringify({ width: 28, height: 28, channels: 1, scale: 1, mean: [0], std: [1] }),
  names: `{${digits.map((name, i) => `${i}: '${name}'`).join(", ")}}`,
  imgsz: "[28, 28]",
  task: "classify",
  author: "Ultralytics",
  "Image.NominalPixelRange": "NominalRange_0_255",
  "Image.BitmapPixelFormat": "Bgr8",
  "Image.ColorSpaceGamma": "SRGB",
  "CustomVision.Preprocess.NormalizeMean": "[0.5, 0.5, 0.5]",
  "CustomVision.Preprocess.ResizeMethod": "Stretch",
  "CustomVision.Preprocess.TargetHeight": "28",
  "CustomVision.Preprocess.TargetWidth": "28",
  "CustomVision.Metadata.Version": "1.2",
};

export const modelSettings: Family = {
  name: "settings",
  weight: 6,
  async prepare() {
    const picture = await discPng();
    const bytes = repositoryFile("models/mnist.onnx");
    const graph = readModel(bytes);
    return (source): CaseContent => {
      const args = modelCommand("model.onnx", source);
      const sound = { "input/x.png": picture, "model/model.onnx": bytes };
      if (source.below(4) === 0) {
        const [key, value] = pick(Object.entries(metadata), source);
        const isJson = /^[[{]"/.test(value);
        const { text, what } = isJson ? mutateJson(value, source) : mutateTable(value, ",", source);
        const others = Object.entries(metadata).filter(([other]) => other !== key && source.below(2) === 0);
        const model = writeModel(withModelCard({ ...graph, metadata: new Map([...others, [key, text]]) }, {}));
        return { what: `metadata ${key}: ${what}`, files: { ...sound, "model/model.onnx": model }, args };
      }
      if (source.below(4) === 0) {
        const { name, text } = hostileSidecar(source);
        return { what: `${name} is ${text.slice(0, 60)}`, files: { ...sound, [`model/${name}`]: text }, args };
      }
      const [name, json] = pick(settings, source);
      const { text, what } = mutateJson(JSON.stringify(json), source);
      return { what: `${name}: ${what}`, files: { ...sound, [`model/${name}`]: text }, args };
    };
  },
};
