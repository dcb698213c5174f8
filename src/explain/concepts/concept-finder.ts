/** @file Reads a layer of some images, and finds the concepts that make it up. */

import { badInput } from "../../foundation/check.js";
import { closeAll } from "../../foundation/lifetime.js";
import type { Items } from "../../foundation/map-ahead.js";
import { at } from "../../foundation/present.js";
import { chooseLayer } from "../../model/layers/choose-layer.js";
import type { ChosenLayer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import { filledUp, rowsOf } from "../../model/run/batches.js";
import { checkImages } from "../../model/run/classifier.js";
import { Sessions } from "../../model/run/sessions.js";
import { tensorNamed } from "../../model/run/tensors.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";
import { columnsOf, type PlacesGraph, placesGraph } from "../components/place-columns.js";
import { positivePart } from "../run/map-tensors.js";
import { ChangedLayer } from "./changed-layer.js";
import type { Concepts, ConceptsOptions } from "./concept.js";
import { CropReader } from "./crops.js";
import { type ConceptEffects, effectsOf } from "./effects.js";
import { bestOf, type Found } from "./find-factors.js";
import { Factoriser } from "./nmf.js";

/** Numbers of activations beyond which no image is read. */
const mostNumbers = 2 ** 24;

interface AskedClasses {
  readonly classIndex: number | undefined;
  readonly classes: readonly number[] | undefined;
}

/** Finds the concepts of one set of images. */
export class ConceptFinder {
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
    const found = await bestOf(this.#factoriser, positivePart(read.columns), { seed, signal });
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
      effects: (image, classIndex, classes) => this.#effects(image, directions, { classIndex, classes }),
      close: () => this.close(),
    };
  }

  close(): Promise<void> {
    return closeAll([this.#factoriser, this.#sessions]);
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
    const amounts = await this.#factoriser.amounts(positivePart(columnsOf([planes], "concepts")), directions);
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

  async #effects(
    image: Tensor,
    directions: Tensor,
    { classIndex, classes = [] }: AskedClasses,
  ): Promise<ConceptEffects> {
    const { signal } = this.#options;
    const amounts = await this.#amounts(await this.#planesOf(image), directions);
    const [count = 0, concepts = 0, height = 1, width = 1] = amounts.dims;
    if (count !== 1) throw badInput("image", "one image, [1, ...]", `${count} of them`);
    this.#changed ??= new ChangedLayer(this.#model, this.#layer, this.#sessions);
    const its = { image, directions, amounts: amounts.reshape([concepts, height * width]) };
    return effectsOf(this.#changed, its, { classIndex, classes, signal });
  }
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
