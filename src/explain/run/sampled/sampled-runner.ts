/** @file Explains images by a method of samples: runs these in batches, and adds up what each gives. */

import { FoveaError } from "../../../foundation/error.js";
import { random } from "../../../foundation/random.js";
import type { Layer } from "../../../model/layers/layers.js";
import type { Model } from "../../../model/model.js";
import { Batches, joined } from "../../../model/run/batches.js";
import { own } from "../../../model/run/classifier.js";
import { Sessions } from "../../../model/run/sessions.js";
import { runInputs } from "../../../onnx/graph.js";
import { float32, floats, int64, numbers, sizeOf, type Tensor } from "../../../onnx/tensor.js";
import type { Sample, SampledMethod } from "../../method.js";
import type { ExplainerOptions, RunOptions } from "../../options.js";
import type { Results, Runner } from "../runner.js";
import { names, type SampledGraphs, sampledGraphs } from "./sampled-graphs.js";

/** Images that the network sees at once, if there are not more of them already. */
const batchSize = 8;

export function sampledRunner(model: Model, layer: Layer, method: SampledMethod, options: ExplainerOptions): Runner {
  const {
    runtime,
    against = false,
    include = [],
    eigenSmooth = false,
    seed: randomSeed = 1,
    samples = method.samples,
  } = options;
  const graphs = sampledGraphs({ model, layer, method, randomSeed }, { against, include, eigenSmooth });
  const { whole, tail, combine } = graphs;
  const sessions = new Sessions(runtime, { whole, tail, combine });
  const batches = new Batches(model);
  const sampling = method.sampling(samples);
  const noise = method.noise ? drawnNoise(randomSeed) : undefined;
  const { input, oneByOne } = model;

  /** Adds up the samples of one class for each of some images. */
  async function sumsOf(
    images: Tensor,
    classes: Tensor,
    baseline: Tensor,
    done: (samples: number) => void,
  ): Promise<Results> {
    const count = images.dims[0] as number;
    const fixed = oneByOne || typeof input.dims?.[0] === "number";
    const perRun = fixed ? 1 : Math.max(1, Math.floor(batchSize / count));
    const sums: Results = {};
    for (let first = 0; first < sampling.length; first += perRun) {
      const some = sampling.slice(first, first + perRun);
      const feeds = { ...runFeeds(graphs, some, classes), [own("images")]: images, [names.baseline]: baseline };
      const drawn = noise ? { [names.noise]: noise(first, some.length, images.dims.slice(1)) } : {};
      const found = await sessions.run("tail", { ...feeds, ...drawn }, some.length * count);
      for (const [name, tensor] of Object.entries(found)) sums[name] = added(sums[name], tensor);
      done(some.length);
    }
    return sums;
  }

  const rises = runInputs(combine).some(({ name }) => name === names.rise);

  /** How much higher the scores of the explained classes are than for the baseline. */
  async function riseOf(answers: Results, baseline: Tensor, dims: readonly number[]): Promise<Tensor> {
    const explained = answers[own("explained")] as Tensor;
    const repeated = joined(Array<Tensor>(dims[0] as number).fill(baseline));
    const start = await sessions.run("whole", { [input.name]: repeated, [own("class")]: explained });
    const [from, to] = [start, answers].map((each) => floats(each[own("scores")] as Tensor));
    const count = (to?.length ?? 0) / (dims[0] as number);
    const sign = against ? -1 : 1;
    const places = numbers(explained).map((index, i) => i * count + index);
    const rise = places.map((at) => sign * ((to?.[at] as number) - (from?.[at] as number)));
    return float32([places.length], rise);
  }

  return {
    graphs,
    run(images, classes, { progress, signal }: RunOptions) {
      const total = sampling.length * classes.length * (images.dims[0] as number);
      let ran = 0;
      const baseline = baselineFor(images, options.baseline);
      return batches.run(images, async (part, first, size) => {
        const results: Results[] = [];
        for (const row of classes) {
          const wanted = { [input.name]: part, [own("class")]: int64(row.slice(first, first + size)) };
          signal?.throwIfAborted();
          const answers = await sessions.run("whole", wanted);
          const explained = answers[own("explained")] as Tensor;
          const rise = rises ? { [names.rise]: await riseOf(answers, baseline, part.dims) } : {};
          const sums = await sumsOf(part, explained, baseline, (samples) => {
            signal?.throwIfAborted();
            ran += samples * size;
            // A batch that is run for the first time may be run again, image by image.
            progress?.(Math.min(ran, total), total);
          });
          const feeds = { ...sums, [input.name]: part, [own("class")]: explained, [names.baseline]: baseline };
          results.push({ ...answers, ...(await sessions.run("combine", { ...feeds, ...rise })) });
        }
        return results;
      });
    },
    close: () => sessions.close(),
  };
}

/** The samples of one run, for images whose classes are repeated for each of them. */
function runFeeds({ sums }: SampledGraphs, samples: readonly Sample[], classes: Tensor): Results {
  const vector = (value: (sample: Sample) => number) => float32([samples.length], samples.map(value));
  const weights = sums.map((sum) => [names.weight(sum), vector(({ weights }) => weights[sum] ?? 0)] as const);
  return {
    [names.at]: vector(({ at }) => at),
    [own("class")]: int64(samples.flatMap(() => numbers(classes))),
    ...Object.fromEntries(weights),
  };
}

function added(sum: Tensor | undefined, tensor: Tensor): Tensor {
  if (sum === undefined) return tensor;
  const [a, b] = [floats(sum), floats(tensor)];
  return float32(
    tensor.dims,
    a.map((value, i) => value + (b[i] as number)),
  );
}

/** Standard normal numbers, those of each sample by its number, and drawn once. */
function drawnNoise(seed: number) {
  const source = random(seed).fork("samples");
  const known = new Map<string, Float32Array>();
  const ofSample = (i: number, size: number) => {
    const key = `${i} ${size}`;
    const own = source.fork(i);
    const drawn = known.get(key) ?? Float32Array.from({ length: size }, () => own.normal());
    known.set(key, drawn);
    return drawn;
  };
  return (first: number, count: number, sizes: readonly number[]): Tensor => {
    const size = sizeOf(sizes);
    const all = new Float32Array(count * size);
    for (let i = 0; i < count; i++) all.set(ofSample(first + i, size), i * size);
    return float32([count, ...sizes], all);
  };
}

/** @throws FoveaError `shape-mismatch` */
function baselineFor(images: Tensor, given: Tensor | undefined): Tensor {
  const dims = [1, ...images.dims.slice(1)];
  if (given === undefined) return float32(dims, new Float32Array(sizeOf(dims)));
  if (given.type === "float32" && given.dims.join() === dims.join()) return given;
  const got = `${given.type} [${given.dims.join(", ")}]`;
  throw new FoveaError("shape-mismatch", `baseline: expected float32 [${dims.join(", ")}], got ${got}`);
}
