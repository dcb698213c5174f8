/** @file The steps of methods of pixels: the network's input at each, its score, and the gradient. */

import { type Explanation, rowOfClass } from "../../../../src/explain/explanation.js";
import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import { integratedGradients } from "../../../../src/explain/methods/integrated-gradients.js";
import { gaussLegendre } from "../../../../src/explain/methods/parts/sampling/gauss-legendre.js";
import { noisySamples } from "../../../../src/explain/methods/parts/sampling/noisy-samples.js";
import { smoothGrad } from "../../../../src/explain/methods/smooth-grad.js";
import { type Start, startsOf } from "../../../../src/explain/run/sampled/baselines.js";
import { noiseSource } from "../../../../src/explain/run/sampled/draw-noise.js";
import { startMaker } from "../../../../src/explain/run/sampled/starts.js";
import { FoveaError } from "../../../../src/foundation/error.js";
import { pictureOfInput } from "../../../../src/image/input/input.js";
import { type Picture, toRgba } from "../../../../src/image/picture/picture.js";
import { preprocessingOf } from "../../../../src/model/preprocessing.js";
import { joined, rowsOf } from "../../../../src/model/run/batches.js";
import { Sessions } from "../../../../src/model/run/sessions.js";
import { float32, floats, type Tensor } from "../../../../src/onnx/tensor.js";
import { layerView } from "../../engine/models.js";
import { Explainers } from "../../see/engine/explaining.js";
import { readAsked } from "../../see/engine/painting.js";
import type { PixelsRequest, PixelsView, WayView } from "./api.js";

/** Images that the network sees at once. */
const batchSize = 8;
/** Numbers of all gradients together: more take memory that a page may not have. */
const mostNumbers = 48e6;

/** One run of the network. */
interface Run {
  readonly input: Tensor;
  readonly at: number;
  readonly weight: number;
}

/** What a run gave. */
interface Result {
  /** [c, h, w], both. */
  readonly values: Float32Array;
  readonly gradient: Float32Array;
  readonly score: number;
}

interface How {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** The steps of one model. */
export class PixelSteps {
  readonly #model: LoadedModel;
  readonly #explainers: Explainers;
  readonly #sessions: Sessions;

  constructor(model: LoadedModel) {
    this.#model = model;
    this.#explainers = new Explainers(model, { include: ["activation", "gradient"], most: 1 });
    this.#sessions = new Sessions(model.platform.runtime);
  }

  /**
   * The steps of a picture with the request's strokes.
   * @throws FoveaError where the network has no gradient, or the steps would take too much memory
   */
  async steps(original: Picture, request: PixelsRequest, how: How = {}): Promise<PixelsView> {
    const { image: asked, placed } = await readAsked(this.#model, original, request);
    const image = asked.input;
    const { minus, against } = request;
    const explainer = await this.#explainers.get({ method: "gradient", layer: "auto", minus, against });
    how.signal?.throwIfAborted();
    const first = await explainer.explain(image, { classes: [request.target] });
    const { classes, predicted, scores, probabilities } = first.at(0);
    const [, channels = 0, height = 0, width = 0] = first.activation?.dims ?? [];
    const target = classes[0]?.index ?? predicted.index;
    const { ways, steps } = await this.#runsOf(image, request);
    refuseTooMany(steps.length * image.size);
    const results: Result[] = [];
    for (let at = 0; at < ways.length + steps.length; at += batchSize) {
      how.signal?.throwIfAborted();
      const some = [...ways, ...steps].slice(at, at + batchSize);
      const explanation = await explainer.explain(joined(some.map(({ input }) => input)), { classes: [target] });
      results.push(...some.map((_, i) => resultOf(explanation, i, target)));
      how.progress?.(results.length, ways.length + steps.length);
    }
    const ofPicture = resultOf(first, 0, target);
    return {
      request,
      layer: { ...layerView(explainer.layer), channels, height, width },
      ...placed,
      input: { width, height },
      scores: scores.slice(),
      probabilities: probabilities.slice(),
      ending: this.#model.ending,
      predicted: predicted.index,
      target,
      ways: ways.map(({ start, input }, i) => this.#wayView(start, input, results[i])),
      image: ofPicture.values.slice(),
      score: ofPicture.score,
      ...this.#stepViews(steps, results.slice(ways.length)),
    };
  }

  /** The beginnings of ways, and the steps with their weights. */
  async #runsOf(image: Tensor, { method, baseline = "zero", samples = integratedGradients.samples }: PixelsRequest) {
    if (method === "gradient") return { ways: [], steps: [{ input: image, at: 1, weight: 1 }] };
    if (method === "smooth-grad") return { ways: [], steps: noisyRuns(image) };
    const isOne = method === "gradient-x-input";
    const startFor = startMaker(this.#model, this.#sessions);
    const starts = startsOf(isOne ? "zero" : baseline);
    const ways = await Promise.all(starts.map(async (start) => ({ start, input: await startFor(image, start) })));
    const nodes = isOne ? [{ at: 1, weight: 1 }] : gaussLegendre(samples);
    const steps = ways.flatMap(({ input }) =>
      nodes.map(({ at, weight }): Run => ({ input: between(input, image, at), at, weight: weight / ways.length })),
    );
    return { ways, steps };
  }

  #wayView(start: Start, input: Tensor, result: Result | undefined): WayView {
    if (typeof start !== "string" || result === undefined) throw new Error("internal: a way begins nowhere");
    return { start, values: result.values.slice(), score: result.score, frame: this.#frameOf(input) };
  }

  #stepViews(
    steps: readonly Run[],
    results: readonly Result[],
  ): Pick<PixelsView, "at" | "weights" | "stepScores" | "gradients" | "frames"> {
    const all = steps.map(({ input }) => this.#frameOf(input));
    return {
      at: Float32Array.from(steps, ({ at }) => at),
      weights: Float32Array.from(steps, ({ weight }) => weight),
      stepScores: Float32Array.from(results, ({ score }) => score),
      gradients: floats(joined(results.map(({ gradient }) => float32([1, gradient.length], gradient)))),
      frames: concatenated(all),
    };
  }

  /** What the network sees, as pixels. */
  #frameOf(input: Tensor): Uint8ClampedArray {
    return toRgba(pictureOfInput(input, preprocessingOf(this.#model).preprocessing));
  }

  async close(): Promise<void> {
    await this.#explainers.close();
    await this.#sessions.close();
  }
}

function refuseTooMany(count: number): void {
  if (count <= mostNumbers) return;
  const millions = Math.round(count / 1e6);
  throw new FoveaError(
    "bad-input",
    `steps: expected at most ${mostNumbers / 1e6} million gradients to keep, got ${millions} million: take fewer steps`,
  );
}

/** start + at (image - start). */
function between(start: Tensor, image: Tensor, at: number): Tensor {
  const [from, to] = [floats(start), floats(image)];
  return float32(
    image.dims,
    to.map((value, i) => at * (value - (from[i] ?? 0)) + (from[i] ?? 0)),
  );
}

/** The samples of SmoothGrad, whose noise grows with the range of the image's values. */
function noisyRuns(image: Tensor): Run[] {
  const values = floats(image);
  const { noise = 0, samples } = smoothGrad;
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
  const deviation = noise * (most - least);
  const draw = noiseSource(1);
  return noisySamples(samples, ["mean"]).map(({ at, weights }, i) => {
    const drawn = floats(draw(i, 1, image.dims.slice(1)));
    const input = float32(
      image.dims,
      values.map((value, place) => value + deviation * (drawn[place] ?? 0)),
    );
    return { input, at, weight: weights.mean };
  });
}

function resultOf(explanation: Explanation, i: number, target: number): Result {
  const { activation, gradient, against } = explanation;
  if (activation === undefined || gradient === undefined) throw new Error("internal: a run gave no gradient");
  const score = explanation.at(i).scores[target] ?? Number.NaN;
  return {
    values: floats(rowsOf(activation, i, 1)),
    gradient: rowOfClass(gradient, i, 0),
    score: against ? -score : score,
  };
}

function concatenated(frames: readonly Uint8ClampedArray[]): Uint8ClampedArray {
  const [{ length } = { length: 0 }] = frames;
  const all = new Uint8ClampedArray(frames.length * length);
  frames.forEach((frame, i) => all.set(frame, i * length));
  return all;
}
