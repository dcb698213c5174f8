/** @file Scores and probabilities of images, those of one call in one run. */

import type { LoadedModel } from "../../../explain/loaded-model.js";
import { FoveaError } from "../../../foundation/error.js";
import { className } from "../../../model/class-names.js";
import { joined } from "../../../model/run/batches.js";
import { createScorer, type Scorer } from "../../../model/run/classifier.js";
import { readBatches, runTogether } from "../../../model/run/read-batches.js";
import { floats, type Tensor } from "../../../onnx/tensor.js";
import type { EngineImage, Refused, Scored } from "./messages.js";
import { readEngineImage } from "./read-image.js";
import { notFinite, refusedBy } from "./refused.js";

/** Scores of one image, and its predicted class. */
type Row = Pick<Scored, "scores" | "probabilities" | "predicted">;

export class ImageScorer {
  readonly #model: LoadedModel;
  readonly #scorer: Scorer;

  constructor(model: LoadedModel) {
    this.#model = model;
    this.#scorer = createScorer(model, { runtime: model.platform.runtime });
  }

  /** The results in the order of the images, which are all of one size. */
  async score(images: readonly EngineImage[]): Promise<(Scored | Refused)[]> {
    const read = async (image: EngineImage) => (await readEngineImage(this.#model, image)).input;
    const results: (Scored | Refused)[] = [];
    for await (const group of readBatches(images, read, images.length, ({ byteLength }) => byteLength)) {
      const inputs = group.flatMap(({ image }) => (image ? [image] : []));
      const rows = inputs.length > 0 ? await runTogether(inputs, (some) => this.#run(some)) : [];
      for (const { error } of group) results.push(resultOf(error ?? rows.shift()));
    }
    return results;
  }

  async #run(inputs: readonly Tensor[]): Promise<Row[]> {
    const { scores, probabilities } = await this.#scorer.score(joined(inputs));
    const count = scores.dims[0] ?? 0;
    const width = scores.size / Math.max(count, 1);
    return Array.from({ length: count }, (_, i) => {
      const [from, to] = [i * width, (i + 1) * width];
      return this.#row(floats(scores).subarray(from, to), floats(probabilities).subarray(from, to));
    });
  }

  #row(scores: Float32Array, probabilities: Float32Array): Row {
    // As explainers predict: a file's own probabilities need not be in the order of the scores.
    const ranking = this.#model.probabilities === undefined ? scores : probabilities;
    const index = ranking.reduce((best, value, i) => (value > (ranking[best] ?? Number.NaN) ? i : best), 0);
    const [score = Number.NaN, probability = Number.NaN] = [scores[index], probabilities[index]];
    return { scores, probabilities, predicted: { index, label: className(this.#model, index), score, probability } };
  }
}

function resultOf(row: Row | FoveaError | undefined): Scored | Refused {
  if (row === undefined) throw new Error("internal: an image got no scores");
  if (row instanceof FoveaError) return refusedBy(row);
  return row.scores.every(Number.isFinite) ? row : notFinite();
}
