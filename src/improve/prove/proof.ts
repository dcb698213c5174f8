/** @file What counts as a proof: the repair beats its controls, and what it costs is little. */

import { compareClassifiers, mcNemar } from "../../evaluate/classifier/compare-classifiers.js";
import { holm } from "../../evaluate/statistics/holm.js";
import { meanInterval } from "../../evaluate/statistics/mean-interval.js";
import type { Proportion } from "../../evaluate/statistics/proportion.js";
import { signFlip } from "../../evaluate/statistics/sign-flip.js";
import { at } from "../../foundation/present.js";
import { list, percent } from "../../foundation/words.js";
import { figuresOf, type GroupFigures, type GroupTest, type Half, type Rights } from "../repair/group-test.js";

/** What a repair may cost. */
export interface ProofLimits {
  /** How much of the accuracy over the whole test may be lost, 0 to 1. */
  readonly overall: number;
  /** p-values at or below, corrected by Holm, are significant. */
  readonly significance: number;
}

/** One point, and 5 %. */
export const usualLimits: ProofLimits = { overall: 0.01, significance: 0.05 };

export const controlNames = ["unchanged", "placebo", "erased"] as const;
export type ControlName = (typeof controlNames)[number];

/** Right answers on the test: of the model, and of each training of the repair and its controls. */
export interface Measured {
  readonly before: Rights;
  readonly repaired: readonly Rights[];
  readonly controls: { readonly [Name in ControlName]: readonly Rights[] };
}

/** Several trainings of one kind. */
export interface ArmFigures {
  /** Of each training. */
  readonly trainings: readonly GroupFigures[];
  /** Mean over the trainings, with Student's interval. */
  readonly overall: Proportion;
  /** Mean of the trainings' worst groups. */
  readonly worst: Proportion;
}

/** A control that the repair is compared with, image by image. */
export interface ControlComparison extends ArmFigures {
  readonly name: ControlName;
  /** Mean over the images with exchanged cues of how much more often the repair's trainings are right. */
  readonly gain: number;
  /** Of the sign-flip test on those images, and corrected for the three controls. */
  readonly p: number;
  readonly corrected: number;
  readonly beaten: boolean;
}

/** A group on which the model that is written is worse than before. */
export interface GroupLoss {
  readonly class: number;
  readonly cue: Half;
  readonly before: number;
  readonly after: number;
  /** McNemar's, and corrected for the number of groups. */
  readonly p: number;
  readonly corrected: number;
  readonly significant: boolean;
}

/** The proof, as plain data. */
export interface Proof {
  readonly repair: string;
  readonly seeds: readonly number[];
  readonly images: number;
  readonly limits: ProofLimits;
  /** How the test is made. */
  readonly test: string;
  readonly before: GroupFigures;
  /** Of the model that is written, the first training's. */
  readonly after: GroupFigures;
  readonly repaired: ArmFigures;
  readonly controls: readonly ControlComparison[];
  /** Before against after, on each half of the test: images fixed and broken, and McNemar's p-value. */
  readonly changed: {
    readonly [Name in Half]: { readonly fixed: number; readonly broken: number; readonly p: number };
  };
  readonly losses: readonly GroupLoss[];
  readonly accepted: boolean;
  /** Why not; empty where it is accepted. */
  readonly failures: readonly string[];
  /** One sentence for people. */
  readonly sentence: string;
}

function testInWords({ halves: those }: GroupTest): string {
  return those.includes("exchanged")
    ? "every sealed image as it is, and once more with the cues of one image of another class, drawn at random; groups are class by own or exchanged cue"
    : "every sealed image as it is; groups are classes";
}

export interface ProofOptions {
  readonly repair: string;
  readonly seeds: readonly number[];
  readonly classes: readonly string[];
  readonly limits: ProofLimits;
}

/**
 * A repair is accepted when, on the balanced counterfactual test,
 * - it is right more often than each control on the images with exchanged cues: the sign-flip test over images of the difference between
 *   the means of both over all trainings, corrected by Holm for the three controls; and the mean of its worst groups is higher;
 * - the written model loses at most `limits.overall` of the accuracy over the whole test;
 * - no group has a significant loss: McNemar's test, corrected by Holm for the number of groups.
 */
export function proofOf(test: GroupTest, measured: Measured, options: ProofOptions): Proof {
  const { repair, seeds, classes, limits } = options;
  const { before, repaired } = measured;
  const written = at(repaired, 0);
  const [was, is] = [figuresOf(test, before), figuresOf(test, written)];
  const arm = armOf(test, repaired);
  const controls = compareControls(test, measured, arm, limits);
  const losses = lossesOf(test, before, written, limits);
  const failures = [
    ...controls.filter(({ beaten }) => !beaten).map((control) => notBeaten(control, test)),
    ...(is.overall < was.overall - limits.overall
      ? [`accuracy over the whole test fell from ${percent(was.overall, 1)} to ${percent(is.overall, 1)}`]
      : []),
    ...losses.filter(({ significant }) => significant).map((loss) => lossInWords(loss, classes, test)),
  ];
  const accepted = failures.length === 0;
  return {
    ...{ repair, seeds, limits, images: test.labels.length, test: testInWords(test) },
    ...{ before: was, after: is, repaired: arm, controls, losses, accepted, failures },
    changed: { own: changeOf(before, written, "own"), exchanged: changeOf(before, written, "exchanged") },
    sentence: inWords(test, { was, is }, failures),
  };
}

function armOf(test: GroupTest, all: readonly Rights[]): ArmFigures {
  const trainings = all.map((rights) => figuresOf(test, rights));
  return {
    trainings,
    overall: meanInterval(trainings.map(({ overall }) => overall)),
    worst: meanInterval(trainings.map(({ worst }) => worst.accuracy.value)),
  };
}

function compareControls(
  test: GroupTest,
  { repaired, controls }: Measured,
  arm: ArmFigures,
  { significance }: ProofLimits,
): ControlComparison[] {
  const compared = controlNames.map((name) => {
    const differences = differencesOf(repaired, controls[name]);
    const gain = differences.reduce((sum, each) => sum + each, 0) / Math.max(1, differences.length);
    return { name, ...armOf(test, controls[name]), gain, p: signFlip(differences) };
  });
  const corrected = holm(compared.map(({ p }) => p));
  return compared.map((control, i) => {
    const p = at(corrected, i);
    const beaten = control.gain > 0 && p <= significance && arm.worst.value > control.worst.value;
    return { ...control, corrected: p, beaten };
  });
}

/** Image by image: how often the repair's trainings are right with an exchanged cue, less how often the control's are. */
function differencesOf(repaired: readonly Rights[], control: readonly Rights[]): number[] {
  const share = (all: readonly Rights[], i: number) =>
    all.reduce((sum, { exchanged }) => sum + (exchanged[i] ? 1 : 0), 0) / all.length;
  return at(repaired, 0).exchanged.map((_, i) => share(repaired, i) - share(control, i));
}

function lossesOf(
  { labels, halves: those }: GroupTest,
  before: Rights,
  after: Rights,
  { significance }: ProofLimits,
): GroupLoss[] {
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  const all = those.flatMap((cue) =>
    classes.map((label) => {
      const members = labels.flatMap((each, i) => (each === label ? [i] : []));
      const right = (rights: Rights) => members.filter((i) => rights[cue][i]).length;
      const fixed = members.filter((i) => !before[cue][i] && after[cue][i]).length;
      const broken = members.filter((i) => before[cue][i] && !after[cue][i]).length;
      const accuracies = { before: right(before) / members.length, after: right(after) / members.length };
      return { class: label, cue, ...accuracies, p: mcNemar(fixed, broken) };
    }),
  );
  const corrected = holm(all.map(({ p }) => p));
  return all
    .map((group, i) => {
      const p = at(corrected, i);
      return { ...group, corrected: p, significant: group.after < group.before && p <= significance };
    })
    .filter(({ before: was, after: is }) => is < was);
}

function changeOf(before: Rights, after: Rights, half: Half) {
  const answers = ({ [half]: rights }: Rights) => rights.map(Number);
  const { fixed, broken, pValue } = compareClassifiers(
    answers(before),
    answers(after),
    before[half].map(() => 1),
  );
  return { fixed: fixed.length, broken: broken.length, p: pValue };
}

const controlInWords: Readonly<Record<ControlName, string>> = {
  unchanged: "the same training unchanged",
  placebo: "the placebo",
  erased: "taking as much away at random",
};

type HalvesOnly = Pick<GroupTest, "halves">;

function notBeaten({ name, gain, corrected }: ControlComparison, { halves: those }: HalvesOnly): string {
  const where = those.includes("exchanged") ? " with exchanged cues" : "";
  return `not shown to be better than ${controlInWords[name]} (${percent(gain, 1)} more right${where}, p ${corrected.toFixed(3)})`;
}

function lossInWords({ class: label, cue, before, after }: GroupLoss, classes: readonly string[], test: HalvesOnly) {
  const whose = test.halves.includes("exchanged") ? ` with ${cue === "own" ? "its own" : "another class's"} cue` : "";
  return `${classes[label] ?? label}${whose} fell from ${percent(before, 1)} to ${percent(after, 1)}`;
}

function inWords(
  { halves: those }: HalvesOnly,
  { was, is }: { readonly was: GroupFigures; readonly is: GroupFigures },
  failures: readonly string[],
): string {
  const figures = (name: string, from: number, to: number) => `${name} from ${percent(from, 1)} to ${percent(to, 1)}`;
  const names: Readonly<Record<Half, string>> = { exchanged: "images with exchanged cues", own: "images as they are" };
  const parts = [
    figures("the worst group", was.worst.accuracy.value, is.worst.accuracy.value),
    ...those.toReversed().map((half) => figures(names[half], was[half].value, is[half].value)),
  ];
  if (failures.length === 0) return `Proved on the sealed images: ${list(parts)}.`;
  return `Not proved, no model is written: ${failures.join("; ")}. On the sealed images: ${list(parts)}.`;
}
