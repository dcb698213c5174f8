/** @file The station of proof: the repair beside its controls, on images that nothing has seen. */

import { count, counted } from "../../../../foundation/words.js";
import type { ProofArm, ProofReport } from "../../../improvement-data.js";
import { asSentence, fixed, percentage, pValue } from "../../format.js";
import { type Html, html } from "../../html.js";
import { type ReportSection, scrollable } from "../../parts.js";

export const proofSection: ReportSection = {
  id: "proof",
  title: "The proof on sealed images",
  render({ improvement }) {
    const proof = improvement?.proof;
    if (proof === undefined) return undefined;
    return {
      intro:
        "The sealed images were opened once, when all trainings were done. A repair counts where it beats three controls of the same budget: trained again unchanged, the same repair with a placebo, and taking as much away at random. Maps before and after are illustration, no proof.",
      body: html`<p class="headline"><b>${percentage(proof.before.worst.value, 1)} → ${percentage(proof.after.worst.value, 1)}</b> worst group <small>${proof.accepted ? "accepted" : "not accepted: no model is written"}</small></p><p>${asSentence(proof.sentence)}</p>${table(proof)}`,
    };
  },
};

/** What each control is, in the words of the page. */
const controlTitles: Readonly<Record<string, string>> = {
  unchanged: "trained again unchanged",
  placebo: "with a placebo",
  erased: "taking as much away at random",
};

function table({ images, test, seeds, repaired, controls }: ProofReport): Html {
  const rows = controls.map(({ name, gain, corrected, beaten, ...arm }) =>
    row(controlTitles[name] ?? name, arm, [
      `${fixed(100 * gain, 1)} points`,
      pValue(corrected),
      beaten ? "beaten" : "not beaten",
    ]),
  );
  return scrollable(
    "The repair beside its controls",
    html`<table><caption>Means over ${counted(seeds.length, "training")} each, on ${count(images)} sealed images: ${test}. 95\u202f% intervals over trainings. Gain: how much more often the repair is right where cues are exchanged, and on all images where none is; p by the sign-flip test, corrected for the controls (Holm).</caption>
<thead><tr><th scope="col">Training</th><th scope="col" class="number">Worst group</th><th scope="col" class="number">Mean</th><th scope="col" class="number">Gain</th><th scope="col" class="number">p</th><th scope="col">Control</th></tr></thead><tbody>${row("the repair", repaired, ["–", "–", "–"])}${rows}</tbody></table>`,
  );
}

function row(title: string, { worst, overall }: ProofArm, [gain, p, verdict]: readonly [string, string, string]): Html {
  const range = `${percentage(worst.low, 0)} to ${percentage(worst.high, 0)}`;
  return html`<tr><th scope="row">${title}</th><td class="number">${percentage(worst.value)}<br><span class="quiet">${range}</span></td><td class="number">${percentage(overall.value)}</td><td class="number">${gain}</td><td class="number">${p}</td><td>${verdict}</td></tr>`;
}
