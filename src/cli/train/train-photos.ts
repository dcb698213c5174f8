/** @file Trains a classifier of photos, from scratch or on a trained network, and writes the model file. */

import type { Examples } from "../../data/dataset.js";
import { type Photo, type PhotoDataset, type SkippedPhoto, splits } from "../../data/photos/photo.js";
import { placedBoxes } from "../../data/photos/placed-boxes.js";
import { stratify } from "../../data/photos/stratify.js";
import type { Evaluation } from "../../evaluate/classifier/evaluate-classifier.js";
import { loadModel } from "../../explain/node.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { FoveaError } from "../../foundation/error.js";
import { present } from "../../foundation/present.js";
import { count } from "../../foundation/words.js";
import type { Preprocessing } from "../../image/input/preprocessing.js";
import { withModelCard } from "../../model/card.js";
import { stages } from "../../model/layers/choose-layer.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import type { Graph } from "../../onnx/graph.js";
import { writeModel } from "../../onnx/write.js";
import { fromScratch, networkNamed } from "../../train/network/networks.js";
import { exchangeBetween } from "../../train/step/exchange.js";
import { type TrainedNetwork, type TrainingData, type TrainingSettings, trainOnExamples } from "../../train/train.js";
import { withoutTime } from "../../train/trained-model.js";
import { type Backbone, extractBackbone } from "../../train/transfer/backbone.js";
import { attachHead, extractHead, measureFeatures, trainableHead } from "../../train/transfer/head.js";
import { retrainLastLayer } from "../../train/transfer/last-layer.js";
import { countLearnable, unfreezeStages } from "../../train/transfer/unfreeze.js";
import { evaluatePhotos } from "../evaluate/evaluate-photos.js";
import type { NamedModel } from "../inputs/models.js";
import { baseName } from "../options/command-line.js";
import { platform, runtime } from "../platform.js";
import type { Job } from "../terminal/job.js";
import { note } from "../terminal/print.js";
import type { AskedCue } from "./exchanged-cues.js";
import { exchangedFeatures } from "./exchanged-features.js";
import { groupsOfPhotos } from "./image-groups.js";
import { featureSource, type PhotoRows, photoRows, pixelSource, type RowSource } from "./photo-rows.js";
import { checkpointPath, removeCheckpoint, runTraining, startingPoint } from "./run-training.js";

export interface TrainPhotosOptions {
  /** Of the training whose epochs are shown: from scratch, of the head, or of the unfrozen stages. */
  readonly settings: TrainingSettings;
  /** Of the head, where stages are unfrozen after it. */
  readonly headSettings: TrainingSettings;
  /** A trained network to start from. Default: from scratch. */
  readonly backbone: NamedModel | undefined;
  /** The value that features are taken from. Default: the input of the backbone's last layer. */
  readonly features: string | undefined;
  /** How many of the backbone's last stages are trained after the head. */
  readonly unfreeze: number;
  /** Exchanged at random between the photos that are learned from. */
  readonly exchange: readonly AskedCue[];
  /** The list of `--groups`. */
  readonly groups: string | undefined;
  /** Of a network from scratch. */
  readonly preprocessing: Preprocessing;
  /** Share of the training photos to measure epochs on, where the dataset has no photos for validation. */
  readonly validation: number;
  readonly cache: string | undefined;
  readonly out: string;
  readonly resume: boolean;
  readonly restart: boolean;
  /** The command line, for the metadata. */
  readonly command: string;
}

export interface TrainedOnPhotos {
  readonly result: TrainedNetwork;
  /** On the test photos; undefined when the training was stopped, or there are none. */
  readonly evaluation: Evaluation | undefined;
  /** How many photos were learned from. */
  readonly learnedFrom: number;
  readonly skipped: readonly SkippedPhoto[];
}

/** A trained network with its file's settings. */
interface Outcome {
  readonly result: TrainedNetwork;
  readonly graph: Graph;
  readonly preprocessing: Preprocessing;
  readonly provenance: Readonly<Record<string, unknown>>;
  readonly parts: Parts;
  readonly failed: readonly SkippedPhoto[];
}

/** Trains until done or interrupted by Ctrl-C; either way the last finished epoch is in `out`. */
export async function trainPhotos(
  job: Job,
  dataset: PhotoDataset,
  options: TrainPhotosOptions,
): Promise<TrainedOnPhotos> {
  const { out, backbone } = options;
  const outcome = await (backbone ? transfer(job, backbone, dataset, options) : scratch(job, dataset, options));
  const { result, parts, failed } = outcome;
  const { classes } = dataset;
  const { preprocessing, provenance } = outcome;
  const card = { classes, preprocessing, provenance: { ...common(dataset, options, outcome), ...provenance } };
  const testResult = result.finished ? await measure(job, withModelCard(outcome.graph, card), dataset, out) : undefined;
  const testAccuracy = testResult?.evaluation.accuracy.value;
  if (result.history.length > 0) {
    const complete = { ...card, provenance: { ...card.provenance, testAccuracy } };
    await writeFileAtomically(out, writeModel(withModelCard(outcome.graph, complete)));
    if (result.finished) await removeCheckpoint(out);
  }
  const skipped = [...dataset.skipped, ...failed, ...(testResult?.failed ?? [])];
  return { result, evaluation: testResult?.evaluation, learnedFrom: parts.train.length, skipped };
}

/** On the test photos, as `fovea evaluate` measures the file; undefined where there are none. */
async function measure(job: Job, graph: Graph, dataset: PhotoDataset, out: string) {
  const test = dataset.photos.filter(({ split }) => split === "test");
  if (test.length === 0) return undefined;
  return evaluatePhotos(
    job,
    { name: out, path: out, file: out, model: await loadModel(writeModel(graph), { platform }) },
    dataset,
    test,
  );
}

function common(dataset: PhotoDataset, { settings, command }: TrainPhotosOptions, { result, parts }: Outcome) {
  return {
    network: settings.network,
    data: baseName(dataset.name),
    source: dataset.source,
    trainingImages: parts.train.length,
    validationImages: parts.validation.length,
    epochs: result.history.length,
    seed: settings.seed,
    command,
    runtime: runtime.name,
    settings,
    history: result.history.map(withoutTime),
  };
}

interface Parts {
  readonly train: readonly Photo[];
  readonly validation: readonly Photo[];
}

/** The photos to learn from and those to measure epochs on; where the dataset names none of these, a share of each class. */
function partsOf({ name, photos }: PhotoDataset, { validation: share, settings }: TrainPhotosOptions): Parts {
  const [train, validation] = splits.map((split) => photos.filter((photo) => photo.split === split));
  if (train === undefined || train.length === 0) {
    throw new FoveaError("bad-input", `${name}: expected photos to learn from (split train), got none`);
  }
  if (validation === undefined || validation.length > 0 || share === 0) return { train, validation: validation ?? [] };
  const labels = train.map(({ label }) => String(label));
  const parts = stratify(labels, { validation: share, test: 0, seed: settings.seed });
  const those = (split: string) => train.filter((_, i) => parts[i] === split);
  return { train: those("train"), validation: those("validation") };
}

/** Every class must be among the photos to learn from. */
function checkClasses({ name, classes }: PhotoDataset, { train }: Parts): void {
  const missing = classes.filter((_, label) => !train.some((photo) => photo.label === label));
  if (missing.length === 0) return;
  throw new FoveaError(
    "bad-input",
    `${name}: expected photos of every class to learn from, got none of ${missing.join(", ")}`,
  );
}

/** Where rows come from and where they are kept. */
interface RowOptions {
  readonly job: Job;
  readonly source: RowSource;
  readonly cache: string | undefined;
}

/** The parts as rows; photos that cannot be read are left out. */
async function withRows<Result>(
  { job, source, cache }: RowOptions,
  dataset: PhotoDataset,
  parts: Parts,
  work: (parts: Parts, rows: PhotoRows) => Promise<Result>,
): Promise<Result> {
  const rows = await photoRows(job, [...parts.train, ...parts.validation], source, cache).finally(() => source.close());
  const readable = new Set(rows.photos);
  const only = (photos: readonly Photo[]) => photos.filter((photo) => readable.has(photo));
  const left = { train: only(parts.train), validation: only(parts.validation) };
  try {
    checkClasses(dataset, left);
    return await work(left, rows);
  } finally {
    await rows.close();
  }
}

function dataOf(parts: Parts, rows: PhotoRows) {
  const { train, validation } = parts;
  return {
    train: rows.examples(train),
    ...(validation.length > 0 ? { validation: rows.examples(validation) } : {}),
  };
}

/** Pixels, with what the options ask for besides. */
async function pixelData(
  parts: Parts,
  rows: PhotoRows,
  preprocessing: Preprocessing,
  { exchange, groups }: TrainPhotosOptions,
): Promise<TrainingData> {
  const { channels, height, width } = preprocessing;
  const data = dataOf(parts, rows);
  const cues = exchange.map((cue) => cue.at([channels, height, width]));
  return {
    ...data,
    groups: groups === undefined ? undefined : (await groupsOfPhotos(groups, parts.train)).of,
    vary: cues.length > 0 ? exchangeBetween(data.train, cues) : undefined,
    boxes: parts.train.map((photo) => placedBoxes(photo, preprocessing)),
  };
}

async function scratch(job: Job, dataset: PhotoDataset, options: TrainPhotosOptions): Promise<Outcome> {
  const { settings, preprocessing, cache, out } = options;
  const { channels, height, width } = preprocessing;
  const shape = { channels, height, width, classes: dataset.classes.length };
  const trainable = fromScratch(networkNamed(settings.network), shape, settings);
  const from = await startingPoint(options);
  const source = await pixelSource(preprocessing);
  return withRows({ job, source, cache }, dataset, partsOf(dataset, options), async (parts, rows) => {
    const how = { settings, images: parts.train.length, checkpoint: checkpointPath(out), from };
    const data = await pixelData(parts, rows, preprocessing, options);
    const result = await runTraining(job, how, (...rest) => trainOnExamples(trainable, data, ...rest));
    return { result, graph: result.graph, preprocessing, provenance: {}, parts, failed: rows.failed };
  });
}

async function transfer(
  job: Job,
  named: NamedModel,
  dataset: PhotoDataset,
  options: TrainPhotosOptions,
): Promise<Outcome> {
  const { settings, unfreeze, features } = options;
  const { preprocessing } = preprocessingOf(named.model);
  const backbone = extractBackbone(named.model, features);
  const behind = unfreeze > 0 ? stageBehind(named, backbone, unfreeze) : undefined;
  const from = await startingPoint(options);
  const head = await trainHead(job, named, backbone, dataset, { ...options, from: unfreeze > 0 ? undefined : from });
  const about = { backbone: named.name, features: backbone.layer };
  const classes = dataset.classes.length;
  if (unfreeze === 0 || !head.result.finished) {
    const graph = attachHead(backbone, head.layer, settings.head, classes);
    return { ...head, graph, preprocessing, provenance: { ...about, unfrozen: 0 } };
  }
  note(`training everything behind ${behind ?? "the input"}: ${count(countLearnable(backbone, behind))} numbers`);
  const trainable = unfreezeStages(backbone, head.layer, { classes, head: settings.head, preprocessing, behind });
  const source = await pixelSource(preprocessing);
  return withRows({ job, source, cache: options.cache }, dataset, head.parts, async (parts, rows) => {
    const how = { settings, images: parts.train.length, checkpoint: checkpointPath(options.out), from };
    const data = await pixelData(parts, rows, preprocessing, options);
    const result = await runTraining(job, how, (...rest) => trainOnExamples(trainable, data, ...rest));
    const provenance = { ...about, unfrozen: unfreeze, headHistory: head.result.history.map(withoutTime) };
    return { result, graph: result.graph, preprocessing, provenance, parts, failed: head.failed };
  });
}

type HeadOptions = TrainPhotosOptions & { readonly from: Awaited<ReturnType<typeof startingPoint>> };

async function trainHead(job: Job, named: NamedModel, backbone: Backbone, dataset: PhotoDataset, options: HeadOptions) {
  const { settings, headSettings, unfreeze, cache, out, from, groups, exchange } = options;
  const { preprocessing } = preprocessingOf(named.model);
  const source = await featureSource(named, preprocessing, backbone);
  const classes = dataset.classes.length;
  return withRows({ job, source, cache }, dataset, partsOf(dataset, options), async (parts, rows) => {
    const plain = dataOf(parts, rows);
    const own = groups === undefined ? undefined : (await groupsOfPhotos(groups, parts.train)).of;
    const varied =
      exchange.length > 0 ? await exchangedFeatures(job, named, backbone, parts.train, options) : undefined;
    const data = { ...plain, ...varied, groups: own };
    const [runSettings, checkpoint] = unfreeze > 0 ? [headSettings, undefined] : [settings, checkpointPath(out)];
    const how = { settings: runSettings, images: parts.train.length, checkpoint, from };
    if (runSettings.lastLayer && own) {
      const { layer, training: result } = await lastLayerOnGroups(job, plain.train, own, classes, runSettings);
      return { result, layer, parts, failed: rows.failed };
    }
    const scale = await measureFeatures(varied?.all ?? data.train);
    const trainable = trainableHead(scale, classes, settings);
    const result = await runTraining(job, how, (...rest) => trainOnExamples(trainable, data, ...rest));
    await varied?.close();
    const layer = extractHead(result.graph, scale);
    return { result, layer, parts, failed: rows.failed };
  });
}

/** The last layer on as many photos of each group; what was begun is begun again, for it takes seconds. */
async function lastLayerOnGroups(
  job: Job,
  features: Examples,
  groups: readonly number[],
  classes: number,
  settings: TrainingSettings,
) {
  const retrained = await job.stage("training the last layer", (onProgress) =>
    retrainLastLayer(features, groups, { classes, settings, onDraw: onProgress }, { runtime, signal: job.signal }),
  );
  job.signal.throwIfAborted();
  return present(retrained, "last layer");
}

/** The value behind which the last stages lie, as `fovea inspect` numbers them; undefined where these are all. */
function stageBehind({ name, model }: NamedModel, backbone: Backbone, count: number): string | undefined {
  const ends = stages(model);
  const bad = (expected: string, got: string | number) =>
    new FoveaError("bad-input", `${name}: --unfreeze: expected ${expected}, got ${got}`);
  if (count > ends.length) throw bad(`1 to ${ends.length}, the stages that it has`, count);
  if (model.oneByOne) throw bad("a network for any number of images", "one that takes a single image");
  const behind = ends[count]?.name;
  if (countLearnable(backbone, behind) === 0) {
    throw bad("stages with weights to learn", `none behind ${behind}, nothing but the head: take a larger number`);
  }
  return behind;
}
