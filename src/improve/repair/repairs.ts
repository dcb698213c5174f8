/** @file The repairs that are tried, each with its placebo: a table of interchangeable parts. */

import type { Cue } from "../../data/cues/cue.js";
import { counted, percent } from "../../foundation/words.js";
import type { Box } from "../../image/picture/resize.js";
import { confirmedIn, withOldLabels, withOtherLabels, withoutSome } from "../confirmed-labels.js";
import type { ImageSet, Subject, TrainingRun } from "../subject.js";
import type { CueGroups } from "./cue-groups.js";
import { areaOf } from "./placebo.js";

/** What a training changes against the one that made the model. */
export type Change = Pick<TrainingRun, "exchange" | "donors" | "erase" | "groups" | "lastLayer" | "energy"> & {
  /** Other images to learn from, such as the same ones with other boxes. */
  readonly train?: ImageSet;
};

/** One way of repairing a model. */
export interface Candidate {
  /** Short and unique, e.g. `exchange`. */
  readonly name: string;
  /** What is done, in one sentence for people. */
  readonly sentence: string;
  readonly change: Change;
  /** The same with a cue that should not matter; made when it is asked for. */
  readonly placebo: () => Promise<Change>;
  /** The training that differs in nothing but the repair. Default: of what the repair trains, nothing is changed. */
  readonly unchanged?: Change;
  /** As much taken away at random. Default: a rectangle as large as the cues is hidden in every image. */
  readonly erased?: Change;
}

/** A cue that was verified. */
export interface RepairedCue {
  /** The hypothesis that it comes from. */
  readonly name: string;
  readonly cue: Cue;
  /** The same cue with a narrower or wider region. */
  readonly alternatives?: readonly Cue[] | undefined;
  /** The same shape at another place. Default: where it overlaps itself the least. */
  readonly placebo?: Cue | undefined;
}

/** What repairs are made of. */
export interface RepairContext {
  readonly subject: Subject;
  readonly cues: readonly RepairedCue[];
  readonly seed: number;
  readonly train: ImageSet;
  readonly groups: CueGroups;
  /** The groups that the placebo would make; found when they are asked for. */
  readonly placeboGroups: () => Promise<CueGroups>;
  /** The placebo of cues; undefined for one without a place. */
  readonly placeboOf: (cue: Cue) => Cue | undefined;
}

export interface RepairKind {
  readonly name: string;
  /** Why the kind cannot be tried; undefined where it can. */
  readonly impossible: (context: RepairContext) => string | undefined;
  readonly candidates: (context: RepairContext) => Candidate[];
}

/** Every group needs as many images to be learned from. */
const fewest = 2;

/** Weights of the energy loss that are tried. */
const energies = [0.5, 2];

function withoutCues({ cues }: RepairContext): string | undefined {
  return cues.length === 0 ? "no cue was verified" : undefined;
}

function withoutCounterexamples(context: RepairContext): string | undefined {
  const { subject, groups } = context;
  const reason = withoutCues(context);
  if (reason !== undefined) return reason;
  const lacking = subject.classes.filter((_, i) => (groups.counterexamples[i] ?? 0) < fewest);
  if (lacking.length === 0) return undefined;
  const some = lacking.slice(0, 3).join(", ");
  const more = lacking.length > 3 ? ` and ${counted(lacking.length - 3, "more class", "more classes")}` : "";
  return `fewer than ${fewest} training images of ${some}${more} bear another class's cue, so there are no groups to balance`;
}

/** A change that exchanges cues, and its placebo: other places, or where one has none, donors of the same class. */
function exchanging(
  cues: readonly Cue[],
  placeboOf: RepairContext["placeboOf"],
): Pick<Candidate, "change" | "placebo"> {
  const placebos = cues.map(placeboOf);
  const placed = placebos.filter((cue) => cue !== undefined);
  const placebo: Change =
    placed.length === cues.length ? { exchange: placed } : { exchange: cues, donors: "own class" };
  return { change: { exchange: cues }, placebo: async () => placebo };
}

const exchange: RepairKind = {
  name: "exchange",
  impossible: withoutCues,
  candidates({ cues, placeboOf }) {
    const most = Math.max(0, ...cues.map(({ alternatives = [] }) => alternatives.length));
    const chosen = Array.from({ length: most + 1 }, (_, k) =>
      cues.map(({ cue, alternatives = [] }) => (k === 0 ? cue : (alternatives[k - 1] ?? cue))),
    );
    const share = (those: readonly Cue[]) => percent(areaOf(those), 0);
    const usual = share(cues.map(({ cue }) => cue));
    return chosen.map((those, k) => ({
      name: k === 0 ? "exchange" : `exchange-${k + 1}`,
      sentence: `the cue is exchanged at random between training images, labels untouched${k === 0 ? "" : `; its region is ${share(those)} of the image in the place of ${usual}`}`,
      ...exchanging(those, placeboOf),
    }));
  },
};

const lastLayer: RepairKind = {
  name: "last-layer",
  impossible: withoutCounterexamples,
  candidates: ({ groups, placeboGroups }) => [
    {
      name: "last-layer",
      sentence: "the last layer is trained again on as many images of each group (Kirichenko et al. 2023)",
      change: { lastLayer: true, groups: groups.of },
      placebo: async () => ({ lastLayer: true, groups: (await placeboGroups()).of }),
    },
  ],
};

const groupWeights: RepairKind = {
  name: "group-weights",
  impossible: withoutCounterexamples,
  candidates: ({ groups, placeboGroups }) => [
    {
      name: "group-weights",
      sentence: "groups weigh the same in the loss, however small",
      change: { groups: groups.of },
      placebo: async () => ({ groups: (await placeboGroups()).of }),
    },
  ],
};

const energy: RepairKind = {
  name: "energy",
  impossible(context) {
    const { subject, train } = context;
    const reason = withoutCues(context);
    if (reason !== undefined) return reason;
    if (!train.boxes?.some((boxes) => boxes.length > 0)) return "there are no boxes about the objects";
    return subject.trainer?.guidesMaps ? undefined : "only the last layer is trained, and the maps before it stay";
  },
  candidates: ({ train }) =>
    energies.map((weight) => ({
      name: `energy-${weight}`,
      sentence: `evidence outside the objects' boxes costs ${weight} times its share (Rao et al. 2023)`,
      change: { energy: weight },
      placebo: async () => ({
        energy: weight,
        train: { ...train, boxes: train.boxes?.map((boxes) => boxes.map(mirrored(train))) },
      }),
    })),
};

/** The box turned by half a turn about the image's middle. */
function mirrored({ dims: [, height, width] }: ImageSet): (box: Box) => Box {
  return ({ x, y, ...size }) => ({ x: width - x - size.width, y: height - y - size.height, ...size });
}

/** Labels that a person confirmed to be wrong; what it is compared with learns from the old ones. */
const labels: RepairKind = {
  name: "labels",
  impossible({ subject, train }) {
    if (subject.confirmed === undefined || confirmedIn(subject, train).length > 0) return undefined;
    return "no confirmed label is of a training image";
  },
  candidates({ subject, train, seed }) {
    const changed = confirmedIn(subject, train).length;
    if (changed === 0) return [];
    return [
      {
        name: "labels",
        sentence: `trained again with ${counted(changed, "confirmed label")}`,
        change: {},
        placebo: async () => ({ train: withOtherLabels(subject, train, seed) }),
        unchanged: { train: withOldLabels(subject, train) },
        erased: { train: withoutSome(subject, train, seed) },
      },
    ];
  },
};

/** In this order they are preferred where they are equally good. */
export const repairs: readonly RepairKind[] = [labels, exchange, lastLayer, groupWeights, energy];
