/** @file The command lines whose results `bench/same-numbers/run.ts` compares. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

export type Part = "maps" | "training" | "measures" | "reports" | "real";

/** Words of a command line; `stopped` is interrupted as soon as it has written a file, and what it says is not compared. */
export type Step = string | { readonly stopped: string };

/** Runs in a folder of its own, where `in` holds the inputs; all that it says and writes is compared. */
export interface Case {
  readonly part: Part;
  readonly name: string;
  readonly steps: readonly Step[];
}

/** Makes the inputs that the old checkout's own commands make, in the folder of the inputs. */
export const preparations: readonly string[] = [
  "attack digits --eps 0.001 --steps 1 --count 4 --out digits",
  "train digits --net classic --epochs 1 --validation 0.9 --seed 5 --out classic.onnx",
  "train photos --net photo --epochs 2 --size 32 --seed 5 --out photos.onnx",
];

const tiny = "--epochs 1 --validation 0.9 --json --out m.onnx";
const onPhotos = "--epochs 2 --batch 8 --seed 3 --json --out m.onnx";
const compiled = [
  "grad-cam",
  "grad-cam++",
  "layer-cam",
  "hires-cam",
  "eigen-cam",
  "full-grad",
  "gradient",
  "score-cam",
];

/** @param methods the names of all methods */
export function casesFor(methods: readonly string[]): readonly Case[] {
  const named = (part: Part, steps: Record<string, readonly Step[]>): Case[] =>
    Object.entries(steps).map(([name, of]) => ({ part, name, steps: of }));
  return [
    ...named("maps", mapCases(methods)),
    ...named("training", trainingCases()),
    ...named("measures", measureCases()),
    ...named("reports", reportCases()),
    ...named("real", realCases()),
  ];
}

function mapCases(methods: readonly string[]): Record<string, readonly Step[]> {
  const digits = "explain in/digits";
  const photos = "explain in/photos/disc/00.png --model in/photos.onnx";
  const layered = ["grad-cam", "layer-cam", "eigen-cam", "grad-cam-elementwise", "score-cam"];
  const ofMethod = methods.map((name) => [
    name,
    [
      `${digits} --method ${name} --class 3 --class predicted --seed 2 --raw --json --out maps`,
      `${photos} --method ${name} --raw --json --out photo.npy`,
    ],
  ]);
  return {
    ...Object.fromEntries(ofMethod),
    "layers and classes": [
      `${digits} --model in/classic.onnx --class top-3 --raw --json --out classic`,
      `${digits} --layer stage1.1.relu --class 7 --against --raw --json --out first`,
      `${digits} --layer -1 --class 0 --class 1 --class 2 --raw --jsonl --out last`,
      "explain in/noise.npy --class predicted --raw --json --out noise.npy",
    ],
    "earlier layers": layered.map((name) => `${photos} --layer -2 --method ${name} --raw --json --out ${name}.npy`),
    "ways of maps": [
      `${digits} --fuse normalised --layer stage1.1.relu,stage2.1.relu,stage2.2.relu --raw --json --out normalised`,
      `${digits} --fuse max --layer stage1.1.relu,stage2.2.relu --raw --json --out max`,
      `${digits} --augment --raw --json --out augment`,
      `${digits} --eigen-smooth --raw --json --out smooth`,
      `${digits} --class 4 --minus 9 --raw --json --out minus`,
    ],
    figures: [
      `${digits} --class top-2 --check --out figures`,
      `${digits} --class top-2 --signed --threshold 0.15 --format svg --out figures`,
      `${photos} --class top-2 --out figure.png`,
      `${photos} --overlay --colormap viridis --jsonl --out overlay.jpg`,
      `${photos} --heatmap --percentile 95 --out heatmap.webp`,
    ],
    "sheet of methods": [
      "explain in/digits/digits-00000.attacked.png --method all --class top-2 --samples 20 --json --out sheet.svg",
    ],
    "trust of a map": [`${digits} --trust --json --out trust`],
  };
}

function trainingCases(): Record<string, readonly Step[]> {
  const resumed = "train digits --net compact --epochs 4 --validation 0.95 --seed 4 --json --out m.onnx";
  const unfrozen = `train in/photos --backbone in/photos.onnx --unfreeze 1 ${onPhotos}`;
  return {
    classic: [`train digits --net classic --seed 3 ${tiny}`],
    compact: [`train digits --net compact --seed 4 ${tiny}`],
    "accurate, by SGD": [
      `train digits --net accurate --optimizer sgd --schedule cosine --augment none --smoothing 0.1 --balance weights ${tiny}`,
    ],
    resumed: [{ stopped: resumed }, `${resumed} --resume`],
    photos: [`train in/photos --size 32 --balance sampling ${onPhotos}`],
    "photos on a backbone": [`train in/photos --backbone in/photos.onnx ${onPhotos}`],
    "photos, unfrozen": [unfrozen],
    "photos, unfrozen, resumed": [{ stopped: `${unfrozen} --epochs 6` }, `${unfrozen} --epochs 6 --resume`],
  };
}

function measureCases(): Record<string, readonly Step[]> {
  const networks = ["mnist", "classic", "shapes", "photos"];
  const trust = "trust in/mnist.onnx digits --seed 2 --json";
  const attack = "attack digits --count 10 --seed 2 --json --figure";
  const each = (line: (name: string) => string) => networks.map(line);
  const keras = ["keras/functional_residual/tfjs_native", "keras/functional_residual/tfjs_uint8", "tfjs/mobilenet_v2"];
  return {
    evaluate: [
      "evaluate in/mnist.onnx digits --errors 20 --json",
      "evaluate in/classic.onnx digits",
      "evaluate in/photos.onnx in/photos --split all --json",
    ],
    localise: [
      "localise in/photos.onnx in/boxes.csv --split all --json",
      "localise in/photos.onnx in/boxes.csv --split all --method layer-cam --layer -2 --tolerance 3 --jsonl",
      "localise in/photos.onnx in/boxes.csv --split all --method eigen-cam",
    ],
    trust: [`${trust} --methods grad-cam,layer-cam,gradient --count 6 --sanity`],
    "trust with boxes": ["trust in/photos.onnx --data in/boxes.csv --split all --count 6 --jsonl"],
    "trust on the ground truth": ["trust --ground-truth --methods grad-cam,eigen-cam --count 6 --json"],
    attack: [
      `${attack} --eps 0.1 --steps 5 --out pgd`,
      `${attack} --method fgsm --eps 0.1 --target 3 --out fgsm`,
      "attack in/photos/disc --model in/photos.onnx --steps 3 --out photos",
    ],
    check: [...each((name) => `check in/${name}.onnx --json`), "check in/mnist.onnx --layer stage1.1.relu"],
    compile: [
      ...compiled.map((method) => `compile in/mnist.onnx --classes 3 --method ${method} --out ${method}.onnx`),
      "compile in/photos.onnx --image --classes all --layer -2 --out image.onnx",
      "compile in/photos.onnx --image --choose --out choose.onnx",
    ],
    inspect: [
      ...each((name) => `inspect in/${name}.onnx --json`),
      ...each((name) => `inspect in/${name}.onnx --graph`),
    ],
    convert: keras.map((path, i) => `convert in/fixtures/${path}/model.json ${i}.onnx`),
    data: ["data digits --json", "data in/photos --json", "data in/boxes.csv --json", "data in/photos"],
  };
}

function reportCases(): Record<string, readonly Step[]> {
  return {
    "report on digits": ["report in/classic.onnx in/mnist.onnx digits --errors 12 --json --out report.html"],
    "report with attack and trust": ["report in/classic.onnx digits --attack --trust --errors 4 --json"],
    "report on photos": ["report in/photos.onnx in/photos --split all --layer -2 --json"],
    "report on boxes": ["report in/photos.onnx in/boxes.csv --split all --method layer-cam --json"],
    demo: ["demo --seed 3 --out demo"],
  };
}

/** On what FOVEA_MODELS, FOVEA_DATA and FOVEA_GOLDENS name, as far as it is there. */
function realCases(): Record<string, readonly Step[]> {
  const { FOVEA_MODELS: models = "", FOVEA_DATA: data = "", FOVEA_GOLDENS: goldens = "" } = process.env;
  const photo = (name: string) => join(data, "photos", name);
  const photos = [photo("pytorch-grad-cam__both.png"), photo("grad-cam__cat_dog.jpg")].join(" ");
  const caffe = "--scale 1 --mean 104.007,116.669,122.679 --std 1 --channels bgr --crop 0.875";
  const rest = `${caffe} --raw --json --out`;
  const imageNet = (path: string) => {
    const [model, explain] = [join(models, path), `explain ${photos} --model ${join(models, path)}`];
    return {
      [`real: ${path}`]: [
        `${explain} --class top-2 ${rest} grad-cam`,
        `${explain} --method layer-cam --layer -2 ${rest} layer-cam`,
        `${explain} --method integrated-gradients --samples 4 ${rest} integrated`,
        `${explain} --method score-cam --top-channels 4 ${rest} score-cam`,
        `${explain} --signed --class 243 --minus 282 ${caffe} --overlay --out overlay`,
        `check ${model} --json`,
        `compile ${model} --image --classes 2 ${caffe} --out compiled.onnx`,
      ],
    };
  };
  const transformer = join(goldens, "mini_vit");
  const ofTransformer = ["attention-rollout", "gradient-attention", "grad-cam", "score-cam"].map(
    (method) =>
      `explain ${transformer}/input.npy --model ${transformer}/model.onnx --method ${method} --raw --json --out ${method}.npy`,
  );
  const keras = join(dirname(goldens), "goldens-keras", "narrow_resnet50");
  const ofKeras = [
    `convert ${keras}/model.keras m.onnx`,
    `inspect ${keras}/model.keras --json`,
    `explain ${keras}/input.npy --model ${keras}/model.keras --class top-2 --raw --json --out map.npy`,
  ];
  return {
    ...(existsSync(models) && existsSync(join(data, "photos"))
      ? { ...imageNet("bvlc_googlenet/bvlc_googlenet.onnx"), ...imageNet("squeezenet1.1/squeezenet1.1.onnx") }
      : {}),
    ...(existsSync(transformer) ? { "real: transformer": ofTransformer } : {}),
    ...(existsSync(keras) ? { "real: Keras": ofKeras } : {}),
  };
}
