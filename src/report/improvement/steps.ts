/** @file The five steps of `fovea improve`, with what each decided. */

import { count } from "../../foundation/words.js";
import type { Protocol } from "../../improve/protocol/parse-protocol.js";
import type { SplitSection } from "../../improve/protocol/sections.js";
import type { ImprovementReport } from "../improvement-data.js";
import { chosenRepair, foundFact, proofFact, verifiedFact } from "./words.js";

export interface ImprovementStep {
  readonly title: string;
  /** In a few words; undefined for a step that was not taken. */
  readonly fact: string | undefined;
}

/** The steps in their order. @param improvement of the same protocol */
export function improvementSteps(
  { split, discovery, verification }: Protocol,
  improvement: ImprovementReport,
): readonly ImprovementStep[] {
  const { repair, proof } = improvement;
  return [
    { title: "Split", fact: split && splitFact(split) },
    { title: "Discover", fact: discovery && foundFact(improvement) },
    { title: "Verify", fact: verification && verifiedFact(improvement) },
    { title: "Repair", fact: repair && (chosenRepair(repair) ?? "none chosen") },
    { title: "Prove", fact: proof && proofFact(proof) },
  ];
}

function splitFact({ train, validation, sealed, opened }: SplitSection): string {
  const state = opened === null ? "still sealed" : "sealed until the proof";
  return `${count(train)} to learn from, ${count(validation)} to choose by, ${count(sealed)} ${state}`;
}
