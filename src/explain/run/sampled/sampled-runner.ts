/** @file Explains images by a method of samples: runs these in batches, and adds up their results. */

import { present } from "../../../foundation/present.js";
import { random } from "../../../foundation/random.js";
import type { Layer } from "../../../model/layers/layer.js";
import type { Model } from "../../../model/model.js";
import { Batches, joined, rowsOf } from "../../../model/run/batches.js";
import { Sessions } from "../../../model/run/sessions.js";
import { own, ownTensors, type Tensors } from "../../../model/run/tensors.js";
import { runInputs } from "../../../onnx/graph.js";
import { float32, floats, int64, numbers, type Tensor } from "../../../onnx/tensor.js";
import type { Sample, SampledMethod } from "../../method.js";
import type { ExplainerOptions, RunOptions } from "../../options.js";
import { type Answers, type ClassResult, readAnswers, readMap } from "../map-tensors.js";
import type { Runner } from "../runner.js";
import { chosenBaseline, startsOf } from "./baselines.js";
import { type DrawNoise, noiseSource } from "./draw-noise.js";
import { names } from "./names.js";
import { type SampledGraphs, sampledGraphs, takesMany } from "./sampled-graphs.js";

/** Samples of an image that the network sees at once. */
const batchSize = 8;

export function sampledRunner(model: Model, layer: Layer, method: SampledMethod, options: ExplainerOptions): Runner {
  const { runtime, against = false, include = [], eigenSmooth = false, seed: randomSeed = 1 } = options;
  const { samples = method.samples, noise = method.noise ?? 0 } = options;
  const graphs = sampledGraphs({ model, layer, method, randomSeed }, { against, include, eigenSmooth, noise });
  const sampling: Sampling = {
    model,
    graphs,
    against,
    sessions: new Sessions(runtime),
    samples: method.sampling(samples, random(randomSeed).fork("ways")),
    noise: noise > 0 ? noiseSource(randomSeed) : undefined,
  };
  const batches = new Batches(model);
  let making: ReturnType<typeof loadStartMaker> | undefined;
  return {
    graphs,
    run(images, classes, { progress, signal }: RunOptions) {
      const [count = 0] = images.dims;
      const starts = startsOf(chosenBaseline(method, model, options.baseline));
      const total = placedSamples(sampling.samples, starts.length).length * classes.length * count;
      let done = 0;
      return batches.run(images, async (part, indices) => {
        const results: ClassResult[] = [];
        making ??= loadStartMaker(model, sampling.sessions);
        const startFor = await making;
        const ways = await Promise.all(starts.map((start) => startFor(part, start)));
        for (const row of classes) {
          signal?.throwIfAborted();
          const batch = { images: part, classes: int64(indices.map((i) => row[i] ?? -1)), ways };
          const onSamples = (samples: number) => {
            signal?.throwIfAborted();
            done += samples;
            // A batch that is run for the first time may be run again, image by image.
            progress?.(Math.min(done, total), total);
          };
          results.push(await explainBatch(sampling, batch, onSamples));
        }
        return results;
      });
    },
    close: () => sampling.sessions.close(),
  };
}

async function loadStartMaker(model: Model, sessions: Sessions) {
  const { startMaker } = await import("./starts.js");
  return startMaker(model, sessions);
}

interface Sampling {
  readonly model: Model;
  readonly graphs: SampledGraphs;
  readonly sessions: Sessions;
  readonly samples: readonly Sample[];
  readonly noise: DrawNoise | undefined;
  readonly against: boolean;
}

/** Images, one class of each, int64 [N], and where each of the ways to them begins, [1, ...] or [N, ...]. */
interface Batch {
  readonly images: Tensor;
  readonly classes: Tensor;
  readonly ways: readonly Tensor[];
}

async function explainBatch(
  sampling: Sampling,
  batch: Batch,
  onSamples: (count: number) => void,
): Promise<ClassResult> {
  const { graphs, sessions, model } = sampling;
  const { images, ways } = batch;
  const outputs = await sessions.run(graphs.whole, { [model.input.name]: images, [own("class")]: batch.classes });
  const [answers, { explained }] = [readAnswers(outputs), ownTensors(outputs, ["explained"])];
  const batchOfExplained = { images, classes: explained, ways };
  const asksForRise = runInputs(graphs.combine).some(({ name }) => name === names.rise);
  const rise = asksForRise ? { [names.rise]: await scoreRise(sampling, batchOfExplained, answers) } : {};
  const sums = await sumSamples(sampling, batchOfExplained, onSamples);
  const feeds = { ...sums, [model.input.name]: images, [own("class")]: explained };
  const map = readMap(await sessions.run(graphs.combine, { ...feeds, ...rise }));
  return { ...answers, explained, ...map };
}

/** A sample on one of the ways. */
interface PlacedSample {
  readonly sample: Sample;
  /** Which of the method's samples it is. */
  readonly index: number;
  /** Which of the ways it lies on. */
  readonly way: number;
  /** How much it counts beside others. */
  readonly share: number;
}

/** Each sample on the way that was drawn for it, or else on all ways alike. */
function placedSamples(samples: readonly Sample[], ways: number): PlacedSample[] {
  return Array.from({ length: ways }, (_, way) =>
    samples.flatMap((sample, index): PlacedSample[] => {
      if (sample.start === undefined) return [{ sample, index, way, share: 1 / ways }];
      return Math.floor(sample.start * ways) === way ? [{ sample, index, way, share: 1 }] : [];
    }),
  ).flat();
}

/**
 * Adds up the samples of one class for each of some images: of an eighth of the images eight samples at a time, since the samples of an
 * image share its first layers. @param onSamples is told how many were run
 */
async function sumSamples(sampling: Sampling, batch: Batch, onSamples: (count: number) => void): Promise<Tensors> {
  const [count = 0] = batch.images.dims;
  const perRun = takesMany(sampling.model) ? batchSize : 1;
  const together = Math.ceil(count / perRun);
  const parts: Tensors[] = [];
  for (let first = 0; first < count; first += together) {
    const part = partOf(batch, first, Math.min(together, count - first));
    parts.push(await sumSamplesOf(sampling, part, perRun, onSamples));
  }
  const of = (name: string) => joined(parts.map((part) => present(part[name], name)));
  return Object.fromEntries(Object.keys(parts[0] ?? {}).map((name) => [name, of(name)]));
}

function partOf({ images, classes, ways }: Batch, first: number, count: number): Batch {
  const rows = (tensor: Tensor) => rowsOf(tensor, first, count);
  // Of each image, or the same for all.
  const isOfEach = ({ dims }: Tensor) => dims[0] === images.dims[0];
  return { images: rows(images), classes: rows(classes), ways: ways.map((way) => (isOfEach(way) ? rows(way) : way)) };
}

/** @param perRun samples of each image */
async function sumSamplesOf(
  { graphs, sessions, samples, noise }: Sampling,
  { images, classes, ways }: Batch,
  perRun: number,
  onSamples: (count: number) => void,
): Promise<Tensors> {
  const [count = 0, ...sizes] = images.dims;
  const sums: Record<string, Tensor> = {};
  const placed = placedSamples(samples, ways.length);
  for (let first = 0; first < placed.length; first += perRun) {
    const some = placed.slice(first, first + perRun);
    const feeds = {
      ...sampleFeeds(graphs, some),
      [own("class")]: repeatClasses(classes, some.length),
      [own("images")]: images,
      [names.baseline]: startsOfSamples(some, ways),
      ...(noise ? { [names.noise]: joined(some.map(({ index }) => noise(index, 1, sizes))) } : {}),
    };
    const outputs = await sessions.run(graphs.tail, feeds, some.length * count);
    for (const [name, tensor] of Object.entries(outputs)) sums[name] = addTensors(sums[name], tensor);
    onSamples(some.length * count);
  }
  return sums;
}

/** How much higher the scores of the explained classes are than for the baseline, [N], in the mean over the ways. */
async function scoreRise(
  { model, graphs, sessions, against }: Sampling,
  { images, classes, ways }: Batch,
  answers: Answers,
): Promise<Tensor> {
  const [count = 0] = images.dims;
  const to = floats(answers.scores);
  const from = new Float64Array(to.length);
  for (const baseline of ways) {
    const repeated = baseline.dims[0] === count ? baseline : joined(Array<Tensor>(count).fill(baseline));
    const outputs = await sessions.run(graphs.whole, { [model.input.name]: repeated, [own("class")]: classes });
    floats(readAnswers(outputs).scores).forEach((score, i) => {
      from[i] = (from[i] ?? 0) + score / ways.length;
    });
  }
  const sign = against ? -1 : 1;
  const rise = numbers(classes).map((index, i) => {
    const at = (i * to.length) / count + index;
    return sign * ((to[at] ?? Number.NaN) - (from[at] ?? Number.NaN));
  });
  return float32([rise.length], rise);
}

/** The samples of one run, whose weights are multiplied with their share. */
function sampleFeeds({ sums }: SampledGraphs, placed: readonly PlacedSample[]): Tensors {
  const vector = (value: (each: PlacedSample) => number) => float32([placed.length], placed.map(value));
  const weights = sums.map(
    (sum) => [names.weight(sum), vector(({ sample, share }) => share * (sample.weights[sum] ?? 0))] as const,
  );
  return { [names.at]: vector(({ sample }) => sample.at), ...Object.fromEntries(weights) };
}

/** Where the ways of samples begin, [S, N, ...]; 1 in the place of S or N where all of them begin in the same. */
function startsOfSamples(placed: readonly PlacedSample[], ways: readonly Tensor[]): Tensor {
  const all = placed.map(({ way }) => present(ways[way], "way"));
  const starts = all.every((start) => start === all[0]) ? all.slice(0, 1) : all;
  const count = Math.max(...starts.map(({ dims: [rows = 1] }) => rows));
  const alike = starts.map((start) => (start.dims[0] === count ? start : joined(Array<Tensor>(count).fill(start))));
  return joined(alike).reshape([starts.length, count, ...present(starts[0], "way").dims.slice(1)]);
}

/** The images' classes, repeated for each sample. */
function repeatClasses(classes: Tensor, samples: number): Tensor {
  return int64(Array.from({ length: samples }, () => numbers(classes)).flat());
}

function addTensors(sum: Tensor | undefined, tensor: Tensor): Tensor {
  if (sum === undefined) return tensor;
  const values = floats(tensor);
  return float32(
    tensor.dims,
    floats(sum).map((value, i) => value + (values[i] ?? 0)),
  );
}
