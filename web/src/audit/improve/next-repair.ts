/** @file What to do after an improvement, as far as it came: sentences with their commands. */

import { count, counted, list } from "../../../../src/foundation/words.js";
import type { ImprovementReport } from "../../../../src/report/improvement-data.js";
import { shellWord } from "../../../../src/report/page/steps/command.js";
import type { NextStep } from "../next/next.js";

export interface RepairFacts {
  readonly improvement: ImprovementReport;
  /** The protocol's file. */
  readonly name: string;
  /** Whether hypotheses were tested. */
  readonly isVerified: boolean;
  /** Labels of the open images that are doubtful or were found wrong. */
  readonly labels: number;
}

type StepKind = (facts: RepairFacts) => NextStep[];

function labels({ labels: open, name }: RepairFacts): NextStep[] {
  if (open === 0) return [];
  const which = `${counted(open, "label")} of the open images ${open === 1 ? "is" : "are"} doubtful or wrong`;
  return [{ text: `Fix the labels first: ${which}.`, command: improve(name, "--accept label-changes.csv") }];
}

function goOn({ improvement: { hypotheses, repair, proof }, isVerified, name }: RepairFacts): NextStep[] {
  if (hypotheses.length === 0 || proof) return [];
  if (!isVerified)
    return [
      {
        text: "Verify what was found: the same command goes on from this protocol.",
        command: `fovea improve model.onnx DATA --only verify --protocol ${shellWord(name)}`,
      },
    ];
  if (verifiedIds(hypotheses).length === 0) return [];
  const text = repair ? "Prove the repair on the sealed images" : "Repair the model, and prove it on sealed images";
  return [{ text: `${text}: the same command goes on from this protocol.`, command: improve(name) }];
}

function clean({ improvement: { hypotheses }, isVerified }: RepairFacts): NextStep[] {
  const isTested = isVerified || hypotheses.length === 0;
  if (!isTested || verifiedIds(hypotheses).length > 0) return [];
  return [
    {
      text: "Nothing was verified, which is the right end on clean data. Look at the errors themselves.",
      command: "fovea report model.onnx DATA",
    },
  ];
}

function use({ improvement: { proof }, name }: RepairFacts): NextStep[] {
  if (!proof?.accepted) return [];
  return [
    {
      text: "Use the repaired model, and show both with the proof in one report.",
      command: `fovea report model.onnx ${shellWord(outOf(name))} DATA --protocol ${shellWord(name)}`,
    },
  ];
}

function failed({ improvement: { proof } }: RepairFacts): NextStep[] {
  if (proof === undefined || proof.accepted) return [];
  return [
    {
      text: "No model was written: the repair is not proved. Collect images of each class without its own cue, and begin again with new test images.",
    },
  ];
}

/** Groups of training images with fewer are too small to learn from. */
const fewTraining = 30;

function collect({ improvement: { hypotheses, repair } }: RepairFacts): NextStep[] {
  const few = (repair?.counterexamples ?? []).filter((images) => images < fewTraining);
  if (few.length === 0 || verifiedIds(hypotheses).length === 0) return [];
  return [
    {
      text: `Collect images of each class without its own cue: of ${counted(few.length, "class", "classes")} training has fewer than ${fewTraining} such images (the fewest: ${count(Math.min(...few))}).`,
    },
  ];
}

function exchange({ improvement: { hypotheses } }: RepairFacts): NextStep[] {
  const files = hypotheses.flatMap(({ id, verdict, exchange: file }) =>
    verdict?.verified && file !== undefined ? [{ id, file }] : [],
  );
  if (files.length === 0) return [];
  const flags = files.map(({ file }) => `--exchange ${shellWord(file)}`).join(" ");
  return [
    {
      text: `Train other networks on these images with ${list(files.map(({ id }) => id))} exchanged: the images offer the cue to all of them.`,
      command: `fovea train DATA ${flags} --out exchanged.onnx`,
    },
  ];
}

/** The table of kinds, in the order in which they are told. */
const kinds: readonly StepKind[] = [labels, goOn, use, failed, clean, collect, exchange];

export function nextAfter(facts: RepairFacts): NextStep[] {
  return kinds.flatMap((kind) => kind(facts));
}

function verifiedIds(hypotheses: ImprovementReport["hypotheses"]): string[] {
  return hypotheses.flatMap(({ id, verdict }) => (verdict?.verified ? [id] : []));
}

/** The model that the protocol stands beside. */
function outOf(name: string): string {
  return /\.onnx(?=\.improve\.json$)/.test(name) ? name.replace(/\.improve\.json$/, "") : "better.onnx";
}

function improve(name: string, ...flags: readonly string[]): string {
  return ["fovea improve model.onnx DATA", ...flags, `--out ${shellWord(outOf(name))}`].join(" ");
}
