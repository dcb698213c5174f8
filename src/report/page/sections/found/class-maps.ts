/** @file Where each model looks, class by class: mean maps over the images it classifies rightly. */

import { counted } from "../../../../foundation/words.js";
import type { MeanMapReport, ReportData } from "../../../report-data.js";
import { significant } from "../../format.js";
import { type Html, html } from "../../html.js";
import { captioned, className, colourBar, columns, imageWord, mapValues, type ReportSection } from "../../parts.js";

export const classMapsSection: ReportSection = {
  id: "class-maps",
  title: "Where it looks, class by class",
  render(data) {
    if (!data.maps || !data.models.some(({ meanMaps = [] }) => meanMaps.length > 0)) return undefined;
    return {
      intro: `The mean ${data.maps.method} map of each class over its correctly classified ${imageWord(data.data)}s: what the network counts as evidence when all goes well.`,
      body: columns(
        data,
        ({ meanMaps = [] }) => (meanMaps.length > 0 ? maps(data, meanMaps) : undefined),
        "No mean maps were made.",
      ),
    };
  },
};

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
