/** @file The station of proof: the repair beside its controls, on images that nothing has seen. */

import { proofTable } from "../../../improvement/tables.js";
import { acceptance, proofIntro, titles, worstGroups } from "../../../improvement/words.js";
import { drawTable } from "../../draw-table.js";
import { asSentence } from "../../format.js";
import { html } from "../../html.js";
import type { ReportSection } from "../../parts.js";

export const proofSection: ReportSection = {
  id: "proof",
  title: titles.proof,
  render({ improvement }) {
    const proof = improvement?.proof;
    if (proof === undefined) return undefined;
    return {
      intro: proofIntro,
      body: html`<p class="headline"><b>${worstGroups(proof, 1)}</b> worst group <small>${acceptance(proof)}</small></p><p>${asSentence(proof.sentence)}</p>${drawTable(proofTable(proof))}`,
    };
  },
};
