/** @file The story of an improvement: four steps that were or were not taken, with what each decided and its figure. */

import { controlTitles, nothingFound } from "../../../../src/report/improvement/words.js";
import type { HypothesisReport, ImprovementReport, ProofReport } from "../../../../src/report/improvement-data.js";
import { asSentence } from "../../../../src/report/page/format.js";
import type { OpenedProtocol } from "./opened.js";
import type { PlaceOutline } from "./place-outline.js";

/** A share as a bar. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  /** Its 95 % interval. */
  readonly low?: number;
  readonly high?: number;
  /** What was decided for. */
  readonly chosen?: boolean;
}

export interface Station {
  readonly title: string;
  /** In a few words; undefined for a step that was not taken. */
  readonly fact: string | undefined;
  readonly sentence: string;
  /** Of whichever images it was, in small. */
  readonly note?: string | undefined;
  readonly places?: readonly PlaceOutline[];
  /** What the bars are. */
  readonly caption?: string;
  readonly bars?: readonly Bar[];
}

export function storyOf({ steps, improvement, places }: OpenedProtocol): readonly Station[] {
  const factOf = (title: string) => steps.find((step) => step.title === title)?.fact;
  return [
    { title: "Discover", fact: factOf("Discover"), note: factOf("Split"), ...discovered(improvement, places) },
    { title: "Verify", fact: factOf("Verify"), ...verified(improvement) },
    { title: "Repair", fact: factOf("Repair"), ...repaired(improvement) },
    { title: "Prove", fact: factOf("Prove"), ...proved(improvement) },
  ];
}

type Told = Omit<Station, "title" | "fact">;

/** Outlines that are shown at once. */
const mostPlaces = 3;

function discovered({ hypotheses }: ImprovementReport, places: OpenedProtocol["places"]): Told {
  const [first] = hypotheses;
  if (first === undefined) return { sentence: nothingFound };
  const sentence = `${asSentence(first.sentence)}`;
  return { sentence, places: hypotheses.flatMap(({ id }) => places.get(id) ?? []).slice(0, mostPlaces) };
}

/** The hypothesis that the story follows: the first that was verified, or else tested. */
function leading(hypotheses: readonly HypothesisReport[]): HypothesisReport | undefined {
  const tested = hypotheses.filter(({ verdict }) => verdict);
  return tested.find(({ verdict }) => verdict?.verified) ?? tested[0];
}

function verified({ hypotheses }: ImprovementReport): Told {
  const hypothesis = leading(hypotheses);
  const verdict = hypothesis?.verdict;
  if (hypothesis === undefined || verdict === undefined)
    return { sentence: "Exchanges what was found between images, and asks whether the answers follow it." };
  const { followed, elsewhere } = verdict;
  return {
    sentence: asSentence(`${verdict.reason}.`),
    caption: `Answers that become the donor’s class: ${hypothesis.id}`,
    bars: [
      { name: "exchanged", chosen: verdict.verified, ...followed },
      ...(elsewhere ? [{ name: "elsewhere", ...elsewhere }] : []),
    ],
  };
}

function repaired({ repair }: ImprovementReport): Told {
  if (repair === undefined) return { sentence: "Trains the model again so that what was verified tells nothing." };
  return {
    sentence: asSentence(repair.sentence),
    caption: "Worst group on validation images",
    bars: repair.candidates.map(({ name, worst, chosen }) => ({ name, value: worst.value, chosen })),
  };
}

function proved({ proof }: ImprovementReport): Told {
  if (proof === undefined)
    return { sentence: "Measures the repair and three controls on images that nothing has seen." };
  const [before, after, , ...controls] = proofBars(proof);
  return {
    sentence: asSentence(proof.sentence),
    caption: "Worst group on sealed images",
    bars: [before, after, ...controls].flatMap((bar) => (bar ? [withoutInterval(bar)] : [])),
  };
}

function withoutInterval({ name, value, chosen = false }: Bar): Bar {
  return { name, value, chosen };
}

/** Worst groups on the sealed images: before, after, the repair's mean over its trainings, and each control's. */
export function proofBars({ before, after, repaired: arm, controls }: ProofReport): readonly Bar[] {
  return [
    { name: "before", ...before.worst },
    { name: "after", chosen: true, ...after.worst },
    { name: "the repair", ...arm.worst },
    ...controls.map(({ name, worst }) => ({ name: controlTitles[name] ?? name, ...worst })),
  ];
}
