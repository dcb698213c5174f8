/** @file The section on where each model looks, class by class: mean maps over the images it classifies rightly. */

import { counted } from "../../../../foundation/words.js";
import type { AgreementReport, MeanMapReport, ReportData } from "../../../report-data.js";
import { fixed, percentage, significant } from "../../format.js";
import { type Html, html } from "../../html.js";
import { captioned, className, colourBar, columns, imageWord, mapValues, type ReportSection } from "../../parts.js";

export const classMapsSection: ReportSection = {
  id: "class-maps",
  title: "Where it looks, class by class",
  render(data) {
    if (!data.maps || !data.models.some(({ meanMaps = [] }) => meanMaps.length > 0)) return undefined;
    return {
      intro: `The mean ${methodsOf(data)} map of each class over its correctly classified ${imageWord(data.data)}s: what the network counts as evidence when all goes well.`,
      body: columns(
        data,
        ({ meanMaps = [], agreement }) =>
          meanMaps.length > 0 ? html`${maps(data, meanMaps)}${agreement && agreementNote(agreement)}` : undefined,
        "No mean maps were made.",
      ),
    };
  },
};

/** The methods of the mean maps, in the order of the models. */
function methodsOf({ maps, models }: ReportData): string {
  return [...new Set(models.map(({ agreement }) => agreement?.acting ?? maps?.method ?? ""))].join(" or ");
}

function agreementNote({ method, acting, measured }: AgreementReport): Html {
  const which = `These maps, the shares of evidence, the groups of errors and what is exchanged are ${acting}’s, which follows what the model loses when a place is taken away.`;
  if (measured === undefined) return html`<p class="notes">${which}</p>`;
  const { count, correlation, misplaced } = measured;
  return html`<p class="notes">${which} ${method}, drawn for single images, averages over places, which is exact only before a global average: over ${counted(count, "image")} its evidence correlates with ${acting}’s by ${fixed(correlation, 2)} on average, and ${percentage(misplaced, 0)} of it lies on places that do not speak for the class.</p>`;
}

function maps(data: ReportData, meanMaps: readonly MeanMapReport[]): Html {
  const scales = new Set(meanMaps.map(({ scale }) => scale));
  const oneScale = scales.size === 1;
  const shots = meanMaps.map(({ label, count, picture, scale }) => {
    const name = className(data, label);
    return captioned(
      picture,
      `Mean map for ${name} over ${counted(count, "image")}`,
      html`<b>${name}</b> <small>${counted(count, "image")}</small>${!oneScale && html`<small>0 to ${significant(scale)}</small>`}`,
    );
  });
  const values = oneScale ? mapValues(meanMaps[0]?.scale ?? 0) : ["0", "as stated"];
  return html`<div class="gallery${meanMaps.length <= 6 && " photos"}">${shots}</div><div class="colour-bars">${data.maps && colourBar(data.maps.colours, "mean map value", values)}</div>`;
}
