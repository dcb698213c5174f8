/**
 * @file Verification by intervention: whether the model follows a cue although the rest of the image says otherwise. A region that is the
 * object itself is followed as well, but there the rest says nothing.
 */

import type { Cue } from "../../data/cues/cue.js";
import { cueFrom } from "../../data/cues/stored-cue.js";
import { holm } from "../../evaluate/statistics/holm.js";
import { type Proportion, proportion } from "../../evaluate/statistics/proportion.js";
import { signFlip } from "../../evaluate/statistics/sign-flip.js";
import { mean } from "../../evaluate/statistics/sums.js";
import { groupBy } from "../../foundation/group-by.js";
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
import { isNeeded } from "./needed.js";
import type { Probe, Probes } from "./probe.js";
import { openProbes } from "./probes.js";

export interface VerifyOptions extends AnswerOptions {
  readonly seed: string;
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

/** Images of validation that take part, and donors of each. */
const [mostImages, donors] = [300, 3] as const;
/** Images that probes learn from. */
const mostLearned = 4000;
/** How much more often than its reference an answer must follow the cue to matter. */
const practical = 0.03;
/**
 * How well the content of a cue must tell the label, as a share of what a network tells of whole images, both above chance: one small window
 * on its place, or all of it. Of an object that is larger than the region what lies outside may tell the class as well; but the
 * object's part is no pattern that stays the same.
 */
const simplest = { window: 0.8, whole: 0.9 } as const;
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
  const answers = openAnswers(subject, options);
  const probes = await openProbes(subject, options);
  try {
    const trial = await openTrial(subject, parts, { answers, probes, seed });
    const source = random(seed).fork("verification");
    const found: Found[] = [];
    for (const [i, { id, cue }] of hypotheses.entries()) {
      found.push({ id, ...(await intervene(trial, cueFrom(cue), source.fork(id))) });
      onProgress?.(i + 1, hypotheses.length);
    }
    const corrected = holm(found.map(({ p }) => p));
    const verdicts = found.map((each, i) => judged({ ...each, corrected: at(corrected, i) }, at(hypotheses, i)));
    return { practical, verdicts };
  } finally {
    await answers.close();
    await probes.close();
  }
}

/** What was measured of one hypothesis. */
type Found = Omit<Verdict, "corrected" | "verified" | "reason">;

/** Images to try hypotheses on, and what is asked about them. */
interface Trial {
  readonly answers: Answers;
  readonly held: Images;
  /** Answers to the images as they are. */
  readonly before: readonly number[];
  /** Trains a probe that cannot use a cue. */
  readonly probeWithout: (cue: Cue) => Promise<Probe>;
  /** How often a probe that can use all of the image is right. */
  readonly whole: () => Promise<Proportion>;
}

async function openTrial(
  { classes }: Subject,
  { train, validation }: Parts,
  { answers, probes, seed }: { readonly answers: Answers; readonly probes: Probes; readonly seed: string },
): Promise<Trial> {
  const held = await imagesOf(validation, classes.length, Math.ceil(mostImages / classes.length), seed);
  const learned = await imagesOf(train, classes.length, Math.ceil(mostLearned / classes.length), seed);
  let whole: Promise<Proportion> | undefined;
  const measureWhole = async () => {
    const probe = await probes.train(learned, undefined);
    const right = (await probe(held.pixels)).map((answer, i) => answer === held.labels[i]);
    return shareOf(right);
  };
  return {
    answers,
    held,
    before: await answers.ask(held.pixels),
    probeWithout: (cue) => probes.train(learned, cue),
    whole() {
      whole ??= measureWhole();
      return whole;
    },
  };
}

async function imagesOf(set: ImageSet, classes: number, each: number, seed: string): Promise<Images> {
  const indices = someOfEachClass(set, classes, each, seed).flat();
  return { pixels: await pixelsOf(set, indices), labels: indices.map((i) => at(set.labels, i)), dims: set.dims };
}

/** Exchanges a cue between images of different classes, at its place and elsewhere, and between images of one class. */
async function intervene(trial: Trial, cue: Cue, source: Random): Promise<Omit<Found, "id">> {
  const { answers, held, before } = trial;
  const pairs = drawPairs(held.labels, donors, false, source.fork("strangers"));
  const kin = drawPairs(held.labels, 1, true, source.fork("kin"));
  const images = exchanged(cue, held, pairs);
  const after = await answers.ask(images);
  const followed = follows(trial, after, pairs);
  const own = await answers.ask(exchanged(cue, held, kin));
  const within = proportion(kin.filter(({ host }, i) => own[i] !== before[host]).length, kin.length);
  const elsewhere: boolean[][] = [];
  for (const mask of cue.kind === "region" ? shiftsOf(cue.mask, source.fork("places")) : []) {
    elsewhere.push(await followedBy(trial, { kind: "region", mask }, pairs));
  }
  const reference = (i: number) =>
    elsewhere.length > 0 ? elsewhere.filter((each) => each[i]).length / elsewhere.length : within.value;
  const matters = shareOf(followed).value - mean(pairs.map((_, i) => reference(i))) >= practical;
  const rest = matters ? await (await trial.probeWithout(cue))(images) : undefined;
  // The model says the donor's class where a probe that cannot use the cue still says the image's own.
  const despite = rest ? followed.map((each, i) => each && rest[i] === at(held.labels, at(pairs, i).host)) : followed;
  return {
    images: held.labels.length,
    donors,
    followed: shareOf(followed),
    despite: shareOf(despite),
    flipped: shareOf(pairs.map(({ host }, i) => after[i] !== before[host])),
    elsewhere: elsewhere.length > 0 ? shareOf(elsewhere.flat()) : null,
    within,
    rest: rest ? shareOf(pairs.map(({ host }, i) => rest[i] === at(held.labels, host))) : null,
    whole: rest ? await trial.whole() : null,
    p: signFlip(meansByHost(pairs, (i) => Number(at(despite, i)) - reference(i))),
  };
}

/** Which answers became the donor's class. */
function follows({ held, before }: Trial, answers: readonly number[], pairs: readonly Pair[]): boolean[] {
  return pairs.map(({ host, donor }, i) => answers[i] === at(held.labels, donor) && before[host] !== answers[i]);
}

async function followedBy(trial: Trial, cue: Cue, pairs: readonly Pair[]): Promise<boolean[]> {
  return follows(trial, await trial.answers.ask(exchanged(cue, trial.held, pairs)), pairs);
}

const shareOf = (truths: readonly boolean[]) => proportion(truths.filter(Boolean).length, truths.length);

/** Donors of one image are no independent trials: one number for each image. */
function meansByHost(pairs: readonly Pair[], measure: (i: number) => number): number[] {
  const byHost = groupBy(pairs.keys(), (i) => at(pairs, i).host);
  return [...byHost.values()].map((places) => mean(places.map(measure)));
}

/** The same shape at other places, those that share least with it among many. */
function shiftsOf(mask: Mask, source: Random): Mask[] {
  const tries = Array.from({ length: 40 }, () => shiftMask(mask, source.below(mask.width), source.below(mask.height)));
  return tries.sort((a, b) => overlap(mask, a) - overlap(mask, b)).slice(0, places);
}

/** Enough is: more often than the reference by a size that matters, unlikely by chance, and the rest tells the class without the cue. */
function judged(found: Omit<Verdict, "verified" | "reason">, hypothesis: Hypothesis): Verdict {
  const { cue, tells } = hypothesis;
  const { followed, despite, elsewhere, within, rest, whole, corrected } = found;
  const reference = elsewhere ?? within;
  const seen =
    `with it exchanged ${percent(followed.value, 1)} of the answers become the donor's class` +
    (rest ? `, ${percent(despite.value, 1)} though the rest of the image still tells its own` : "") +
    (elsewhere
      ? `; ${percent(elsewhere.value, 1)} with the same shape at other places`
      : `; ${percent(within.value, 1)} change with donors of the same class`);
  const effect = despite.value - reference.value;
  const faults = [
    ...(effect < practical ? [`less than ${percent(practical, 0)} more is no effect that matters`] : []),
    ...(corrected > significant
      ? [`chance alone may do that (p = ${corrected.toPrecision(2)} after Holm's correction)`]
      : []),
    ...(rest && whole && isNeeded({ rest: rest.value, whole: whole.value, tells: tells.value, effect })
      ? [
          `without it a probe tells ${percent(rest.value, 1)} of the images in the place of ${percent(whole.value, 1)}: ${cue.kind === "region" ? "the place belongs to the object" : "it is needed to tell the class"}`,
        ]
      : []),
    ...(whole && !isSimple(hypothesis, whole.value)
      ? [
          `what stands there alone tells the label of ${percent(tells.value, 1)}, a network on whole images of ${percent(whole.value, 1)}: it is too varied for a cue`,
        ]
      : []),
  ];
  const verified = faults.length === 0;
  return { ...found, verified, reason: verified ? seen : `${seen}: ${faults.join("; ")}` };
}

/** Whether a cue's content tells the label nearly as well as whole images do. */
function isSimple({ tells, chance, window }: Hypothesis, whole: number): boolean {
  const excess = (told: number) => (told - chance) / Math.max(Number.EPSILON, whole - chance);
  return excess(window ?? tells.value) >= simplest.window || excess(tells.value) >= simplest.whole;
}
