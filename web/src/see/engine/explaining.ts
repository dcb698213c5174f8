/** @file Explains pictures, and keeps the explainers that were used last. */

import type { Explanation } from "../../../../src/explain/explanation.js";
import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import { diagnosisOf } from "../../../../src/explain/maps.js";
import type { Included } from "../../../../src/explain/method.js";
import type { Explainer } from "../../../../src/explain/options.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import { findNonLinearHead } from "../../../../src/model/layers/behind/linear-head.js";
import type { Layer } from "../../../../src/model/layers/layer.js";
import { joined } from "../../../../src/model/run/batches.js";
import { classMinus } from "../../../../src/model/targets/class-minus.js";
import { outputOf } from "../../../../src/model/targets/output.js";
import { similarityTo } from "../../../../src/model/targets/similarity.js";
import { floats, type Tensor } from "../../../../src/onnx/tensor.js";
import type { ExplainRequest, ExplanationView, MapView } from "../../engine/api.js";
import { layerView } from "../../engine/models.js";
import { readAsked } from "./painting.js";

/** An open picture by its number. */
type PictureOf = (id: number) => Promise<Picture>;
type ExplainerRequest = Omit<ExplainRequest, "picture" | "classes">;

/** Each holds the network's weights once or twice. */
const mostOpen = 4;

export interface ExplainersOptions {
  /** What explanations hold besides their maps. Default nothing. */
  readonly include?: readonly Included[];
  /** How many stay open. */
  readonly most?: number;
}

/** Explainers by method, layer and target, the last used last. */
export class Explainers {
  readonly #open = new Map<string, Promise<Explainer>>();
  /** By the layer's name. */
  readonly #linearHeads = new Map<string, boolean>();
  readonly #model: LoadedModel;
  readonly #include: readonly Included[];
  readonly #most: number;

  constructor(model: LoadedModel, { include = [], most = mostOpen }: ExplainersOptions = {}) {
    this.#model = model;
    this.#include = include;
    this.#most = most;
  }

  /** @param pictureOf gives the pictures of `similarTo` and `background` */
  get(request: ExplainerRequest, pictureOf?: PictureOf): Promise<Explainer> {
    const { method, layer, minus, similarTo, against = false, baseline, background } = request;
    const key = JSON.stringify([method, layer, minus, similarTo, against, baseline, background]);
    const explainer = this.#open.get(key) ?? this.#create(request, pictureOf);
    this.#open.delete(key);
    this.#open.set(key, explainer);
    // One that could not be made is not kept.
    explainer.catch(() => this.#open.delete(key));
    this.#closeOldest();
    return explainer;
  }

  async #create(request: ExplainerRequest, pictureOf: PictureOf | undefined): Promise<Explainer> {
    const { method, layer, against = false, background } = request;
    const model = await asked(this.#model, request, pictureOf);
    const baseline = background && pictureOf ? await inputsOf(model, background, pictureOf) : request.baseline;
    return model.explainer({ method, layer, against, baseline, include: this.#include });
  }

  /** Looked up in the graph once for each layer: a stroke or a camera asks many times a second. */
  hasLinearHead(layer: Layer): boolean {
    const found = this.#linearHeads.get(layer.name) ?? findNonLinearHead(this.#model, layer) === undefined;
    this.#linearHeads.set(layer.name, found);
    return found;
  }

  #closeOldest(): void {
    for (const [key, explainer] of this.#open) {
      if (this.#open.size <= this.#most) return;
      this.#open.delete(key);
      explainer.then((each) => each.close()).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    for (const explainer of all) await (await explainer.catch(() => undefined))?.close();
  }
}

/** The model with what is asked for as its scores. */
async function asked(
  model: LoadedModel,
  { minus, similarTo }: ExplainerRequest,
  pictureOf: PictureOf | undefined,
): Promise<LoadedModel> {
  if (similarTo !== undefined && pictureOf) return likeness(model, await pictureOf(similarTo));
  return minus === undefined ? model : model.explaining(classMinus(minus));
}

/** Pictures as the network takes them, [B, ...]. */
async function inputsOf(model: LoadedModel, ids: readonly number[], pictureOf: PictureOf): Promise<Tensor> {
  const inputs: Tensor[] = [];
  for (const id of ids) inputs.push((await model.readImage(await pictureOf(id))).input);
  return joined(inputs);
}

/** An embedding that is explained by its cosine with that of another picture. */
async function likeness(model: LoadedModel, other: Picture): Promise<LoadedModel> {
  const { output } = model.task.name === "embedding" ? model.task : {};
  const { input } = await model.readImage(other);
  return model.explaining(similarityTo(await outputOf(model, input, model.platform.runtime, { output }), { output }));
}

export interface ExplainContext {
  readonly model: LoadedModel;
  readonly explainers: Explainers;
  readonly signal: AbortSignal;
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /** Gives the pictures of the request's `similarTo` and `background`. */
  readonly pictureOf?: PictureOf;
}

export async function explainPicture(
  original: Picture,
  request: ExplainRequest,
  { model, explainers, signal, progress, pictureOf }: ExplainContext,
): Promise<ExplanationView> {
  const [explainer, { image, placed }] = await Promise.all([
    explainers.get(request, pictureOf),
    readAsked(model, original, request),
  ]);
  signal.throwIfAborted();
  const began = performance.now();
  const explanation = await explainer.explain(image.input, { classes: request.classes, signal, progress });
  const milliseconds = performance.now() - began;
  const { probabilities, scores, predicted } = explanation.at(0);
  return {
    request,
    layer: { ...layerView(explainer.layer), reason: explainer.layer.reason },
    ...placed,
    probabilities: probabilities.slice(),
    scores: scores.slice(),
    predicted: predicted.index,
    maps: mapViews(explanation),
    notes: [...image.notes, ...explainer.notes],
    sharesScore: sharing.has(request.method) && explainers.hasLinearHead(explainer.layer),
    milliseconds,
  };
}

/** Methods whose values at the layer's places add up to the score, but for the bias, where an average and linear layers follow. */
const sharing = new Set(["grad-cam", "hires-cam", "xgrad-cam"]);

function mapViews(explanation: Explanation): MapView[] {
  const { completeness } = explanation;
  const { classes, evidence } = explanation.at(0);
  return classes.map(({ index }, k) => ({
    class: index,
    evidence: evidence(k),
    diagnosis: diagnosisOf(explanation, 0, k),
    completeness: completeness && {
      attributed: floats(completeness.attributed)[k] as number,
      total: floats(completeness.total)[k] as number,
    },
  }));
}
