/** @file Pieces that several sections of the report share. */

import type { Evaluation } from "../../evaluate/classifier/evaluate-classifier.js";
import { count } from "../../foundation/words.js";
import type { ColourScale, DataReport, ErrorReport, ModelReport, Picture, ReportData } from "../report-data.js";
import { significant } from "./format.js";
import { type Fragment, type Html, html } from "./html.js";

/** One section of the page. Adding one: a file, a line in `sections/index.ts`, and a test. */
export interface ReportSection {
  /** Its address on the page. */
  readonly id: string;
  readonly title: string | ((data: ReportData) => string);
  /** Undefined where the data has nothing to show. */
  readonly render: (data: ReportData) => SectionContent | undefined;
}

export interface SectionContent {
  /** How to read it, in a sentence or two. */
  readonly intro?: Fragment;
  readonly body: Html;
}

/** Below this width a picture is enlarged pixel by pixel; above it, smoothly. */
const smallPicture = 64;

/** Whether a picture has details to look at. */
export function isPhoto({ width }: Pick<Picture, "width">): boolean {
  return width >= smallPicture;
}

export function picture({ src, width, height }: Picture, alt: string): Html {
  const kind = isPhoto({ width }) ? "photo" : "pixels";
  return html`<img class="${kind}" src="${src}" width="${width}" height="${height}" alt="${alt}">`;
}

/** Facts, each beside its name. */
export function factList(rows: readonly (readonly [name: string, fact: Fragment])[]): Html {
  return html`<dl class="facts wide">${rows.map(([name, fact]) => html`<div><dt>${name}</dt><dd>${fact}</dd></div>`)}</dl>`;
}

/** Sentences, one below the other. */
export function sentenceList(sentences: readonly Fragment[]): Html {
  return html`<ul class="summary">${sentences.map((each) => html`<li>${each}</li>`)}</ul>`;
}

/** A picture with words under it. */
export function captioned(image: Picture, alt: string, caption: Fragment): Html {
  return html`<figure class="shot">${picture(image, alt)}<figcaption>${caption}</figcaption></figure>`;
}

/** The number of a model's colour; grey is for the one that others are measured by. */
export function modelColour({ models }: Pick<ReportData, "models">, index: number): number {
  return models.length === 1 ? 1 : index % 4;
}

/** A column for each model, under its name. A model for which `render` gives nothing says so. */
export function columns(
  { models }: ReportData,
  render: (model: ModelReport, index: number) => Html | undefined,
  missing: string,
): Html {
  const column = (
    model: ModelReport,
    index: number,
  ) => html`<div class="column" style="--model:var(--model-${modelColour({ models }, index)})">
<h3 class="model">${model.name}</h3>
${render(model, index) ?? html`<p class="quiet">${missing}</p>`}
</div>`;
  return html`<div class="columns${models.length === 1 ? " single" : ""}">${models.map(column)}</div>`;
}

/** A part that scrolls sideways where the page is too narrow for it, by keyboard too. */
export function scrollable(label: string, content: Fragment): Html {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${content}</div>`;
}

/** The colours of a scale with the values at its ends, and in the middle where the scale has two sides. */
export function colourBar({ stops }: ColourScale, label: string, values: readonly string[]): Html {
  const ticks = values.map((value) => html`<span>${value}</span>`);
  return html`<div class="colour-bar"><span class="colour-name">${label}</span>
<span class="colours" style="background:linear-gradient(90deg,${stops.map(hexadecimal).join(",")})"></span><span class="ticks">${ticks}</span></div>`;
}

/** `rgb(33, 12, 74)` in half as many characters: every card has colours. */
function hexadecimal(colour: string): string {
  if (colour.startsWith("#")) return colour;
  return `#${(colour.match(/\d+/g) ?? []).map((value) => Number(value).toString(16).padStart(2, "0")).join("")}`;
}

/** The values under a bar from 0 to `scale`. */
export function mapValues(scale: number): string[] {
  return ["0", significant(scale)];
}

/** The values under a bar from -`scale` to `scale`. */
export function differenceValues(scale: number): string[] {
  return [significant(-scale), "0", significant(scale)];
}

/** Address of the card that shows an error in full. */
export function errorId(model: number, index: number): string {
  return `error-${model}-${index}`;
}

/** Address of the images of one cell of a confusion matrix. */
export function confusionId(model: number, label: number, predicted: number): string {
  return `confused-${model}-${label}-${predicted}`;
}

/** The pairs of classes that were confused, the most frequent first. */
export function confusedPairs({ confusion }: Evaluation): { label: number; predicted: number; count: number }[] {
  const pairs = confusion.flatMap((row, label) => row.map((count, predicted) => ({ label, predicted, count })));
  return pairs
    .filter(({ label, predicted, count }) => label !== predicted && count > 0)
    .sort((a, b) => b.count - a.count);
}

/** The name of an image in running text: its file, or its number. */
export function imageName({ index, name }: { readonly index: number; readonly name?: string }): string {
  return name ?? `image ${count(index)}`;
}

/** The word for an image that the models are measured on: `test image`. */
export function imageWord({ part = "test" }: DataReport): string {
  return { test: "test image", train: "training image", validation: "validation image", all: "image" }[part];
}

export function className({ data }: ReportData, index: number): string {
  return data.classes[index] ?? String(index);
}

/** The errors of a model that may be errors of the data, the most confident first. */
export function doubtfulErrors({ errors = [] }: ModelReport): ErrorReport[] {
  return errors.filter((error) => error.doubtful);
}
