/** @file What discovery and verification found, as text. */

import { counted, list, percent } from "../../foundation/words.js";
import type { DiscoverySection, MapCluster, VerificationSection } from "../../improve/protocol/sections.js";
import { table } from "../terminal/table.js";

/** Clusters that are shown, those whose maps are the most concentrated. */
const shown = 8;

/** The clusters, and the hypotheses with what tells them. */
export function discoveryLines({ method, layer, images, notes, clusters, hypotheses }: DiscoverySection): string[] {
  const ranked = [...clusters].sort((a, b) => b.concentration - a.concentration).slice(0, shown);
  return [
    `${method} maps of the true class of ${counted(images, "training image")}, layer ${layer}`,
    ...notes.map((each) => `note: ${each}`),
    "",
    `images that the model treats alike: ${counted(clusters.length, "cluster")}, those whose maps lie closest together`,
    ...table(
      ["class", "alike in", "images", "of class", "errors", "area", "times denser", "off object"],
      ranked.map(clusterRow),
    ),
    "",
    hypotheses.length > 0
      ? "what the model may go by, the likeliest first; nothing of it is verified yet"
      : "no hypothesis",
    ...hypotheses.map(({ id, sentence }) => `  ${id}: ${sentence}`),
  ];
}

function clusterRow({ label, by, images, share, errorRate, area, concentration, offObject }: MapCluster) {
  return [
    label,
    by,
    images,
    percent(share, 0),
    percent(errorRate, 0),
    percent(area, 0),
    concentration.toFixed(1),
    offObject === null ? "no boxes" : percent(offObject, 0),
  ];
}

/** The table of interventions, and a sentence for each hypothesis. */
export function verificationLines({ hypotheses }: DiscoverySection, { verdicts }: VerificationSection): string[] {
  if (verdicts.length === 0) return ["", "no hypothesis to verify"];
  const rows = verdicts.map((each) => [
    each.id,
    percent(each.followed.value, 1),
    percent(each.despite.value, 1),
    each.elsewhere === null ? "" : percent(each.elsewhere.value, 1),
    percent(each.within.value, 1),
    each.rest === null ? "" : percent(each.rest.value, 1),
    each.corrected.toPrecision(2),
    each.verified ? "verified" : "not verified",
  ]);
  const first = verdicts[0];
  const sentenceOf = (id: string) => hypotheses.find((each) => each.id === id)?.sentence ?? id;
  const verified = verdicts.filter((each) => each.verified);
  return [
    "",
    `exchanged between ${counted(first?.images ?? 0, "validation image")}, ${counted(first?.donors ?? 0, "donor")} of other classes each`,
    ...table(["cue", "follow it", "rest disagrees", "elsewhere", "same class", "rest alone", "p (Holm)", ""], rows),
    ...verdicts.map(({ id, reason }) => `  ${id}: ${reason}`),
    "",
    ...(verified.length > 0
      ? [`verified: ${list(verified.map(({ id }) => id))}`, ...verified.map(({ id }) => `  ${sentenceOf(id)}`)]
      : []),
  ];
}
