/** @file Explains images by a method of samples: runs these in batches, and adds up their results. */

import type { Layer } from "../../../model/layers/layer.js";
import type { Model } from "../../../model/model.js";
import { Batches, joined } from "../../../model/run/batches.js";
import { Sessions } from "../../../model/run/sessions.js";
import { own, ownTensors, type Tensors } from "../../../model/run/tensors.js";
import { runInputs } from "../../../onnx/graph.js";
import { float32, floats, int64, numbers, type Tensor } from "../../../onnx/tensor.js";
import type { Sample, SampledMethod } from "../../method.js";
import type { ExplainerOptions, RunOptions } from "../../options.js";
import { type Answers, type ClassResult, readAnswers, readMap } from "../map-tensors.js";
import type { Runner } from "../runner.js";
import { startsOf } from "./baselines.js";
import { type DrawNoise, noiseSource } from "./draw-noise.js";
import { names, type SampledGraphs, sampledGraphs } from "./sampled-graphs.js";

/** Images that the network sees at once, if there are not more of them already. */
const batchSize = 8;

export function sampledRunner(model: Model, layer: Layer, method: SampledMethod, options: ExplainerOptions): Runner {
  const { runtime, against = false, include = [], eigenSmooth = false, seed: randomSeed = 1 } = options;
  const { samples = method.samples } = options;
  const graphs = sampledGraphs({ model, layer, method, randomSeed }, { against, include, eigenSmooth });
  const sampling: Sampling = {
    model,
    graphs,
    against,
    sessions: new Sessions(runtime),
    samples: method.sampling(samples),
    noise: method.noise ? noiseSource(randomSeed) : undefined,
  };
  const batches = new Batches(model);
  let making: ReturnType<typeof loadStartMaker> | undefined;
  return {
    graphs,
    run(images, classes, { progress, signal }: RunOptions) {
      const [count = 0] = images.dims;
      const starts = startsOf(options.baseline ?? "zero");
      const total = starts.length * sampling.samples.length * classes.length * count;
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
            done += samples * indices.length;
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

/** Adds up the samples of one class for each of some images, on all ways alike. */
async function sumSamples(
  { model, graphs, sessions, samples, noise }: Sampling,
  { images, classes, ways }: Batch,
  onSamples: (count: number) => void,
): Promise<Tensors> {
  const [count = 0, ...sizes] = images.dims;
  const fixed = model.oneByOne || typeof model.input.dims?.[0] === "number";
  const perRun = fixed ? 1 : Math.max(1, Math.floor(batchSize / count));
  const sums: Record<string, Tensor> = {};
  for (const baseline of ways) {
    for (let first = 0; first < samples.length; first += perRun) {
      const some = samples.slice(first, first + perRun);
      const each = {
        ...sampleFeeds(graphs, some, 1 / ways.length),
        [own("class")]: repeatClasses(classes, some.length),
      };
      const feeds = { ...each, [own("images")]: images, [names.baseline]: baseline };
      const noiseFeeds = noise ? { [names.noise]: noise(first, some.length, sizes) } : {};
      const outputs = await sessions.run(graphs.tail, { ...feeds, ...noiseFeeds }, some.length * count);
      for (const [name, tensor] of Object.entries(outputs)) sums[name] = addTensors(sums[name], tensor);
      onSamples(some.length);
    }
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

/** The samples of one run, whose weights are multiplied with `share`. */
function sampleFeeds({ sums }: SampledGraphs, samples: readonly Sample[], share: number): Tensors {
  const vector = (value: (sample: Sample) => number) => float32([samples.length], samples.map(value));
  const weights = sums.map((sum) => [names.weight(sum), vector(({ weights }) => share * (weights[sum] ?? 0))] as const);
  return { [names.at]: vector(({ at }) => at), ...Object.fromEntries(weights) };
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
