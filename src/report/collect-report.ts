/** @file Runs models over a data set and gathers all that a report shows. */

import type { Dataset, LabelledImages } from "../data/dataset.js";
import { compareClassifiers, type Evaluation, evaluateClassifier, type Prediction } from "../evaluate/index.js";
import { diagnoseFully, type Explainer, mapOf, networkLayers, parameterCount } from "../explain/index.js";
import {
  colormap,
  defaultColormap,
  defaultDivergingColormap,
  enlargePixels,
  type FloatMap,
  normalizeMap,
  overlay,
  type Picture as Pixels,
} from "../image/index.js";
import { floats, type Tensor } from "../onnx/index.js";
import type {
  ChangeReport,
  ColourScale,
  ComparisonReport,
  DataReport,
  ErrorReport,
  LayerReport,
  MapsReport,
  MeanMapReport,
  ModelReport,
  Picture,
  TrainingReport,
} from "./report-data.js";

export interface CollectOptions {
  /** A picture as a data URL; the platform's own encoder. */
  readonly encode: (picture: Pixels) => Promise<string>;
  /** Turns images [first, first + count) into a model's input. */
  readonly prepare: (explainer: Explainer, images: LabelledImages, first: number, count: number) => Promise<Tensor>;
  /** How many errors to show for each model. Default 48. */
  readonly errors?: number;
  /** How many fixed and broken images to show. Default 18 each. */
  readonly changes?: number;
  /** Called as images are done, over all models. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A model in a report. */
export interface ReportedModel {
  readonly name: string;
  readonly explainer: Explainer;
  readonly description?: string | undefined;
  readonly training?: TrainingReport | undefined;
}

/** The parts of `ReportData` that are measured. */
export interface CollectedReport {
  readonly data: DataReport;
  readonly models: ModelReport[];
  readonly comparisons: ComparisonReport[];
  readonly maps: MapsReport;
}

const batchSize = 128;
/** Small pictures are enlarged by this factor, so that a map laid over them stays smooth. */
const zoom = 4;

/** Measures and explains every model on the data set's test images, and compares each with the one before it. */
export async function collectReport(
  models: readonly ReportedModel[],
  dataset: Dataset,
  options: CollectOptions,
): Promise<CollectedReport> {
  const studies: Study[] = [];
  const total = models.length * dataset.test.count;
  for (const model of models) {
    const before = studies.length * dataset.test.count;
    studies.push(await study(model, dataset, options, (done) => options.onProgress?.(before + done, total)));
  }
  const reports = [];
  for (const each of studies) reports.push(await modelReport(each, dataset, options));
  const comparisons = [];
  for (let after = 1; after < studies.length; after++) {
    const [a, b] = [studies[after - 1] as Study, studies[after] as Study];
    comparisons.push(await comparisonReport(a, b, after, dataset.test, options));
  }
  const method = models[0]?.explainer.method.title ?? "";
  const maps = { method, colours: scaleOf(defaultColormap), differenceColours: scaleOf(defaultDivergingColormap) };
  return { data: await dataReport(dataset, options), models: reports, comparisons, maps };
}

/** A model with what it said of every test image. */
interface Study {
  readonly model: ReportedModel;
  readonly evaluation: Evaluation;
  readonly predicted: Uint8Array;
  readonly confidence: Float32Array;
  /** By class; undefined where no image was classified correctly. */
  readonly meanMaps: readonly (MeanMap | undefined)[];
}

interface MeanMap {
  readonly count: number;
  readonly map: FloatMap;
  readonly image: Pixels;
}

async function study(
  model: ReportedModel,
  dataset: Dataset,
  options: CollectOptions,
  onDone: (done: number) => void,
): Promise<Study> {
  const { test, classes } = dataset;
  const probabilities = new Float32Array(test.count * classes.length);
  const predicted = new Uint8Array(test.count);
  const confidence = new Float32Array(test.count);
  const sums = classes.map(() => new RunningMean(test));
  for (let first = 0; first < test.count; first += batchSize) {
    const count = Math.min(batchSize, test.count - first);
    const input = await options.prepare(model.explainer, test, first, count);
    const explanation = await model.explainer.explain(input);
    probabilities.set(floats(explanation.probabilities), first * classes.length);
    for (let i = 0; i < count; i++) {
      const top = explanation.predicted[i] as number;
      predicted[first + i] = top;
      confidence[first + i] = floats(explanation.probabilities)[i * classes.length + top] as number;
      if (top === test.labels[first + i]) sums[top]?.add(mapOf(explanation, i), first + i);
    }
    onDone(first + count);
  }
  const evaluation = evaluateClassifier({ probabilities, labels: test.labels, classes });
  return { model, evaluation, predicted, confidence, meanMaps: sums.map((sum) => sum.result()) };
}

/** Mean of maps, and of the images under them. */
class RunningMean {
  #count = 0;
  #map: FloatMap | undefined;
  readonly #images: LabelledImages;
  readonly #pixels: Float64Array;

  constructor(images: LabelledImages) {
    this.#images = images;
    this.#pixels = new Float64Array(images.channels * images.height * images.width);
  }

  add(map: FloatMap, index: number): void {
    this.#map ??= { ...map, values: new Float32Array(map.values.length) };
    const sum = this.#map.values;
    map.values.forEach((value, i) => {
      sum[i] = (sum[i] as number) + value;
    });
    pixelsOf(this.#images, index).forEach((value, i) => {
      this.#pixels[i] = (this.#pixels[i] as number) + value;
    });
    this.#count++;
  }

  /** Undefined where no image was added. */
  result(): MeanMap | undefined {
    if (this.#map === undefined) return undefined;
    const map = { ...this.#map, values: this.#map.values.map((value) => value / this.#count) };
    const mean = Uint8Array.from(this.#pixels, (value) => Math.round(value / this.#count));
    return { count: this.#count, map, image: interleaved(this.#images, mean) };
  }
}

async function modelReport(study: Study, dataset: Dataset, options: CollectOptions): Promise<ModelReport> {
  const { model, evaluation } = study;
  const { graph } = model.explainer.model;
  const shown = evaluation.errors.slice(0, options.errors ?? 48);
  const meanMaps: MeanMapReport[] = [];
  for (const [label, mean] of study.meanMaps.entries()) {
    if (mean === undefined) continue;
    const { count, map, image } = mean;
    const scale = Math.max(...map.values);
    meanMaps.push({ label, count, scale, picture: await overlaid(image, map, scale, options) });
  }
  const layers = networkLayers(graph).map(
    ({ name, operator, shape, parameters }): LayerReport => ({
      name,
      operator,
      shape: shape ?? [],
      parameters,
      explained: name === model.explainer.layer.name,
    }),
  );
  return {
    name: model.name,
    ...(model.description === undefined ? {} : { description: model.description }),
    ...(model.training === undefined ? {} : { training: model.training }),
    parameters: parameterCount(graph),
    layers,
    evaluation,
    errors: await errorReports(shown, model, dataset, options),
    meanMaps,
  };
}

async function errorReports(
  errors: readonly Prediction[],
  { explainer }: ReportedModel,
  dataset: Dataset,
  options: CollectOptions,
): Promise<ErrorReport[]> {
  const reports: ErrorReport[] = [];
  for (const error of errors) {
    const input = await options.prepare(explainer, dataset.test, error.index, 1);
    const explanation = await explainer.explain(input, { classes: [error.predicted, error.label] });
    const [predicted, truth] = [mapOf(explanation, 0, 0), mapOf(explanation, 0, 1)];
    const scale = Math.max(...predicted.values, ...truth.values);
    const difference = {
      ...predicted,
      values: predicted.values.map((value, i) => value - (truth.values[i] as number)),
    };
    const image = pictureOf(dataset.test, error.index);
    const notes: string[] = [];
    for (const [k, label] of [error.predicted, error.label].entries()) {
      const { text } = await diagnoseFully(explainer, input, explanation, 0, k);
      if (text !== "") notes.push(`Map of ${dataset.classes[label]}: ${text}`);
    }
    reports.push({
      ...error,
      image: await plain(image, options),
      maps: {
        predicted: await overlaid(image, predicted, scale, options),
        truth: await overlaid(image, truth, scale, options),
        difference: await overlaid(image, difference, scale, options, true),
        scale,
      },
      notes,
    });
  }
  return reports;
}

async function comparisonReport(
  a: Study,
  b: Study,
  after: number,
  test: LabelledImages,
  options: CollectOptions,
): Promise<ComparisonReport> {
  const result = compareClassifiers(a.predicted, b.predicted, test.labels);
  const limit = options.changes ?? 18;
  const side = async ({ model, predicted, confidence }: Study, index: number) => {
    const input = await options.prepare(model.explainer, test, index, 1);
    const map = mapOf(await model.explainer.explain(input), 0);
    const scale = Math.max(...map.values);
    const picture = await overlaid(pictureOf(test, index), map, scale, options);
    return { predicted: predicted[index] as number, confidence: confidence[index] as number, map: picture, scale };
  };
  const change = async (index: number): Promise<ChangeReport> => ({
    index,
    label: test.labels[index] as number,
    image: await plain(pictureOf(test, index), options),
    before: await side(a, index),
    after: await side(b, index),
  });
  // The network that was wrong decides the order: its most confident mistakes first.
  const changes = async (indices: readonly number[], { confidence }: Study) => {
    const ordered = [...indices].sort((x, y) => (confidence[y] as number) - (confidence[x] as number));
    const reports: ChangeReport[] = [];
    for (const index of ordered.slice(0, limit)) reports.push(await change(index));
    return reports;
  };
  return {
    before: after - 1,
    after,
    result,
    fixed: await changes(result.fixed, a),
    broken: await changes(result.broken, b),
  };
}

async function dataReport(dataset: Dataset, options: CollectOptions): Promise<DataReport> {
  const { name, source, classes, train, test } = dataset;
  const samples = [];
  for (const label of classes.keys()) {
    const pictures: Picture[] = [];
    for (let i = 0; i < test.count && pictures.length < 6; i++) {
      if (test.labels[i] === label) pictures.push(await plain(pictureOf(test, i), options));
    }
    samples.push({ label, pictures });
  }
  const image = `${test.height} × ${test.width} pixels, ${test.channels === 1 ? "grey" : "colour"}`;
  return { name, source, classes, counts: { train: train.count, test: test.count }, image, samples };
}

/** One image of a data set as a picture. */
export function pictureOf(images: LabelledImages, index: number): Pixels {
  return interleaved(images, pixelsOf(images, index));
}

function pixelsOf({ pixels, channels, height, width }: LabelledImages, index: number): Uint8Array {
  const size = channels * height * width;
  return pixels.subarray(index * size, (index + 1) * size);
}

function interleaved({ channels, height, width }: LabelledImages, planes: Uint8Array): Pixels {
  const area = height * width;
  const pixels =
    channels === 1
      ? planes
      : Uint8Array.from(planes, (_, i) => planes[(i % channels) * area + Math.floor(i / channels)] as number);
  return { width, height, channels: channels === 1 ? 1 : 3, pixels };
}

export async function plain(image: Pixels, { encode }: CollectOptions): Promise<Picture> {
  return { src: await encode(image), width: image.width, height: image.height };
}

export async function overlaid(
  image: Pixels,
  map: FloatMap,
  scale: number,
  { encode }: CollectOptions,
  signed = false,
): Promise<Picture> {
  const base = Math.max(image.width, image.height) <= 64 ? enlargePixels(image, zoom) : image;
  const colours = signed ? defaultDivergingColormap : defaultColormap;
  const picture = overlay(base, normalizeMap(map, { signed, peak: scale }), { colormap: colours });
  return { src: await encode(picture), width: picture.width, height: picture.height };
}

function scaleOf(name: string): ColourScale {
  const { table } = colormap(name);
  const stops = Array.from({ length: 17 }, (_, i) => {
    const at = 3 * Math.round((i * 255) / 16);
    return `rgb(${table[at]}, ${table[at + 1]}, ${table[at + 2]})`;
  });
  return { name, stops };
}
