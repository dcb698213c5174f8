/** @file Labels that may be wrong: the model contradicts them with confidence, steadily, and with its evidence on the object. */

import { count } from "../../../../foundation/words.js";
import type { ErrorReport, ReportData } from "../../../report-data.js";
import { probability } from "../../format.js";
import { type Html, html } from "../../html.js";
import { captioned, className, columns, doubtfulErrors, errorId, imageName, type ReportSection } from "../../parts.js";

/** Shown for a model. */
const mostShown = 12;

export const labelsSection: ReportSection = {
  id: "labels",
  title: "Labels to look at again",
  render(data) {
    if (!data.models.some((model) => doubtfulErrors(model).length > 0)) return undefined;
    const boxed = data.models.some(({ errors = [] }) => errors.some(({ onObject }) => onObject));
    return {
      intro: `As sure of another class as the model usually is of that class’s own images, with nine in ten of its answers right where it is as sure, and of the same opinion on every slightly changed version of the image${boxed ? "; where the object’s box is known, more of its evidence lies there than a uniform map’s would" : ""} (after Northcutt et al., Confident Learning, 2021). Either the label is wrong, or the model is badly mistaken: both are worth a look.`,
      body: columns(
        data,
        (model, index) => {
          const doubtful = doubtfulErrors(model);
          const rest = doubtful.length - mostShown;
          return doubtful.length > 0
            ? html`<div class="gallery photos">${doubtful.slice(0, mostShown).map((error) => one(data, index, error))}</div>${rest > 0 && html`<p class="quiet">And ${count(rest)} less certain ones among the errors.</p>`}`
            : undefined;
        },
        "There is no such label.",
      ),
    };
  },
};

function one(data: ReportData, model: number, error: ErrorReport): Html {
  const [label, prediction] = [className(data, error.label), className(data, error.predicted)];
  const words = html`labelled <b>${label}</b>; it says <b>${prediction}</b>, ${probability(error.confidence)} <small><a href="#${errorId(model, error.index)}">${imageName(error)}</a></small>`;
  return captioned(error.thumbnail ?? error.image, `${imageName(error)}, labelled ${label}`, words);
}
