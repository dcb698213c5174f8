/** @file What a probe is: a small classifier of our own that tells how much of the class is left without a cue. */

import type { Cue } from "../../data/cues/cue.js";
import type { Images } from "./exchanges.js";

/** Answers to images, each [channels * height * width]. */
export type Probe = (images: readonly Uint8Array[]) => Promise<number[]>;

/** Trains probes for one subject. */
export interface Probes {
  /**
   * Trains a probe of its own.
   * @param cue is exchanged between the images that it learns from, of whatever class, labels untouched; undefined for images as they are
   */
  train(learned: Images, cue: Cue | undefined): Promise<Probe>;
  close(): Promise<void>;
}
