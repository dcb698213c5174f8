/** @file What a protocol of an improvement says, as the report shows it: hypotheses with pictures, verification, repairs and proof. */

import { cueFrom } from "../../data/cues/stored-cue.js";
import { present } from "../../foundation/present.js";
import type { Protocol } from "../../improve/protocol/protocol.js";
import { type Hypothesis, maskFile, proportion } from "../../improve/protocol/sections.js";
import { fields, listOf, number, orNull, share, text, truth, whole } from "../../improve/protocol/shape.js";
import type { HypothesisReport, ImprovementReport, ProofReport, RepairReport } from "../improvement-data.js";
import type { Picture } from "../report-data.js";
import { type Encode, overlaid } from "./draw.js";
import type { ReportImages } from "./report-images.js";
import type { ReportedModel } from "./study.js";

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

/**
 * @param model draws the pictures: how it sees images
 * @throws FoveaError `bad-input` for a repair or proof of another form
 */
export async function collectImprovement(
  protocol: Protocol,
  model: ReportedModel,
  images: ReportImages,
  encode: Encode,
): Promise<ImprovementReport> {
  const { subject, replaced, discovery, verification, repair, proof } = protocol;
  const hypotheses: HypothesisReport[] = [];
  for (const hypothesis of discovery?.hypotheses ?? []) {
    const verdict = verification?.verdicts.find(({ id }) => id === hypothesis.id);
    const picture = await pictureOf(hypothesis, model, images, encode);
    hypotheses.push({
      ...{ id: hypothesis.id, sentence: hypothesis.sentence, tells: hypothesis.tells, chance: hypothesis.chance },
      exchange: hypothesis.cue.kind === "tint" ? "tint" : maskFile(hypothesis),
      ...(verdict
        ? {
            verdict: {
              ...{ verified: verdict.verified, reason: verdict.reason, images: verdict.images },
              ...{ followed: verdict.followed, elsewhere: verdict.elsewhere, corrected: verdict.corrected },
            },
          }
        : {}),
      ...(picture ? { picture } : {}),
    });
  }
  return {
    subject,
    ...(replaced ? { replaced: replaced.sentence } : {}),
    hypotheses,
    ...(repair ? { repair: repairReport(repairShape(repair, "protocol.repair")) } : {}),
    ...(proof ? { proof: proofReport(proofShape(proof, "protocol.proof")) } : {}),
  };
}

function repairReport({ candidates, before, chosen, ...rest }: ReturnType<typeof repairShape>): RepairReport {
  const row = (name: string, sentence: string, { overall, worst }: ReturnType<typeof figures>) => ({
    ...{ name, sentence, overall, worst: worst.accuracy, chosen: name === chosen },
  });
  const rows = candidates.map((each) => row(each.name, each.sentence, each.figures));
  return { ...rest, candidates: [row("as it is", "the model, not trained again", before), ...rows] };
}

function proofReport({ before, after, repaired, controls, ...rest }: ReturnType<typeof proofShape>): ProofReport {
  return {
    ...rest,
    before: { overall: before.overall, worst: before.worst.accuracy },
    after: { overall: after.overall, worst: after.worst.accuracy },
    repaired,
    controls,
  };
}

/** The region of a hypothesis over an image of a class that it is about; undefined for a cue without a place. */
async function pictureOf(
  { cue, classes }: Hypothesis,
  { explainer: { model }, classes: reportClasses }: ReportedModel,
  images: ReportImages,
  encode: Encode,
): Promise<Picture | undefined> {
  const read = cueFrom(cue);
  if (read.kind !== "region") return undefined;
  const label = classes[0] === undefined ? undefined : (reportClasses?.[classes[0]] ?? classes[0]);
  const index = Math.max(0, Array.from(images.labels).indexOf(present(label ?? images.labels[0], "a class")));
  const sample = await images.read(model, index);
  const { width, height, places } = read.mask;
  return overlaid(sample, { width, height, values: Float32Array.from(places) }, 1, encode);
}
