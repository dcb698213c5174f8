/** @file The data of a report on an improvement: plain, the same after a trip through JSON. */

import type { Proportion } from "../evaluate/statistics/proportion.js";
import type { Picture } from "./picture.js";

/** An improvement, as far as it came. */
export interface ImprovementReport {
  /** Which model on which data. */
  readonly subject: string;
  /** Labels that a person confirmed to be wrong, and that were replaced, in one sentence. Left out where there are none. */
  readonly replaced?: string;
  /** The likeliest first. */
  readonly hypotheses: readonly HypothesisReport[];
  readonly repair?: RepairReport;
  readonly proof?: ProofReport;
}

/** Something that a model may go by besides the object. */
export interface HypothesisReport {
  readonly id: string;
  readonly sentence: string;
  /** How often the cue's own value tells the label, next to how often the most frequent class alone is right. */
  readonly tells: Proportion;
  readonly chance: number;
  /** Left out where it was not tested. */
  readonly verdict?: {
    readonly verified: boolean;
    readonly reason: string;
    readonly images: number;
    /** Answers that became the donor's class when the cue was exchanged, and when the same shape was elsewhere; null without a place. */
    readonly followed: Proportion;
    readonly elsewhere: Proportion | null;
    /** Corrected for the number of hypotheses (Holm). */
    readonly corrected: number;
  };
  /** What `fovea train --exchange` takes for it: `tint`, or the mask beside the protocol. Left out where there is neither. */
  readonly exchange?: string;
  /** Its place on an image. Left out where it has none. */
  readonly picture?: Picture;
}

export interface RepairReport {
  readonly budget: string;
  readonly sentence: string;
  /** First the model as it is. Accuracies on the balanced test of the validation images. */
  readonly candidates: readonly {
    readonly name: string;
    readonly sentence: string;
    readonly overall: number;
    readonly worst: Proportion;
    readonly chosen: boolean;
  }[];
  readonly impossible: readonly { readonly name: string; readonly reason: string }[];
  /** Of each class, how many training images bear another class's cue. */
  readonly counterexamples: readonly number[];
}

/** On sealed images. */
export interface ProofReport {
  readonly sentence: string;
  readonly accepted: boolean;
  readonly images: number;
  /** How the test is made, in words. */
  readonly test: string;
  readonly seeds: readonly number[];
  /** The model as it was, and the one that is written. */
  readonly before: { readonly overall: number; readonly worst: Proportion };
  readonly after: { readonly overall: number; readonly worst: Proportion };
  /** Means over trainings. */
  readonly repaired: ProofArm;
  readonly controls: readonly (ProofArm & {
    readonly name: string;
    /** How much more often the repair is right, and the p-value corrected for the controls. */
    readonly gain: number;
    readonly corrected: number;
    readonly beaten: boolean;
  })[];
}

export interface ProofArm {
  readonly overall: Proportion;
  readonly worst: Proportion;
}
