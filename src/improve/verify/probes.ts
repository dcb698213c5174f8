/** @file Chooses how a probe is trained: a small network on the pixels of small images, a linear layer on the model's features of large ones. */

import type { AnswerOptions } from "../answers.js";
import type { Subject } from "../subject.js";
import { openFeatureProbes } from "./feature-probe.js";
import { trainPixelProbe } from "./pixel-probe.js";
import type { Probes } from "./probe.js";

/** The longest side of images that a network is trained on from scratch for a probe. */
const longestSide = 64;

/** Opens what the probes of a subject need. */
export async function openProbes(subject: Subject, options: AnswerOptions & { seed: string }): Promise<Probes> {
  const [, height, width] = subject.learning.dims;
  if (Math.max(height, width) > longestSide) return openFeatureProbes(subject, options);
  const classes = subject.classes.length;
  return {
    train: (learned, cue) => trainPixelProbe(learned, cue, { ...options, classes }),
    close: async () => undefined,
  };
}
