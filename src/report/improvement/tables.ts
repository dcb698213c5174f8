/** @file The tables of an improvement. */

import type { Proportion } from "../../evaluate/statistics/proportion.js";
import { count, counted } from "../../foundation/words.js";
import type { HypothesisReport, ProofReport, RepairReport } from "../improvement-data.js";
import { fixed, percentage, pValue } from "../page/format.js";
import { type Cell, counting, named, none, type PlainTable, plain, type Row } from "../plain-table.js";
import { controlTitles, stateOf } from "./words.js";

/** The interventions; undefined where none was made. */
export function verificationTable(hypotheses: readonly HypothesisReport[]): PlainTable | undefined {
  const rows = hypotheses.flatMap((each) => interventionRow(each) ?? []);
  if (rows.length === 0) return undefined;
  return {
    label: "Verification",
    caption:
      "Exchanged between images of different classes: how often the answer becomes the donor’s class, with 95\u202f% intervals; p by Holm over all hypotheses. Chance: the most frequent class.",
    columns: [
      named("Hypothesis"),
      ...["Tells the label (chance)", "Answer follows", "Elsewhere", "p", "Images"].map(counting),
      named("Verdict"),
    ],
    rows,
  };
}

function interventionRow(hypothesis: HypothesisReport): Row | undefined {
  const { id, tells, chance, verdict } = hypothesis;
  if (verdict === undefined) return undefined;
  const { verified, images, followed, elsewhere, corrected } = verdict;
  const cells = [
    plain(`${percentage(tells.value)} (${percentage(chance)})`),
    withInterval(followed),
    elsewhere ? plain(percentage(elsewhere.value)) : none,
    plain(pValue(corrected)),
    plain(String(images)),
    { text: stateOf(hypothesis), isStrong: verified },
  ];
  return { title: id, cells };
}

/** The repairs that were tried, first the model as it is. */
export function repairsTable({ budget, candidates }: RepairReport): PlainTable {
  return {
    label: "Repairs that were tried",
    caption: `On the balanced test of the validation images, all with one budget: ${budget}.`,
    columns: [named("Repair"), named("What it does"), counting("Worst group"), counting("Mean")],
    rows: candidates.map(({ name, sentence, overall, worst: { value }, chosen }) => ({
      title: name,
      mark: chosen ? "chosen" : undefined,
      cells: [plain(sentence), { text: percentage(value), bar: value }, plain(percentage(overall))],
    })),
  };
}

/** The model before and after, and the repair beside its controls. */
export function proofTable({ images, test, seeds, before, after, repaired, controls }: ProofReport): PlainTable {
  return {
    label: "The repair beside its controls",
    caption: `On ${count(images)} sealed images: ${test}. Before is the model as it is, after the first training of the repair, with 95\u202f% intervals over images; the others are means over ${counted(seeds.length, "training")} each, with 95\u202f% intervals over trainings. Gain: how much more often the repair is right where cues are exchanged, and on all images where none is; p by the sign-flip test, corrected for the controls (Holm).`,
    columns: [named("Training"), ...["Worst group", "Mean", "Gain", "p"].map(counting), named("Control")],
    rows: [
      trainingRow("before", before.worst, before.overall),
      trainingRow("after", after.worst, after.overall),
      trainingRow("the repair", repaired.worst, repaired.overall.value),
      ...controls.map(controlRow),
    ],
  };
}

function controlRow({ name, worst, overall, gain, corrected, beaten }: ProofReport["controls"][number]): Row {
  const against = [`${fixed(100 * gain, 1)} points`, pValue(corrected), beaten ? "beaten" : "not beaten"];
  return trainingRow(controlTitles[name] ?? name, worst, overall.value, against.map(plain));
}

function trainingRow(title: string, worst: Proportion, overall: number, against = [none, none, none]): Row {
  return { title, cells: [withInterval(worst), plain(percentage(overall)), ...against] };
}

function withInterval({ value, low, high }: Proportion): Cell {
  return { text: percentage(value), range: `${percentage(low, 0)} to ${percentage(high, 0)}` };
}
