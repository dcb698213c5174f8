/** @file The words for an improvement that reports and the studio share. */

import { count, counted } from "../../foundation/words.js";
import type { HypothesisReport, ImprovementReport, ProofReport, RepairReport } from "../improvement-data.js";
import { percentage } from "../page/format.js";

export const titles = { repair: "What was verified and repaired", proof: "The proof on sealed images" } as const;

/** What each control is. */
export const controlTitles: Readonly<Record<string, string>> = {
  unchanged: "trained again unchanged",
  placebo: "with a placebo",
  erased: "taking as much away at random",
};

/** In the place of the picture of a hypothesis that has none. */
export const noPlace = "no place on the image";

/** Where there is no hypothesis. */
export const nothingFound = "Nothing was found that tells the classes besides the object.";

/** How to read hypotheses and verdicts. */
export function repairIntro({ subject }: ImprovementReport): string {
  return `Of ${subject}. A hypothesis comes from maps and probes of the training images. It is verified where answers follow the cue when it is exchanged between images of different classes, more often than when the same shape is exchanged elsewhere.`;
}

/** How to read the proof. */
export const proofIntro =
  "The sealed images were opened once, when all trainings were done. A repair counts where it beats three controls of the same budget: trained again unchanged, the same repair with a placebo, and taking as much away at random. Maps before and after are illustration, no proof.";

export function stateOf({ verdict }: HypothesisReport): string {
  return verdict === undefined ? "not tested" : verdict.verified ? "verified" : "not verified";
}

export function foundFact({ hypotheses }: ImprovementReport): string {
  return counted(hypotheses.length, "hypothesis", "hypotheses");
}

export function verifiedFact({ hypotheses }: ImprovementReport): string {
  return `${count(hypotheses.filter(({ verdict }) => verdict?.verified).length)} verified`;
}

/** The name of the chosen repair; undefined where none was. */
export function chosenRepair(repair: RepairReport | undefined): string | undefined {
  return repair?.candidates.find(({ chosen }) => chosen)?.name;
}

export function triedFact({ candidates }: RepairReport): string {
  return counted(candidates.length - 1, "candidate");
}

export function impossibleSentence({ name, reason }: RepairReport["impossible"][number]): string {
  return `${name} could not be tried: ${reason}`;
}

/** The worst group before and after. */
export function worstGroups({ before, after }: ProofReport, digits: number): string {
  return `${percentage(before.worst.value, digits)} → ${percentage(after.worst.value, digits)}`;
}

export function proofFact(proof: ProofReport): string {
  return `${proof.accepted ? "proved" : "not proved"}: worst group ${worstGroups(proof, 0)}`;
}

export function acceptance({ accepted }: ProofReport): string {
  return accepted ? "accepted" : "not accepted: no model is written";
}
