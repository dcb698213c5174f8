/** @file What a protocol of an improvement says, with pictures of the places of its hypotheses. */

import { cueFrom } from "../../data/cues/stored-cue.js";
import { at, present } from "../../foundation/present.js";
import type { Protocol } from "../../improve/protocol/parse-protocol.js";
import type { Hypothesis } from "../../improve/protocol/sections.js";
import { improvementOf } from "../improvement/of-protocol.js";
import type { HypothesisReport, ImprovementReport } from "../improvement-data.js";
import type { Picture } from "../report-data.js";
import { type Encode, overlaid } from "./draw.js";
import type { ReportImages } from "./report-images.js";
import type { ReportedModel } from "./study.js";

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
  const improvement = improvementOf(protocol);
  const hypotheses: HypothesisReport[] = [];
  for (const [i, hypothesis] of (protocol.discovery?.hypotheses ?? []).entries()) {
    const picture = await pictureOf(hypothesis, model, images, encode);
    hypotheses.push({ ...at(improvement.hypotheses, i), ...(picture ? { picture } : {}) });
  }
  return { ...improvement, hypotheses };
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
