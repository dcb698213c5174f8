/** @file The section on where the evidence lies: at the border, in the corners, on the object, next to a uniform map; and the effect of exchanging it. */

import type { Proportion } from "../../../../evaluate/statistics/proportion.js";
import { counted } from "../../../../foundation/words.js";
import type {
  AstrayImage,
  BiasReport,
  ExchangeReport,
  RegionShare,
  RegionsReport,
  ReportData,
} from "../../../report-data.js";
import { exchangeVerdict } from "../../findings/bias-findings.js";
import { percentage, probability, pValue } from "../../format.js";
import { type Html, html } from "../../html.js";
import {
  className,
  colourBar,
  columns,
  imageName,
  imageWord,
  picture,
  type ReportSection,
  scrollable,
} from "../../parts.js";

/** How many rows are open to the eye; the others unfold. */
const open = 13;

export const biasSection: ReportSection = {
  id: "bias",
  title: "Where the evidence lies",
  render(data) {
    if (!data.models.some(({ bias }) => bias)) return undefined;
    const boxes = data.models.some(({ bias }) => bias?.regions[0]?.object);
    return {
      intro: html`A model can be right for the wrong reason: a caption in a corner, the ground at the border. The shares are of the maps of correctly classified ${imageWord(data.data)}s, over the whole image${boxes && ", with the objects’ boxes"}; the light band is the 95\u202f% interval over images, the mark is what a uniform map would have, one that is the same wherever the network looked.`,
      body: columns(
        data,
        ({ name, bias }) => bias && report(data, name, bias),
        "No correctly classified image has a map with evidence.",
      ),
    };
  },
};

function report(data: ReportData, name: string, { regions, astray, exchange }: BiasReport): Html {
  const boxed = regions.some(({ object }) => object);
  const heads = [...(boxed ? ["On the object"] : []), "At the border", "In the corners"];
  const scaleOf = (kind: "object" | "border" | "corners") => {
    const shares = regions.flatMap((region) => region[kind] ?? []);
    return Math.min(1, 1.1 * Math.max(0.01, ...shares.map(({ share, even }) => Math.max(share.value, even))));
  };
  const scales = { object: scaleOf("object"), border: scaleOf("border"), corners: scaleOf("corners") };
  const row = (region: RegionsReport) =>
    html`<tr><th scope="row">${region.label === undefined ? "All" : className(data, region.label)}<small>${counted(region.border.count, "image")}</small></th>${boxed && shareCell(region.object, scales.object)}${shareCell(region.border, scales.border)}${shareCell(region.corners, scales.corners)}</tr>`;
  const table = (caption: string, rows: readonly RegionsReport[]) =>
    scrollable(
      `Where the evidence of ${name} lies: ${caption}`,
      html`<table class="shares"><caption>${caption}</caption>
<thead><tr><th scope="col">Class</th>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows.map(row)}</tbody></table>`,
    );
  const rest = regions.slice(open);
  const caption =
    "Share of the evidence, by class. The border is the outer tenth of each side, a corner a fifth of both. The bars of a column share one scale.";
  return html`${table(caption, regions.slice(0, open))}
${rest.length > 0 && html`<details><summary>${counted(rest.length, "more class", "more classes")}</summary>${table("The other classes", rest)}</details>`}
${exchange && exchange.count > 0 && exchangeTable(name, exchange)}
${astrayImages(data, astray)}`;
}

function shareCell(region: RegionShare | undefined, scale: number): Html {
  if (region === undefined) return html`<td>–</td>`;
  return html`<td>${percentage(region.share.value, 0)}${track(region.share, scale, region.even)}<small>uniform ${percentage(region.even, 0)}</small></td>`;
}

/** A share from 0 to `scale` as a bar, its interval as a band, and a mark. */
function track({ value, low, high }: Proportion, scale: number, mark?: number): Html {
  const at = (share: number) => `${Math.round(1000 * Math.min(1, share / scale)) / 10}%`;
  return html`<span class="track"><span class="fill" style="width:${at(value)}"></span><span class="reach" style="left:${at(low)};width:${at(Math.min(scale, high) - low)}"></span>${mark !== undefined && html`<span class="mark" style="left:${at(mark)}"></span>`}</span>`;
}

function exchangeTable(name: string, exchange: ExchangeReport): Html {
  const { count: images, part, donors, hottest, elsewhere, pValue: p } = exchange;
  const row = (what: string, { value, low, high }: Proportion) =>
    html`<tr><th scope="row">${what}</th><td>${percentage(value)}${track({ value, low, high }, 1)}<small>${percentage(low, 0)} to ${percentage(high, 0)}</small></td></tr>`;
  return html`${scrollable(
    `What exchange changes for ${name}`,
    html`<table class="shares narrow"><caption>Predictions that change when ${percentage(part, 0)} of the image is exchanged for what images of other classes have there: ${counted(images, "image")} with a map, ${counted(donors, "donor")} each, 95\u202f% intervals over images.</caption>
<tbody>${row("Where the map is hottest", hottest)}${row("Elsewhere, in the same shape", elsewhere)}</tbody></table>`,
  )}
<p class="quiet">${exchangeVerdict(exchange)} (${pValue(p)}, sign-flip test image by image).</p>`;
}

function astrayImages(data: ReportData, { region, images }: BiasReport["astray"]): Html {
  const object = region === "object";
  if (images.length === 0) {
    return html`<p class="quiet">${object ? "On no image does less of the evidence lie on the object than off it." : "On no image does the border hold much more of the evidence than a uniform map has there."}</p>`;
  }
  const title = object ? "Right, with the evidence off the object" : "Right, with the evidence at the border";
  return html`<h4 class="list-title">${title} <small>the farthest off first</small></h4>
<div class="gallery photos">${images.map((image) => astrayImage(data, image, object))}</div>
${data.maps && html`<div class="own-scale">${colourBar(data.maps.colours, "map value", ["0", "its largest value"])}</div>`}`;
}

function astrayImage(data: ReportData, image: AstrayImage, object: boolean): Html {
  const { label, confidence, share, even, boxes = [] } = image;
  const at = (part: number) => `${Math.round(1000 * part) / 10}%`;
  const outlines = boxes.map(
    ({ x, y, width, height }) =>
      html`<span class="box" style="left:${at(x)};top:${at(y)};width:${at(width)};height:${at(height)}"></span>`,
  );
  const name = className(data, label);
  return html`<figure class="shot"><div class="boxed">${picture(image.picture, `Map for ${name} over ${imageName(image)}`)}${outlines}</div><figcaption><b>${name}</b>, ${probability(confidence)}: ${percentage(share, 0)} ${object ? "on the object" : "at the border"}, uniform ${percentage(even, 0)} <small>${imageName(image)}</small></figcaption></figure>`;
}
