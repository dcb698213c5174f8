/** @file A plausible report about two networks that read drawn digits, made without training any. */

import { interpolateInferno, interpolatePuOr } from "d3-scale-chromatic";
import sharp from "sharp";
import { compareClassifiers } from "../../src/evaluate/classifier/compare-classifiers.js";
import { evaluateClassifier } from "../../src/evaluate/classifier/evaluate-classifier.js";
import { type Prediction, predictionsOf } from "../../src/evaluate/classifier/predictions.js";
import { type Random, random } from "../../src/foundation/random.js";
import type {
  ChangeReport,
  EpochReport,
  ErrorReport,
  LayerReport,
  ModelReport,
  Picture,
  ReportData,
} from "../../src/report/report-data.js";
import { fixtureRobustness } from "./fixture-attack.js";
import { fixtureBias, fixtureGroups } from "./fixture-bias.js";

const classes = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const images = 2000;

/** Pen strokes of each digit on a 28 × 28 sheet. */
const strokes = [
  "M14 5C8 5 8 23 14 23S20 5 14 5",
  "M11 8L15 5V23",
  "M9 9C10 4 19 4 19 9C19 14 10 18 9 23H20",
  "M9 7C14 3 20 6 18 10C17 13 14 13 13 13C17 13 20 15 19 19C17 24 11 24 8 21",
  "M17 23V5L8 17H21",
  "M19 5H10L9 13C14 10 20 13 19 18C18 23 11 24 8 21",
  "M18 5C11 8 8 16 10 20C12 24 18 23 19 19C20 14 12 12 10 18",
  "M8 6H20L13 23",
  "M14 13C8 11 9 5 14 5S20 11 14 13C7 15 8 23 14 23S21 15 14 13",
  "M19 9C17 3 9 5 9 10C9 15 17 15 19 9L17 23",
];
/** Digits that look alike. */
const alike = [6, 7, 7, 5, 9, 3, 0, 2, 3, 4];

interface Blob {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly height: number;
}

const side = 72;

interface FixtureOptions {
  /** Number of networks. Default 2. */
  readonly models?: 1 | 2;
  /** Most errors that are drawn of each. Default 30. */
  readonly cap?: number;
}

const made = new Map<string, Promise<ReportData>>();

/** A report about one or two networks. It is made once, so nobody may change it. */
export function fixtureReport({ models = 2, cap = 30 }: FixtureOptions = {}): Promise<ReportData> {
  const key = `${models} ${cap}`;
  const report = made.get(key) ?? makeReport(models, cap);
  made.set(key, report);
  return report;
}

async function makeReport(models: 1 | 2, cap: number): Promise<ReportData> {
  const source = random("report fixture");
  const labels = Uint8Array.from({ length: images }, (_, i) => (i * 7) % 10);
  const wrong = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => (i + from) * 38 + ((i + from) % 7) + 5);
  const outputs = [wrong(0, 41), wrong(24, 49)].map((errors, i) => ({
    probabilities: probabilities(labels, new Set(errors), source.fork(i)),
    labels,
    classes,
  }));
  const [classic, compact] = outputs.map((output): Prediction[] => predictionsOf(output)) as [
    Prediction[],
    Prediction[],
  ];
  const sheets = new Map<number, Promise<Buffer>>();
  const sheet = (index: number) => {
    if (!sheets.has(index)) sheets.set(index, draw(labels[index] as number, source.fork(`image ${index}`)));
    return sheets.get(index) as Promise<Buffer>;
  };

  const modelReport = async (name: string, which: number): Promise<ModelReport> => {
    const evaluation = evaluateClassifier(outputs[which] as (typeof outputs)[number]);
    const layers = which === 0 ? classicLayers : compactLayers;
    const seen = source.fork(name);
    const errors = await Promise.all(
      evaluation.errors.slice(0, cap).map(async (error, i) => ({
        ...(await errorReport(error, await sheet(error.index), seen.fork(error.index), i === 3)),
        ...(which === 0 && { steady: { same: 4, of: 4 }, doubtful: i < 14 }),
      })),
    );
    const meanMaps = await Promise.all(
      classes.map(async (_, label) => {
        const blobs = blobsOf(label, seen.fork(`mean ${label}`), 3);
        return {
          label,
          count: (evaluation.confusion[label] ?? [])[label] ?? 0,
          scale: 1.74,
          picture: await overlay(await draw(label, random("mean")), heat(blobs), 1, interpolateInferno),
        };
      }),
    );
    return {
      name,
      description:
        which === 0
          ? "Two large convolutions and a wide hidden layer."
          : "Three small convolutions, normalised, pooled to a single row.",
      parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
      layers,
      evaluation,
      errors,
      meanMaps,
      ...(which === 0 && { robustness: fixtureRobustness(errors), bias: fixtureBias(errors) }),
      errorGroups: fixtureGroups(errors, evaluation.errors),
      training: {
        optimiser: "Adam, weight decay 1e-4",
        schedule: which === 0 ? "constant 0.001" : "warm-up, then cosine from 0.002 to 0",
        batchSize: 128,
        augmentation: which === 0 ? "none" : "shifts to 2 pixels, turns to 10°, scale 0.9 to 1.1",
        seed: 7,
        seconds: which === 0 ? 41.3 : 124,
        ...(which === 1 && { keptEpoch: 9 }),
        history: history(which === 0 ? 8 : 10, which, source.fork(`history ${which}`)),
      },
    };
  };

  const all = await Promise.all(["classic", "compact"].slice(0, models).map(modelReport));
  const change = async (index: number): Promise<ChangeReport> => {
    const [before, after] = [classic[index] as Prediction, compact[index] as Prediction];
    const shot = await sheet(index);
    const map = (prediction: Prediction, seed: string) =>
      overlay(shot, heat(blobsOf(prediction.predicted, source.fork(`${seed} ${index}`), 2)), 1.2, interpolateInferno);
    return {
      index,
      label: before.label,
      image: await png(shot, 28),
      before: { predicted: before.predicted, confidence: before.confidence, map: await map(before, "before") },
      after: { predicted: after.predicted, confidence: after.confidence, map: await map(after, "after") },
    };
  };
  const result = compareClassifiers(
    classic.map((p) => p.predicted),
    compact.map((p) => p.predicted),
    labels,
  );
  const samples = classes.map(async (_, label) => ({
    label,
    pictures: await Promise.all(
      Array.from({ length: 6 }, async (_, i) => png(await draw(label, source.fork(`sample ${label} ${i}`)), 28)),
    ),
  }));
  return {
    title: models === 2 ? "Reading digits: classic and compact" : "Reading digits with a classic network",
    date: "14 March 2025",
    data: {
      name: "Drawn digits",
      source: "Drawn for this test with a jittered pen, seed 7",
      classes,
      counts: { train: 10_000, validation: 1000, test: images },
      image: "28 × 28 pixels, grey",
      samples: await Promise.all(samples),
    },
    models: all,
    ...(models === 2 && {
      comparisons: [
        {
          before: 0,
          after: 1,
          result,
          fixed: await Promise.all(result.fixed.map(change)),
          broken: await Promise.all(result.broken.map(change)),
        },
      ],
    }),
    maps: {
      method: "Grad-CAM",
      colours: { name: "inferno", stops: stops(interpolateInferno) },
      differenceColours: { name: "purple to orange", stops: stops(differenceColour) },
    },
    findings: [
      "In most errors with 4 and 9 the map of the predicted class lies on the top of the digit, where the loop closes or not.",
    ],
    reproduce: {
      commands: [
        "fovea train --data drawn --model classic --epochs 8 --seed 7 --out classic.onnx",
        "fovea train --data drawn --model compact --epochs 10 --augment --seed 7 --out compact.onnx",
        "fovea report classic.onnx compact.onnx --data drawn --out report.html",
      ],
      seed: 7,
      versions: [
        { name: "fovea", version: "0.1.0" },
        { name: "onnxruntime", version: "1.30.0" },
        { name: "Node", version: "20.19.0" },
      ],
      notes: [
        "The same seed gives the same weights on the same kind of processor; elsewhere the last digits may differ.",
      ],
    },
  };
}

function probabilities(labels: Uint8Array, wrong: ReadonlySet<number>, source: Random): Float32Array {
  const all = new Float32Array(labels.length * 10);
  labels.forEach((label, i) => {
    const said = wrong.has(i)
      ? source.uniform() < 0.75
        ? (alike[label] as number)
        : (label + 1 + source.below(9)) % 10
      : label;
    const confidence = wrong.has(i) ? 0.45 + 0.549 * source.uniform() : 1 - 0.45 * source.uniform() ** 9;
    const second = said === label ? (alike[label] as number) : label;
    for (let k = 0; k < 10; k++) all[i * 10 + k] = ((1 - confidence) * 0.2) / 8;
    all[i * 10 + said] = confidence;
    all[i * 10 + second] = (1 - confidence) * 0.8;
  });
  return all;
}

async function draw(digit: number, source: Random): Promise<Buffer> {
  const [turn, scale, x, y] = [
    source.normal() * 8,
    1 + source.normal() * 0.06,
    source.normal() * 1.1,
    source.normal() * 0.9,
  ];
  const place = `translate(${14 + x} ${14 + y}) rotate(${turn}) skewX(${source.normal() * 8}) scale(${scale}) translate(-14 -14)`;
  const pen = 2 + source.uniform() * 1.4;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28"><rect width="28" height="28"/><path d="${strokes[digit]}" transform="${place}" fill="none" stroke="#fff" stroke-width="${pen}" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
  return sharp(Buffer.from(svg)).greyscale().raw().toBuffer();
}

async function png(grey: Buffer, size: number): Promise<Picture> {
  const file = await sharp(grey, { raw: { width: size, height: size, channels: 1 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return { src: `data:image/png;base64,${file.toString("base64")}`, width: size, height: size };
}

/** Places along the pen's way of a digit, as [x, y] pairs of its path. */
function blobsOf(digit: number, source: Random, many: number): Blob[] {
  const numbers = (strokes[digit] as string).match(/[\d.]+/g)?.map(Number) ?? [];
  return Array.from({ length: many }, () => {
    const at = 2 * source.below(Math.floor(numbers.length / 2));
    return {
      x: numbers[at] ?? 14,
      y: numbers[at + 1] ?? 14,
      radius: 2.5 + 2 * source.uniform(),
      height: 0.6 + 0.5 * source.uniform(),
    };
  });
}

function heat(blobs: readonly Blob[]): (x: number, y: number) => number {
  return (x, y) =>
    blobs.reduce(
      (sum, { x: cx, y: cy, radius, height }) =>
        sum + height * Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * radius ** 2)),
      0,
    );
}

const tables = new Map<(share: number) => string, readonly (readonly number[])[]>();

/** 256 colours from one end of the scale to the other, as red, green and blue. */
function tableOf(colour: (share: number) => string): readonly (readonly number[])[] {
  const table = tables.get(colour) ?? Array.from({ length: 256 }, (_, i) => rgb(colour(i / 255)));
  tables.set(colour, table);
  return table;
}

/** Colours of a map over an image, the stronger the less of the image they leave. */
async function overlay(
  grey: Buffer,
  map: (x: number, y: number) => number,
  scale: number,
  colour: (share: number) => string,
  signed = false,
): Promise<Picture> {
  const pixels = Buffer.alloc(side * side * 3);
  const table = tableOf(colour);
  for (let i = 0; i < side * side; i++) {
    const [x, y] = [((i % side) * 28) / side, (Math.floor(i / side) * 28) / side];
    const value = Math.max(signed ? -1 : 0, Math.min(1, map(x, y) / scale));
    const parts = table[Math.round(255 * (signed ? (value + 1) / 2 : value))] ?? [];
    const ink = (grey[Math.floor(y) * 28 + Math.floor(x)] as number) * 0.9;
    const cover = signed ? 0.25 + 0.6 * Math.abs(value) : 0.35 + 0.45 * value;
    for (let c = 0; c < 3; c++) pixels[i * 3 + c] = Math.round(cover * (parts[c] ?? 0) + (1 - cover) * ink);
  }
  const file = await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
  return { src: `data:image/png;base64,${file.toString("base64")}`, width: side, height: side };
}

async function errorReport(error: Prediction, shot: Buffer, source: Random, zero: boolean): Promise<ErrorReport> {
  const said = heat(blobsOf(error.predicted, source, 2));
  const truth = zero
    ? () => 0
    : heat(blobsOf(error.label, source, 2).map((blob) => ({ ...blob, height: blob.height * 0.6 })));
  const scale = 1 + Math.round(source.uniform() * 300) / 100;
  return {
    ...error,
    image: await png(shot, 28),
    maps: {
      predicted: await overlay(shot, said, 1.3, interpolateInferno),
      truth: await overlay(shot, truth, 1.3, interpolateInferno),
      difference: await overlay(shot, (x, y) => said(x, y) - truth(x, y), 1.3, differenceColour, true),
      scale,
    },
    ...(zero && { notes: [`The map for ${error.label} is zero: nothing in this layer spoke for that class.`] }),
  };
}

function differenceColour(share: number): string {
  return interpolatePuOr(1 - share);
}

function stops(colour: (share: number) => string): string[] {
  return Array.from({ length: 9 }, (_, i) => `rgb(${rgb(colour(i / 8)).join(", ")})`);
}

function rgb(colour: string): [number, number, number] {
  const parts = colour.startsWith("#")
    ? [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
    : (colour.match(/\d+/g) ?? []).map(Number);
  return parts as [number, number, number];
}

function history(epochs: number, which: number, source: Random): EpochReport[] {
  return Array.from({ length: epochs }, (_, i) => {
    const left = Math.exp(-i / (which === 0 ? 1.6 : 2.4));
    const shake = 1 + 0.08 * source.normal();
    return {
      epoch: i + 1,
      learningRate: which === 0 ? 0.001 : i === 0 ? 0.0005 : 0.001 * (1 + Math.cos((Math.PI * i) / epochs)),
      trainLoss: (which === 0 ? 0.004 + 0.31 * left : 0.03 + 0.42 * left) * shake,
      trainAccuracy: 1 - (which === 0 ? 0.001 + 0.09 * left : 0.009 + 0.13 * left),
      validationLoss: (which === 0 ? 0.062 + 0.09 * left : 0.035 + 0.12 * left) * (1 + 0.06 * source.normal()),
      validationAccuracy: 1 - (which === 0 ? 0.019 + 0.03 * left : 0.011 + 0.035 * left) + 0.001 * source.normal(),
    };
  });
}

const layer = (name: string, operator: string, shape: number[], parameters = 0, explained = false): LayerReport => ({
  name,
  operator,
  shape,
  parameters,
  explained,
});
const classicLayers = [
  layer("image", "Input", [1, 28, 28]),
  layer("conv1", "Conv 5×5", [16, 28, 28], 416),
  layer("relu1", "Relu", [16, 28, 28]),
  layer("pool1", "MaxPool 2×2", [16, 14, 14]),
  layer("conv2", "Conv 5×5", [32, 14, 14], 12_832),
  layer("relu2", "Relu", [32, 14, 14], 0, true),
  layer("pool2", "MaxPool 2×2", [32, 7, 7]),
  layer("flatten", "Flatten", [1568]),
  layer("hidden", "Gemm", [128], 200_832),
  layer("relu3", "Relu", [128]),
  layer("scores", "Gemm", [10], 1290),
];
const compactLayers = [
  layer("image", "Input", [1, 28, 28]),
  ...[
    [16, 28, 144],
    [32, 14, 4640],
    [64, 7, 18_560],
  ].flatMap(([channels = 0, size = 0, weights = 0], i) => [
    layer(`conv${i + 1}`, `Conv 3×3${i > 0 ? ", stride 2" : ""}`, [channels, size, size], weights),
    layer(`norm${i + 1}`, "BatchNormalization", [channels, size, size], 2 * channels),
    layer(`relu${i + 1}`, "Relu", [channels, size, size], 0, i === 2),
  ]),
  layer("pool", "GlobalAveragePool", [64]),
  layer("scores", "Gemm", [10], 650),
];
