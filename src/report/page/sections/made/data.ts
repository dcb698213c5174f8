/** @file The data: its source, size and looks. */

import { count, list } from "../../../../foundation/words.js";
import { html } from "../../html.js";
import { className, factList, picture, type ReportSection } from "../../parts.js";

export const dataSection: ReportSection = {
  id: "data",
  title: "The data",
  render(report) {
    const { name, source, classes, counts, image, samples = [] } = report.data;
    const parts: [number | undefined, string][] = [
      [counts.train, "for training"],
      [counts.validation, "for validation"],
      [counts.test, "for testing"],
    ];
    const split = parts.flatMap(([images, purpose]) => (images === undefined ? [] : [`${count(images)} ${purpose}`]));
    const facts: [string, string][] = [
      ["Dataset", name],
      ["Source", source],
      ["Images", image],
      ["Classes", count(classes.length)],
      ["Split", list(split)],
    ];
    const strips = samples.map(({ label, pictures }) => {
      const title = className(report, label);
      const shots = pictures.map((shot, i) => picture(shot, `Sample ${i + 1} of class ${title}`));
      return html`<li><b>${title}</b><div class="strip" style="--across:${Math.min(8, pictures.length)}">${shots}</div></li>`;
    });
    return {
      body: html`${factList(facts)}${strips.length > 0 && html`<ul class="samples">${strips}</ul>`}`,
    };
  },
};
