/** @file The five steps of a map with all their numbers, and what the network says when channels change. */

import type { Explanation } from "../../../../src/explain/explanation.js";
import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import type { Explainer } from "../../../../src/explain/options.js";
import { BehindLayer, type ScoresBehind } from "../../../../src/explain/steps/behind-layer.js";
import { zero } from "../../../../src/explain/steps/without-layer.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import type { Layer } from "../../../../src/model/layers/layer.js";
import { preprocessingOf } from "../../../../src/model/preprocessing.js";
import { dimsOf } from "../../../../src/onnx/graph.js";
import { float32, floats, type Tensor } from "../../../../src/onnx/tensor.js";
import { layerView } from "../../engine/models.js";
import { Explainers } from "../../see/engine/explaining.js";
import { readAsked } from "../../see/engine/painting.js";
import type { ChannelsRequest, ChannelsView, ScoreView, WhatIf, WhatIfView } from "./api.js";
import { allChannels, isUniform, partsOf, pick, shownParts } from "./weights.js";

/** How far sums of the same numbers may be apart, relative to the largest. */
const tolerance = 1e-4;

/** What a what-if changes. */
interface Shown {
  readonly image: Tensor;
  readonly layer: Layer;
  readonly target: number;
}

/** The steps of one model. */
export class ChannelSteps {
  readonly #model: LoadedModel;
  /** Two compared classes need two; those of other rules make room, as each holds the weights. */
  readonly #explainers: Explainers;
  #shown: Shown | undefined;
  /** Of the layer that was shown last. */
  #behind: { readonly layer: string; readonly parts: Promise<BehindLayer> } | undefined;

  constructor(model: LoadedModel) {
    this.#model = model;
    this.#explainers = new Explainers(model, { include: ["activation", "gradient"], most: 2 });
  }

  /**
   * The steps of a picture with the request's strokes.
   * @throws FoveaError where the network has no gradient at the layer
   */
  async steps(original: Picture, request: ChannelsRequest, signal?: AbortSignal): Promise<ChannelsView> {
    const { rule, layer, against, minus } = request;
    const { image: asked, placed } = await readAsked(this.#model, original, request);
    const image = asked.input;
    const explain = async (of: number | undefined, classes: ChannelsRequest["target"][]) => {
      const explainer = await this.#explainers.get({ method: rule, layer, against, minus: of });
      signal?.throwIfAborted();
      return { explainer, explanation: await explainer.explain(image, { classes, signal }) };
    };
    const { explainer, explanation } = await explain(minus, [request.target]);
    const { predicted, classes, evidence } = explanation.at(0);
    const target = classes[0]?.index ?? predicted.index;
    this.#shown = { image, layer: explainer.layer, target };
    const behind = await this.#behindOf(explainer.layer);
    const all = allChannels(explanation, rule);
    const shown = shownParts(all);
    const pair = minus === undefined ? undefined : (await explain(undefined, [target, minus])).explanation;
    const whole = await behind.scores(image, (values) => values);
    const without = await behind.scores(image, zero);
    const { preprocessing } = preprocessingOf(this.#model);
    return {
      request,
      layer: { ...layerView(explainer.layer), reason: explainer.layer.reason },
      otherTokens: otherTokens(explainer),
      ...placed,
      input: { width: preprocessing.width, height: preprocessing.height },
      ...whole,
      ending: this.#model.ending,
      predicted: predicted.index,
      target,
      ...shown,
      pair: pair && { target: pairOf(pair, request, 0, shown), minus: pairOf(pair, request, 1, shown) },
      evidence: evidence().values,
      uniform: isUniform(all),
      score: scoreView(whole, without, { target, minus, against, sum: total(partsOf(all)) }),
      linear: await isLinear(behind, { image, layer: explainer.layer }, { whole, without }),
    };
  }

  /** What the network says about the picture that was shown last. @throws where none was */
  async whatIf({ off, shift }: WhatIf): Promise<WhatIfView> {
    if (this.#shown === undefined) throw new Error("internal: no steps were shown");
    const { image, layer, target } = this.#shown;
    const behind = await this.#behindOf(layer);
    const { scores, probabilities } = await behind.scores(image, (values) => masked(values, layer, new Set(off)));
    if (shift === 0) return { scores, probabilities };
    const shifted = scores.map((score, index) => (index === target ? score + shift : score));
    const { ending, probabilities: own, oneScore, card } = this.#model;
    if (own !== undefined || oneScore) return { scores: shifted, probabilities: undefined };
    return { scores: shifted, probabilities: (ending === "sigmoid" ? sigmoid : softmax)(shifted, card.temperature) };
  }

  async #behindOf(layer: Layer): Promise<BehindLayer> {
    if (this.#behind?.layer !== layer.name) {
      const before = this.#behind?.parts;
      const runtime = this.#model.platform.runtime;
      const parts = BehindLayer.open({ model: this.#model, layer }, { runtime });
      this.#behind = { layer: layer.name, parts };
      await (await before?.catch(() => undefined))?.close();
    }
    return this.#behind.parts;
  }

  async close(): Promise<void> {
    await this.#explainers.close();
    await (await this.#behind?.parts.catch(() => undefined))?.close();
  }
}

function total(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Tokens of the layer that lie on no place of the picture. */
function otherTokens({ layer: { layout, name }, model }: Explainer): number | undefined {
  if (typeof layout === "string") return undefined;
  const count = dimsOf(model.graph, name)?.[1];
  const { sizes, skip } = layout.tokens;
  return typeof count === "number" ? count - sizes.reduce((product, size) => product * size, 1) : skip;
}

/** What one class's own score makes of the channels: their weights, or their parts where places have weights of their own. */
function pairOf(
  explanation: Explanation,
  { rule }: ChannelsRequest,
  k: number,
  { channels }: Pick<ChannelsView, "channels">,
): Float32Array {
  const all = allChannels(explanation, rule, k);
  return pick(all.perPlace ? partsOf(all) : all.weights, channels, 1);
}

function scoreView(
  whole: ScoresBehind,
  without: ScoresBehind,
  {
    target,
    minus,
    against,
    sum,
  }: Pick<ChannelsRequest, "minus" | "against"> & { readonly target: number; readonly sum: number },
): ScoreView {
  const sign = against ? -1 : 1;
  const y = ({ scores }: ScoresBehind) =>
    sign * ((scores[target] ?? 0) - (minus === undefined ? 0 : (scores[minus] ?? 0)));
  return { score: y(whole), without: y(without), sum };
}

/** Whether the scores of two halves of the channels add up to those of all: what follows the layer is then linear. */
async function isLinear(
  behind: BehindLayer,
  { image, layer }: Pick<Shown, "image" | "layer">,
  { whole, without }: { readonly whole: ScoresBehind; readonly without: ScoresBehind },
): Promise<boolean> {
  const half = async (remainder: number) => {
    const { scores } = await behind.scores(image, (values) =>
      maskedBy(values, layer, (channel) => channel % 2 === remainder),
    );
    return scores;
  };
  const [even, odd] = [await half(0), await half(1)];
  const largest = whole.scores.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return whole.scores.every((score, i) => {
    const sum = (even[i] ?? 0) + (odd[i] ?? 0) - (without.scores[i] ?? 0);
    return Math.abs(sum - score) <= tolerance * largest;
  });
}

function masked(values: Tensor, layer: Layer, off: ReadonlySet<number>): Tensor {
  return off.size === 0 ? values : maskedBy(values, layer, (channel) => off.has(channel));
}

/** The layer with some channels at zero, those of all tokens. */
function maskedBy(values: Tensor, { layout }: Layer, isOff: (channel: number) => boolean): Tensor {
  const { dims } = values;
  const axis = layout === "nchw" ? 1 : dims.length - 1;
  const inner = dims.slice(axis + 1).reduce((product, size) => product * size, 1);
  const count = dims[axis] ?? 1;
  const data = floats(values).map((value, at) => (isOff(Math.floor(at / inner) % count) ? 0 : value));
  return float32(dims, data);
}

function softmax(scores: Float32Array, temperature = 1): Float32Array {
  const most = scores.reduce((largest, score) => Math.max(largest, score), Number.NEGATIVE_INFINITY);
  const powers = scores.map((score) => Math.exp((score - most) / temperature));
  const sum = total(powers);
  return powers.map((power) => power / sum);
}

function sigmoid(scores: Float32Array, temperature = 1): Float32Array {
  return scores.map((score) => 1 / (1 + Math.exp(-score / temperature)));
}
