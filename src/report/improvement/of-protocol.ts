/** @file What a protocol of an improvement says, in the form that reports and the studio show: all but pictures. */

import { maskFile } from "../../improve/protocol/mask-file.js";
import type { Protocol } from "../../improve/protocol/parse-protocol.js";
import type { Hypothesis, Verdict } from "../../improve/protocol/sections.js";
import { fields, listOf, number, orNull, proportion, share, text, truth, whole } from "../../improve/protocol/shape.js";
import type { HypothesisReport, ImprovementReport, ProofReport, RepairReport } from "../improvement-data.js";

/** Of a balanced test: images as they are, and those with another class's cues. */
const figures = fields({
  own: proportion,
  exchanged: proportion,
  overall: share,
  worst: fields({ accuracy: proportion }),
});
const arm = { overall: proportion, worst: proportion };

/** What the report reads of the section `repair`. */
const repairShape = fields({
  budget: text,
  before: figures,
  candidates: listOf(fields({ name: text, sentence: text, figures })),
  impossible: listOf(fields({ name: text, reason: text })),
  counterexamples: listOf(whole),
  chosen: orNull(text),
  sentence: text,
});

/** What the report reads of the section `proof`. */
const proofShape = fields({
  images: whole,
  test: text,
  seeds: listOf(number),
  before: figures,
  after: figures,
  repaired: fields(arm),
  controls: listOf(fields({ name: text, ...arm, gain: number, corrected: share, beaten: truth })),
  accepted: truth,
  sentence: text,
});

/** @throws FoveaError `bad-input` for a repair or proof of another form */
export function improvementOf({
  subject,
  replaced,
  discovery,
  verification,
  repair,
  proof,
}: Protocol): ImprovementReport {
  const verdictOn = (id: string) => verification?.verdicts.find((verdict) => verdict.id === id);
  return {
    subject,
    ...(replaced ? { replaced: replaced.sentence } : {}),
    hypotheses: discovery?.hypotheses.map((each) => hypothesisReport(each, verdictOn(each.id))) ?? [],
    ...(repair ? { repair: repairReport(repairShape(repair, "protocol.repair")) } : {}),
    ...(proof ? { proof: proofReport(proofShape(proof, "protocol.proof")) } : {}),
  };
}

function hypothesisReport(hypothesis: Hypothesis, verdict: Verdict | undefined): HypothesisReport {
  const { id, sentence, tells, chance, cue } = hypothesis;
  const report = { id, sentence, tells, chance, exchange: cue.kind === "tint" ? "tint" : maskFile(hypothesis) };
  if (verdict === undefined) return report;
  const { verified, reason, images, followed, elsewhere, corrected } = verdict;
  return { ...report, verdict: { verified, reason, images, followed, elsewhere, corrected } };
}

function repairReport({ candidates, before, chosen, ...rest }: ReturnType<typeof repairShape>): RepairReport {
  const asItIs = { name: "as it is", sentence: "the model, not trained again", figures: before };
  const rows = [asItIs, ...candidates].map(({ name, sentence, figures: those }) => ({
    name,
    sentence,
    ...worstAndMean(those),
    chosen: name === chosen,
  }));
  return { ...rest, candidates: rows };
}

function proofReport({ before, after, ...rest }: ReturnType<typeof proofShape>): ProofReport {
  return { ...rest, before: worstAndMean(before), after: worstAndMean(after) };
}

function worstAndMean({ overall, worst }: ReturnType<typeof figures>) {
  return { overall, worst: worst.accuracy };
}
