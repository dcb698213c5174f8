/**
 * @file Verification by intervention: whether the model follows a cue although the rest of the image says otherwise. A region that is the
 * object itself is followed as well, but there the rest says nothing.
 */

import type { Cue } from "../../data/cues/cue.js";
import { cueFrom, storedCue } from "../../data/cues/stored-cue.js";
import { holm } from "../../evaluate/statistics/holm.js";
import { proportion } from "../../evaluate/statistics/proportion.js";
import { signFlip } from "../../evaluate/statistics/sign-flip.js";
import { at } from "../../foundation/present.js";
import { type Random, random } from "../../foundation/random.js";
import { percent } from "../../foundation/words.js";
import { type Mask, shiftMask } from "../../image/map/mask.js";
import { type AnswerOptions, type Answers, openAnswers } from "../answers.js";
import { overlap } from "../discover/regions.js";
import { type Parts, pixelsOf, someOfEachClass } from "../image-set.js";
import type { DiscoverySection, Hypothesis, Verdict, VerificationSection } from "../protocol/sections.js";
import type { ImageSet, Subject } from "../subject.js";
import { drawPairs, exchanged, type Images, type Pair } from "./exchanges.js";
import { openProbes, type Probe } from "./probes.js";

export interface VerifyOptions extends AnswerOptions {
  readonly seed: string;
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

/** Images of validation that take part, and donors of each. */
const [mostImages, donors] = [300, 3] as const;
/** Images that probes learn from. */
const mostLearned = 4000;
/** How much more often than its reference an answer must follow the cue to matter. */
const practical = 0.2;
/** How much of its accuracy a probe may lose without the cue: more, and the region is needed to tell the class. */
const needed = 0.1;
/** A result that chance gives less often. */
const significant = 0.05;
/** Places where the same shape is exchanged. */
const places = 3;

/** Tests every hypothesis on images of validation. */
export async function verify(
  subject: Subject,
  parts: Parts,
  { hypotheses }: DiscoverySection,
  options: VerifyOptions,
): Promise<VerificationSection> {
  const { seed, onProgress } = options;
  const classes = subject.classes.length;
  const answers = openAnswers(subject, options);
  const probes = await openProbes(subject, options);
  try {
    const held = await imagesOf(parts.validation, classes, Math.ceil(mostImages / classes), seed);
    const learned = await imagesOf(parts.train, classes, Math.ceil(mostLearned / classes), seed);
    const before = await answers.ask(held.pixels);
    const source = random(seed).fork("verification");
    const wholeProbe = await probes.train(learned, undefined);
    const whole = countRight(await wholeProbe(held.pixels), held.labels);
    const trial: Trial = { answers, held, before, whole };
    const found: Omit<Verdict, "corrected" | "verified" | "reason">[] = [];
    for (const [i, hypothesis] of hypotheses.entries()) {
      const own = source.fork(hypothesis.id);
      const cue = cueFrom(hypothesis.cue);
      const probe = await probes.train(learned, cue);
      found.push({ id: hypothesis.id, ...(await intervene(trial, cue, probe, own)) });
      onProgress?.(i + 1, hypotheses.length);
    }
    const corrected = holm(found.map(({ p }) => p));
    return {
      practical,
      verdicts: found.map((each, i) => judged({ ...each, corrected: at(corrected, i) }, at(hypotheses, i))),
    };
  } finally {
    await answers.close();
    await probes.close();
  }
}

async function imagesOf(set: ImageSet, classes: number, each: number, seed: string): Promise<Images> {
  const indices = someOfEachClass(set, classes, each, seed).flat();
  return { pixels: await pixelsOf(set, indices), labels: indices.map((i) => at(set.labels, i)), dims: set.dims };
}

interface Trial {
  readonly answers: Answers;
  readonly held: Images;
  /** Answers to the images as they are. */
  readonly before: readonly number[];
  readonly whole: number;
}

/** Exchanges a cue between images of different classes, at its place and elsewhere, and between images of one class. */
async function intervene({ answers, held, before, whole }: Trial, cue: Cue, probe: Probe, source: Random) {
  const pairs = drawPairs(held.labels, donors, false, source.fork("strangers"));
  const kin = drawPairs(held.labels, 1, true, source.fork("kin"));
  const images = exchanged(cue, held, pairs);
  const after = await answers.ask(images);
  const rest = await probe(images);
  const labelOf = (place: number) => at(held.labels, place);
  // The model says the donor's class where a probe that cannot use the cue still says the image's own.
  const follows = (answer: number, { host, donor }: Pair) => answer === labelOf(donor) && before[host] !== answer;
  const despite = pairs.map((pair, i) => follows(at(after, i), pair) && rest[i] === labelOf(pair.host));
  const changed = pairs.map(({ host }, i) => after[i] !== before[host]);
  const own = await answers.ask(exchanged(cue, held, kin));
  const shifts = cue.kind === "region" ? shiftsOf(cue.mask, source.fork("places")) : [];
  const elsewhere: boolean[][] = [];
  for (const mask of shifts) {
    const answered = await answers.ask(exchanged({ kind: "region", mask }, held, pairs));
    elsewhere.push(pairs.map((pair, i) => follows(at(answered, i), pair)));
  }
  const within = kin.filter(({ host }, i) => own[i] !== before[host]).length;
  const reference = (i: number) =>
    shifts.length > 0 ? elsewhere.filter((each) => each[i]).length / shifts.length : within / kin.length;
  const differences = meansByHost(pairs, (i) => Number(at(despite, i)) - reference(i));
  return {
    images: held.labels.length,
    donors,
    followed: shareOf(despite),
    flipped: shareOf(changed),
    elsewhere: shifts.length > 0 ? shareOf(elsewhere.flat()) : null,
    within: proportion(within, kin.length),
    rest: shareOf(pairs.map(({ host }, i) => rest[i] === labelOf(host))),
    whole: proportion(whole, held.labels.length),
    p: signFlip(differences),
  };
}

const shareOf = (truths: readonly boolean[]) => proportion(truths.filter(Boolean).length, truths.length);
const countRight = (answers: readonly number[], labels: readonly number[]) =>
  answers.filter((answer, i) => answer === labels[i]).length;

/** Donors of one image are no independent trials: one number for each image. */
function meansByHost(pairs: readonly Pair[], measure: (i: number) => number): number[] {
  const byHost = new Map<number, number[]>();
  pairs.forEach(({ host }, i) => {
    byHost.set(host, [...(byHost.get(host) ?? []), measure(i)]);
  });
  return [...byHost.values()].map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
}

/** The same shape at other places, those that share least with it among many. */
function shiftsOf(mask: Mask, source: Random): Mask[] {
  const tries = Array.from({ length: 40 }, () => shiftMask(mask, source.below(mask.width), source.below(mask.height)));
  return tries.sort((a, b) => overlap(mask, a) - overlap(mask, b)).slice(0, places);
}

/** Enough is: more often than the reference by a size that matters, unlikely by chance, and the rest tells the class without the cue. */
function judged(found: Omit<Verdict, "verified" | "reason">, { cue }: Hypothesis): Verdict {
  const { followed, elsewhere, within, rest, whole, corrected } = found;
  const reference = elsewhere ?? within;
  const isPlace = storedCue(cueFrom(cue)).kind === "region";
  const seen = `with it exchanged ${percent(followed.value, 1)} of the answers become the donor's class though the rest of the image still tells its own (${percent(reference.value, 1)} ${elsewhere ? "with the same shape elsewhere" : "change with donors of the same class"})`;
  const faults = [
    ...(followed.value - reference.value < practical
      ? [`less than ${percent(practical, 0)} more is no effect that matters`]
      : []),
    ...(corrected > significant
      ? [`chance alone may do that (p = ${corrected.toPrecision(2)} after Holm's correction)`]
      : []),
    ...(whole.value - rest.value > needed
      ? [
          `without it a probe tells ${percent(rest.value, 0)} of the images in the place of ${percent(whole.value, 0)}: ${isPlace ? "the place belongs to the object" : "it is needed to tell the class"}`,
        ]
      : []),
  ];
  const verified = faults.length === 0;
  return { ...found, verified, reason: verified ? seen : `${seen}; ${faults.join("; ")}` };
}
