/** @file Explains images by a method of samples: runs these in batches, and adds up their results. */

import { FoveaError } from "../../../foundation/error.js";
import type { Layer } from "../../../model/layers/layer.js";
import type { Model } from "../../../model/model.js";
import { Batches, joined } from "../../../model/run/batches.js";
import { Sessions } from "../../../model/run/sessions.js";
import { own, ownTensors, type Tensors } from "../../../model/run/tensors.js";
import { runInputs } from "../../../onnx/graph.js";
import { float32, floats, int64, numbers, sizeOf, type Tensor } from "../../../onnx/tensor.js";
import type { Sample, SampledMethod } from "../../method.js";
import type { ExplainerOptions, RunOptions } from "../../options.js";
import { type Answers, type ClassResult, readAnswers, readMap } from "../map-tensors.js";
import type { Runner } from "../runner.js";
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
  return {
    graphs,
    run(images, classes, { progress, signal }: RunOptions) {
      const [count = 0] = images.dims;
      const total = sampling.samples.length * classes.length * count;
      const baseline = baselineFor(images, options.baseline);
      let done = 0;
      return batches.run(images, async (part, indices) => {
        const results: ClassResult[] = [];
        for (const row of classes) {
          signal?.throwIfAborted();
          const batch = { images: part, classes: int64(indices.map((i) => row[i] ?? -1)), baseline };
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

interface Sampling {
  readonly model: Model;
  readonly graphs: SampledGraphs;
  readonly sessions: Sessions;
  readonly samples: readonly Sample[];
  readonly noise: DrawNoise | undefined;
  readonly against: boolean;
}

/** Images, one class of each, int64 [N], and where the way to them begins. */
interface Batch {
  readonly images: Tensor;
  readonly classes: Tensor;
  readonly baseline: Tensor;
}

async function explainBatch(
  sampling: Sampling,
  batch: Batch,
  onSamples: (count: number) => void,
): Promise<ClassResult> {
  const { graphs, sessions, model } = sampling;
  const { images, baseline } = batch;
  const outputs = await sessions.run(graphs.whole, { [model.input.name]: images, [own("class")]: batch.classes });
  const [answers, { explained }] = [readAnswers(outputs), ownTensors(outputs, ["explained"])];
  const batchOfExplained = { images, classes: explained, baseline };
  const asksForRise = runInputs(graphs.combine).some(({ name }) => name === names.rise);
  const rise = asksForRise ? { [names.rise]: await scoreRise(sampling, batchOfExplained, answers) } : {};
  const sums = await sumSamples(sampling, batchOfExplained, onSamples);
  const feeds = { ...sums, [model.input.name]: images, [own("class")]: explained, [names.baseline]: baseline };
  const map = readMap(await sessions.run(graphs.combine, { ...feeds, ...rise }));
  return { ...answers, explained, ...map };
}

/** Adds up the samples of one class for each of some images. */
async function sumSamples(
  { model, graphs, sessions, samples, noise }: Sampling,
  { images, classes, baseline }: Batch,
  onSamples: (count: number) => void,
): Promise<Tensors> {
  const [count = 0, ...sizes] = images.dims;
  const fixed = model.oneByOne || typeof model.input.dims?.[0] === "number";
  const perRun = fixed ? 1 : Math.max(1, Math.floor(batchSize / count));
  const sums: Record<string, Tensor> = {};
  for (let first = 0; first < samples.length; first += perRun) {
    const some = samples.slice(first, first + perRun);
    const feeds = { ...sampleFeeds(graphs, some, classes), [own("images")]: images, [names.baseline]: baseline };
    const noiseFeeds = noise ? { [names.noise]: noise(first, some.length, sizes) } : {};
    const outputs = await sessions.run(graphs.tail, { ...feeds, ...noiseFeeds }, some.length * count);
    for (const [name, tensor] of Object.entries(outputs)) sums[name] = addTensors(sums[name], tensor);
    onSamples(some.length);
  }
  return sums;
}

/** How much higher the scores of the explained classes are than for the baseline, [N]. */
async function scoreRise(
  { model, graphs, sessions, against }: Sampling,
  { images, classes, baseline }: Batch,
  answers: Answers,
): Promise<Tensor> {
  const [count = 0] = images.dims;
  const repeated = joined(Array<Tensor>(count).fill(baseline));
  const outputs = await sessions.run(graphs.whole, { [model.input.name]: repeated, [own("class")]: classes });
  const [from, to] = [floats(readAnswers(outputs).scores), floats(answers.scores)];
  const sign = against ? -1 : 1;
  const rise = numbers(classes).map((index, i) => {
    const at = (i * to.length) / count + index;
    return sign * ((to[at] ?? Number.NaN) - (from[at] ?? Number.NaN));
  });
  return float32([rise.length], rise);
}

/** The samples of one run, for images whose classes are repeated for each of them. */
function sampleFeeds({ sums }: SampledGraphs, samples: readonly Sample[], classes: Tensor): Tensors {
  const vector = (value: (sample: Sample) => number) => float32([samples.length], samples.map(value));
  const weights = sums.map((sum) => [names.weight(sum), vector(({ weights }) => weights[sum] ?? 0)] as const);
  return {
    [names.at]: vector(({ at }) => at),
    [own("class")]: int64(samples.flatMap(() => numbers(classes))),
    ...Object.fromEntries(weights),
  };
}

function addTensors(sum: Tensor | undefined, tensor: Tensor): Tensor {
  if (sum === undefined) return tensor;
  const values = floats(tensor);
  return float32(
    tensor.dims,
    floats(sum).map((value, i) => value + (values[i] ?? 0)),
  );
}

/** @throws FoveaError `shape-mismatch` */
function baselineFor(images: Tensor, baseline: Tensor | undefined): Tensor {
  const dims = [1, ...images.dims.slice(1)];
  if (baseline === undefined) return float32(dims, new Float32Array(sizeOf(dims)));
  if (baseline.type === "float32" && baseline.dims.join() === dims.join()) return baseline;
  const got = `${baseline.type} [${baseline.dims.join(", ")}]`;
  throw new FoveaError("shape-mismatch", `baseline: expected float32 [${dims.join(", ")}], got ${got}`);
}
