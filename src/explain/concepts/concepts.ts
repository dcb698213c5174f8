/** @file Concepts of a network: directions of a layer that together make up what it holds of some images. */

import { badInput, checkOptions } from "../../foundation/check.js";
import type { Items } from "../../foundation/map-ahead.js";
import { at } from "../../foundation/present.js";
import { chooseLayer } from "../../model/layers/choose-layer.js";
import type { ChosenLayer } from "../../model/layers/layer.js";
import type { GridOptions } from "../../model/layers/layout.js";
import type { Model } from "../../model/model.js";
import { filledUp, rowsOf } from "../../model/run/batches.js";
import { checkImages } from "../../model/run/classifier.js";
import { Sessions } from "../../model/run/sessions.js";
import { tensorNamed } from "../../model/run/tensors.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { columnsOf, type PlacesGraph, placesGraph } from "../components/place-columns.js";
import { ChangedLayer } from "./changed-layer.js";
import { CropReader } from "./crops.js";
import { type ConceptEffects, effectsOf } from "./effects.js";
import { bestOf, type Found } from "./find-factors.js";
import { Factoriser } from "./nmf.js";

/** How concepts are found. */
export interface ConceptsOptions extends GridOptions {
  readonly runtime: Runtime;
  /** How many, 1 to 64. Default 8. */
  readonly count?: number | undefined;
  /** A layer's name or a unique part of it, -1, -2 ... for the last stages, or `auto` (default), the last feature map. */
  readonly layer?: string | number | undefined;
  /**
   * What is taken apart. `places` (default): each place of the layer, as in deep feature factorisation. `crops`: parts of the images
   * that are seen alone, a third of them wide, as in CRAFT; the network runs for each of some sixteen parts of every image.
   */
  readonly from?: "places" | "crops" | undefined;
  /** Of the starts of the search. Default 1. */
  readonly seed?: number | undefined;
  /** Stops before the next image or step. Default: nothing does. */
  readonly signal?: AbortSignal | undefined;
}

/** One of the concepts. */
export interface Concept {
  /** Its share of the sum of all that the concepts hold; together 1. */
  readonly share: number;
  /** The largest amount of it at any place of the images that it was found in. */
  readonly peak: number;
  /** The least cosine with the nearest concept of searches from other starts: 1 where all of them found it. */
  readonly stability: number;
}

/** The concepts of some images, those that hold most first. */
export interface Concepts {
  readonly layer: ChosenLayer;
  /** How many images they were found in. */
  readonly images: number;
  readonly all: readonly Concept[];
  /** float32 [K, C]: the direction of each among the layer's channels, 0 or more, of length 1. */
  readonly directions: Tensor;
  /** ‖A - UW‖ / ‖A‖: what the concepts leave over of the activations. */
  readonly error: number;
  /** Whether the search ended because it got no better. */
  readonly converged: boolean;
  /** The share of the activations' squares that is negative, and taken for 0. */
  readonly negative: number;
  /**
   * How much of each concept is at each place.
   * @param images the model's input, float32 [N, C, H, W]
   * @returns float32 [N, K, h, w], 0 or more
   * @throws FoveaError `shape-mismatch`, `bad-input` for NaN or infinite input, `closed`
   */
  of(images: Tensor): Promise<Tensor>;
  /**
   * What becomes of the score of a class when concepts are taken away.
   * @param image one, [1, C, H, W]
   * @param classIndex default: the class with the highest score
   * @throws FoveaError as `of`, and `bad-input` for no class of the network
   */
  effects(image: Tensor, classIndex?: number): Promise<ConceptEffects>;
  close(): Promise<void>;
}

export const mostConcepts = 64;
/** Numbers of activations beyond which no image is read. */
const mostNumbers = 2 ** 24;

/**
 * Concepts by non-negative matrix factorisation of a layer's activations: A ≈ UW, with U how much of each concept is at each place, and
 * W the concepts' directions. From places it is deep feature factorisation (Collins et al., ECCV 2018, eq. 3), from crops CRAFT (Fel et
 * al., CVPR 2023, section 3.1, without its recursion). Negative activations count as 0.
 *
 * @param images the model's input, float32 [N, C, H, W] each; read until 2²⁴ numbers are there
 * @throws FoveaError `unknown-name` for a layer that there is not, `bad-graph` for a network without places, `bad-input` for no image
 */
export async function findConcepts(model: Model, images: Items<Tensor>, options: ConceptsOptions): Promise<Concepts> {
  checkConceptsOptions(options);
  const finder = new ConceptFinder(model, options);
  try {
    return await finder.find(images);
  } catch (error) {
    await finder.close();
    throw error;
  }
}

function checkConceptsOptions(options: ConceptsOptions): void {
  checkOptions("findConcepts", options);
  const { count = 8, from = "places" } = options;
  if (!Number.isInteger(count) || count < 1 || count > mostConcepts)
    throw badInput("count", `a whole number from 1 to ${mostConcepts}`, count);
  if (from !== "places" && from !== "crops") throw badInput("from", "places or crops", from);
}

class ConceptFinder {
  readonly #model: Model;
  readonly #options: ConceptsOptions;
  readonly #layer: ChosenLayer;
  readonly #sessions: Sessions;
  readonly #places: PlacesGraph;
  readonly #factoriser: Factoriser;
  #changed: ChangedLayer | undefined;

  constructor(model: Model, options: ConceptsOptions) {
    this.#model = model;
    this.#options = options;
    this.#layer = chooseLayer(model, options.layer ?? "auto", options);
    this.#places = placesGraph(model, this.#layer);
    this.#sessions = new Sessions(options.runtime);
    this.#factoriser = new Factoriser(options.count ?? 8, options);
  }

  async find(images: Items<Tensor>): Promise<Concepts> {
    const { signal, seed = 1 } = this.#options;
    const read = await this.#read(images);
    const found = await bestOf(this.#factoriser, rectified(read.columns), { seed, signal });
    const { directions } = found;
    const peaks = await this.#peaks(read.planes, found);
    return {
      layer: this.#layer,
      images: read.count,
      all: found.parts.map((part, k) => ({ ...part, peak: at(peaks, k) })),
      directions,
      error: found.error,
      converged: found.converged,
      negative: negativeShare(read.planes),
      of: async (batch) => this.#amounts(await this.#planesOf(batch), directions),
      effects: (image, classIndex) => this.#effects(image, directions, classIndex),
      close: () => this.close(),
    };
  }

  async close(): Promise<void> {
    await this.#factoriser.close();
    await this.#sessions.close();
  }

  async #read(images: Items<Tensor>) {
    const planesOf = (batch: Tensor) => this.#planesOf(batch);
    const crops =
      this.#options.from === "crops" ? new CropReader(this.#model, { sessions: this.#sessions, planesOf }) : undefined;
    const [planes, cropped]: [Tensor[], Tensor[]] = [[], []];
    for await (const batch of images) {
      this.#options.signal?.throwIfAborted();
      const next = await this.#planesOf(batch);
      const numbers = planes.reduce((sum, { size }) => sum + size, next.size);
      if (planes.length > 0 && numbers > mostNumbers) break;
      planes.push(next);
      if (crops) cropped.push(...(await crops.of(batch)));
    }
    const count = planes.reduce((sum, { dims: [images = 0] }) => sum + images, 0);
    return { planes, count, columns: columnsOf(crops ? cropped : planes, "concepts") };
  }

  async #planesOf(batch: Tensor): Promise<Tensor> {
    checkImages(this.#model, batch);
    const { graph, planes } = this.#places;
    const results = await this.#sessions.run(graph, { [this.#model.input.name]: filledUp(this.#model, batch) });
    return rowsOf(tensorNamed(results, planes), 0, batch.dims[0] ?? 0);
  }

  /** Of planes [N, C, h, w] the amounts [N, K, h, w]. */
  async #amounts(planes: Tensor, directions: Tensor): Promise<Tensor> {
    const [count = 0, , height = 1, width = 1] = planes.dims;
    const amounts = await this.#factoriser.amounts(rectified(columnsOf([planes], "concepts")), directions);
    const [concepts = 0] = amounts.dims;
    const area = height * width;
    const values = new Float32Array(amounts.size);
    for (let k = 0; k < concepts; k++)
      for (let n = 0; n < count; n++) {
        const from = (k * count + n) * area;
        values.set(floats(amounts).subarray(from, from + area), (n * concepts + k) * area);
      }
    return float32([count, concepts, height, width], values);
  }

  async #peaks(parts: readonly Tensor[], { directions }: Found): Promise<number[]> {
    const peaks = new Array<number>(directions.dims[0] ?? 0).fill(0);
    for (const planes of parts) {
      const amounts = await this.#amounts(planes, directions);
      const [, , height = 1, width = 1] = amounts.dims;
      floats(amounts).forEach((value, i) => {
        const k = Math.floor(i / (height * width)) % peaks.length;
        peaks[k] = Math.max(at(peaks, k), value);
      });
    }
    return peaks;
  }

  async #effects(image: Tensor, directions: Tensor, classIndex: number | undefined): Promise<ConceptEffects> {
    const { signal } = this.#options;
    const amounts = await this.#amounts(await this.#planesOf(image), directions);
    const [count = 0, concepts = 0, height = 1, width = 1] = amounts.dims;
    if (count !== 1) throw badInput("image", "one image, [1, ...]", `${count} of them`);
    this.#changed ??= new ChangedLayer(this.#model, this.#layer, this.#sessions);
    const its = { image, directions, amounts: amounts.reshape([concepts, height * width]) };
    return effectsOf(this.#changed, its, { classIndex, signal });
  }
}

function rectified(columns: Tensor): Tensor {
  return float32(
    columns.dims,
    floats(columns).map((value) => Math.max(0, value)),
  );
}

function negativeShare(parts: readonly Tensor[]): number {
  let [negative, all] = [0, 0];
  for (const part of parts)
    for (const value of floats(part)) {
      all += value * value;
      if (value < 0) negative += value * value;
    }
  return all === 0 ? 0 : negative / all;
}
