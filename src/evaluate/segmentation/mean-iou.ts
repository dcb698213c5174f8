/** @file How well a segmenter's regions cover the true ones. */

import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";

/** Regions that are compared, of one class. */
export interface RegionOverlap {
  readonly classIndex: number;
  /** Intersection over union over all images together, 0 to 1; undefined for a class that is nowhere. */
  readonly iou: number | undefined;
  /** True pixels. */
  readonly pixels: number;
}

/** The measure of a segmenter. */
export interface RegionMeasure {
  /** Mean over the classes that are somewhere, 0 to 1 (Everingham et al., "The PASCAL Visual Object Classes Challenge", IJCV 2015, section 4.3). */
  readonly meanIou: number;
  /** Share of the pixels whose class is right. */
  readonly accuracy: number;
  readonly perClass: readonly RegionOverlap[];
}

/** Counts pixels of images as they come. */
export class RegionCounts {
  readonly #counts: Float64Array;
  readonly #classes: number;

  constructor(classes: number) {
    this.#classes = classes;
    this.#counts = new Float64Array(classes * classes);
  }

  /** @param truth class of each pixel @param predicted the same, of the network */
  add(truth: ArrayLike<number>, predicted: ArrayLike<number>): void {
    for (let i = 0; i < truth.length; i++) {
      const cell = at(truth, i) * this.#classes + at(predicted, i);
      this.#counts[cell] = at(this.#counts, cell) + 1;
    }
  }

  /** By true and by predicted class, [classes, classes]. */
  get counts(): readonly number[] {
    return Array.from(this.#counts);
  }

  /** Adds what was counted elsewhere. @throws FoveaError `bad-input` for another number of classes */
  merge(counts: readonly number[]): void {
    if (counts.length !== this.#counts.length)
      throw new FoveaError("bad-input", `counts: expected ${this.#counts.length}, got ${counts.length}`);
    for (const [cell, count] of counts.entries()) this.#counts[cell] = at(this.#counts, cell) + count;
  }

  measure(): RegionMeasure {
    const count = (label: number, predicted: number) => at(this.#counts, label * this.#classes + predicted);
    const classes = Array.from({ length: this.#classes }, (_, i) => i);
    const perClass = classes.map((classIndex): RegionOverlap => {
      const pixels = classes.reduce((sum, other) => sum + count(classIndex, other), 0);
      const taken = classes.reduce((sum, other) => sum + count(other, classIndex), 0);
      const union = pixels + taken - count(classIndex, classIndex);
      return { classIndex, pixels, iou: union === 0 ? undefined : count(classIndex, classIndex) / union };
    });
    const known = perClass.flatMap(({ iou }) => (iou === undefined ? [] : [iou]));
    const total = this.#counts.reduce((sum, each) => sum + each, 0);
    const right = classes.reduce((sum, each) => sum + count(each, each), 0);
    return {
      meanIou: known.reduce((sum, iou) => sum + iou, 0) / known.length,
      accuracy: right / total,
      perClass,
    };
  }
}
