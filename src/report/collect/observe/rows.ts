/** @file What a model says of each image, in columns: rows of millions of images fit into memory. */

import { at } from "../../../foundation/present.js";
import type { EvidenceShares, Flips, ImageRow, Rows, Share } from "./observation.js";

/** Border, corners, object, half: of each a share, and that of a uniform map. */
const evidenceNumbers = 8;
const none = Number.NaN;

/** Rows that are added one after the other. */
export class RowTable implements Rows {
  #count = 0;
  #classes = 0;
  #probabilities = new Float32Array(0);
  /** Predicted class, width and height. */
  #whole = new Int32Array(0);
  #evidence = new Float64Array(0);
  readonly #flips = new Map<number, Flips>();

  get count(): number {
    return this.#count;
  }

  /** @param row of as many classes as the others */
  add({ probabilities, predicted, size, evidence, flips }: ImageRow): void {
    const index = this.#count++;
    this.#classes ||= probabilities.length;
    if (index * 3 === this.#whole.length) this.#grow(Math.max(64, 2 * index));
    this.#probabilities.set(probabilities, index * this.#classes);
    this.#whole.set([predicted, size.width, size.height], 3 * index);
    this.#evidence.set(numbersOf(evidence), evidenceNumbers * index);
    if (flips) this.#flips.set(index, flips);
  }

  at(index: number): ImageRow {
    const [predicted = 0, width = 0, height = 0] = this.#whole.subarray(3 * index, 3 * index + 3);
    return {
      probabilities: this.#probabilities.subarray(index * this.#classes, (index + 1) * this.#classes),
      predicted,
      size: { width, height },
      evidence: evidenceOf(this.#evidence.subarray(evidenceNumbers * index, evidenceNumbers * (index + 1))),
      flips: this.#flips.get(index),
    };
  }

  #grow(count: number): void {
    const larger = <Values extends { set(values: Values): void }>(made: Values, values: Values) => {
      made.set(values);
      return made;
    };
    this.#probabilities = larger(new Float32Array(count * this.#classes), this.#probabilities);
    this.#whole = larger(new Int32Array(3 * count), this.#whole);
    this.#evidence = larger(new Float64Array(evidenceNumbers * count), this.#evidence);
  }
}

function numbersOf(evidence: EvidenceShares | undefined): number[] {
  const { border, corners, object, half }: Partial<EvidenceShares> = evidence ?? {};
  return [border, corners, object, half].flatMap((each) => [each?.share ?? none, each?.even ?? none]);
}

function evidenceOf(numbers: Float64Array): EvidenceShares | undefined {
  const share = (place: number): Share | undefined => {
    const [value, even] = [at(numbers, 2 * place), at(numbers, 2 * place + 1)];
    return Number.isNaN(value) ? undefined : { share: value, even };
  };
  const [border, corners, object, half] = [share(0), share(1), share(2), share(3)];
  return border && corners && half && { border, corners, ...(object ? { object } : {}), half };
}
