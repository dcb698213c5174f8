/** @file The tables of an improvement as plain texts, which reports and the studio draw each in its own way. */

import type { Proportion } from "../../evaluate/statistics/proportion.js";
import { count, counted } from "../../foundation/words.js";
import type { HypothesisReport, ProofArm, ProofReport, RepairReport } from "../improvement-data.js";
import { fixed, percentage, pValue } from "../page/format.js";
import { controlTitles } from "./words.js";

export interface PlainTable {
  /** For those who do not see it. */
  readonly label: string;
  /** What its numbers are. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
}

export interface Row {
  readonly title: string;
  /** A word beside the title. */
  readonly mark?: string;
  /** One for each column but the first. */
  readonly cells: readonly Cell[];
}

export interface Cell {
  readonly text: string;
  /** A smaller line below, such as an interval. */
  readonly range?: string;
  /** 0 to 1: the length of a bar. */
  readonly bar?: number;
  readonly isStrong?: boolean;
}

const named = (title: string): Column => ({ title });
const counting = (title: string): Column => ({ title, isNumber: true });
const none: Cell = { text: "–" };

/** The interventions; undefined where none was made. */
export function verificationTable(hypotheses: readonly HypothesisReport[]): PlainTable | undefined {
  const rows = hypotheses.flatMap(({ id, tells, verdict }) =>
    verdict ? [{ title: id, cells: [{ text: percentage(tells.value) }, ...verdictCells(verdict)] }] : [],
  );
  if (rows.length === 0) return undefined;
  return {
    label: "Verification",
    caption:
      "Exchanged between images of different classes: how often the answer becomes the donor’s class, with 95\u202f% intervals; p corrected for the number of hypotheses (Holm).",
    columns: [
      named("Hypothesis"),
      ...["Tells the label", "Answer follows", "Elsewhere", "p", "Images"].map(counting),
      named("Verdict"),
    ],
    rows,
  };
}

function verdictCells(verdict: NonNullable<HypothesisReport["verdict"]>): readonly Cell[] {
  const { verified, images, followed, elsewhere, corrected } = verdict;
  return [
    withInterval(followed),
    elsewhere ? { text: percentage(elsewhere.value) } : none,
    { text: pValue(corrected) },
    { text: String(images) },
    verified ? { text: "verified", isStrong: true } : { text: "not verified" },
  ];
}

/** The repairs that were tried, first the model as it is. */
export function repairsTable({ budget, candidates }: RepairReport): PlainTable {
  return {
    label: "Repairs that were tried",
    caption: `On the balanced test of the validation images, all with one budget: ${budget}.`,
    columns: [named("Repair"), named("What it does"), counting("Worst group"), counting("Mean")],
    rows: candidates.map(({ name, sentence, overall, worst, chosen }) => ({
      title: name,
      ...(chosen ? { mark: "chosen" } : {}),
      cells: [{ text: sentence }, { text: percentage(worst.value), bar: worst.value }, { text: percentage(overall) }],
    })),
  };
}

/** The model before and after, and the repair beside its controls. */
export function proofTable({ images, test, seeds, before, after, repaired, controls }: ProofReport): PlainTable {
  const single = ({ worst, overall }: ProofReport["before"]) => [
    withInterval(worst),
    { text: percentage(overall) },
    ...[none, none, none],
  ];
  const mean = ({ worst, overall }: ProofArm) => [withInterval(worst), { text: percentage(overall.value) }];
  return {
    label: "The repair beside its controls",
    caption: `On ${count(images)} sealed images: ${test}. Before is the model as it is, after the first training of the repair, with 95\u202f% intervals over images; the others are means over ${counted(seeds.length, "training")} each, with 95\u202f% intervals over trainings. Gain: how much more often the repair is right where cues are exchanged, and on all images where none is; p by the sign-flip test, corrected for the controls (Holm).`,
    columns: [named("Training"), ...["Worst group", "Mean", "Gain", "p"].map(counting), named("Control")],
    rows: [
      { title: "before", cells: single(before) },
      { title: "after", cells: single(after) },
      { title: "the repair", cells: [...mean(repaired), none, none, none] },
      ...controls.map(({ name, gain, corrected, beaten, ...arm }) => ({
        title: controlTitles[name] ?? name,
        cells: [
          ...mean(arm),
          { text: `${fixed(100 * gain, 1)} points` },
          { text: pValue(corrected) },
          { text: beaten ? "beaten" : "not beaten" },
        ],
      })),
    ],
  };
}

function withInterval({ value, low, high }: Proportion): Cell {
  return { text: percentage(value), range: `${percentage(low, 0)} to ${percentage(high, 0)}` };
}
