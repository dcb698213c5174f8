/** @file The networks: each drawn as the tensors it makes, with a table of its layers. */

import { at } from "../../../../foundation/present.js";
import { count } from "../../../../foundation/words.js";
import type { LayerReport } from "../../../report-data.js";
import { coordinate as n } from "../../format.js";
import { type Html, html } from "../../html.js";
import { columns, type ReportSection, scrollable } from "../../parts.js";

/** The largest sizes among all networks of a report, so that drawings side by side share one scale. */
interface Extent {
  readonly side: number;
  readonly channels: number;
  readonly features: number;
}

/** A tensor as a box: a square of `side` with a depth of channels, or a bar of features. */
type Box = { readonly side: number; readonly channels: number } | { readonly features: number };

const height = 164;
const floor = 116;
const tallest = 84;
/** A longer table of layers is folded. */
const longTable = 30;
/** Least width of a group, so that the shapes written under neighbours don't touch. */
const pitch = 62;

export const networkSection: ReportSection = {
  id: "networks",
  title: ({ models }) => (models.length === 1 ? "The network" : "The networks"),
  render(data) {
    const boxes = data.models.flatMap(({ layers = [] }) => layers.map(({ shape }) => boxOf(shape)));
    if (boxes.length === 0) return undefined;
    const largest = (of: (box: Box) => number) => Math.max(1, ...boxes.map(of));
    const extent = {
      side: largest((box) => ("side" in box ? box.side : 0)),
      channels: largest((box) => ("side" in box ? box.channels : 0)),
      features: largest((box) => ("side" in box ? 0 : box.features)),
    };
    const explained = data.models.some(({ layers = [] }) => layers.some((layer) => layer.explained));
    return {
      intro: html`Each block is what a layer gives: its height and slant are the picture’s size, its thickness the number of channels; a plain bar is a list of numbers. The strongly coloured ones hold trained weights.${explained && " The ringed number is the layer whose maps this report shows."}`,
      body: columns(
        data,
        ({ name, layers }) => (layers ? network(name, layers, extent) : undefined),
        "Its layers were not recorded.",
      ),
    };
  },
};

function network(name: string, layers: readonly LayerReport[], extent: Extent): Html {
  const total = layers.reduce((sum, { parameters }) => sum + parameters, 0);
  const share = (parameters: number) => Math.round((1000 * parameters) / Math.max(1, total)) / 10;
  const rows = layers.map(
    ({ name, operator, shape, parameters, explained }, i) => html`<tr${explained && html` class="explained"`}>
<td class="number">${i + 1}</td><th scope="row">${name}${explained && html` <small>maps</small>`}</th><td>${operator}</td><td class="number">${shape.length > 0 ? shape.map(count).join(" × ") : "–"}</td>
<td class="number bar-cell">${parameters > 0 ? count(parameters) : "–"}<span class="bar" style="width:${share(parameters)}%"></span></td></tr>`,
  );
  const table = scrollable(
    `Layers of ${name}`,
    html`<table><caption>Layers of ${name}; the bars compare their parameters.</caption>
<thead><tr><th scope="col"><span class="hidden">Number</span></th><th scope="col">Layer</th><th scope="col">Operator</th><th scope="col" class="number">Output</th><th scope="col" class="number">Parameters</th></tr></thead>
<tbody>${rows}</tbody><tfoot><tr><td></td><th scope="row" colspan="3">All</th><td class="number">${count(total)}</td></tr></tfoot></table>`,
  );
  return html`${scrollable(`Drawing of ${name}`, networkFigure(name, layers, extent))}
${layers.length > longTable ? html`<details><summary>All ${count(layers.length)} layers</summary>${table}</details>` : table}`;
}

/** The layers from left to right. Light ones that keep the shape lie close to the one before them. */
export function networkFigure(name: string, layers: readonly LayerReport[], extent: Extent): Html {
  const groups: { readonly first: number; readonly layers: LayerReport[] }[] = [];
  for (const [i, layer] of layers.entries()) {
    const before = layers[i - 1];
    const close = before && light(layer) && String(before.shape) === String(layer.shape);
    if (close) groups.at(-1)?.layers.push(layer);
    else groups.push({ first: i, layers: [layer] });
  }
  let x = 6;
  // Everything is put on the page from right to left, since a block's slant reaches behind its right neighbour.
  const stacks = groups.map(({ first, layers: members }) => {
    const boxes = members.map(({ shape }, i) => boxSize(boxOf(shape), extent, i > 0));
    const wide = boxes.reduce((sum, { wide }) => sum + wide + 2, 0) + Math.max(...boxes.map(({ slant }) => slant));
    const room = Math.max(pitch, wide + 14);
    let left = x + (room - wide) / 2;
    const blocks = members.map((layer, i) => {
      const size = at(boxes, i);
      const drawing = block(left, size, layer, first + i + 1);
      left += size.wide + 2;
      return drawing;
    });
    const label = members.length > 1 ? `${first + 1}–${first + members.length}` : String(first + 1);
    const explained = members.some((layer) => layer.explained);
    const middle = n(x + room / 2);
    x += room;
    return html`<g${explained && html` class="explained"`}>${blocks.reverse()}
${explained && html`<rect class="ring" x="${n(middle - 19)}" y="${floor + 7}" width="38" height="18" rx="9"/>`}
<text x="${middle}" y="${floor + 20}">${label}</text><text class="shape" x="${middle}" y="${floor + 38}">${sizes(members[0])}</text></g>`;
  });
  const weights = layers.filter(({ parameters }) => parameters > 0).length;
  const description = `${name}: ${layers.length} layers, ${weights} with weights, from ${sizes(layers[0])} to ${sizes(layers.at(-1))}; the table below lists them.`;
  const width = Math.ceil(x + 6);
  return html`<svg class="network" viewBox="0 0 ${width} ${height}" style="width:${width}px;min-width:${Math.round(width * 0.75)}px" role="img" aria-label="${description}">${stacks.reverse()}</svg>`;
}

/** `16×28×28`, or `?` where it is not known. */
function sizes(layer: LayerReport | undefined): string {
  return layer?.shape.join("×") || "?";
}

/** True for layers that only rescale: at most a normalisation's four numbers a channel. */
function light({ shape, parameters }: LayerReport): boolean {
  const { channels, features } = { channels: 0, features: 0, ...boxOf(shape) };
  return parameters <= 4 * Math.max(channels, features);
}

interface BoxSize {
  readonly wide: number;
  readonly tall: number;
  readonly slant: number;
}

/** Square roots and logarithms, since sizes run from 1 to hundreds and shall all be seen. */
function boxSize(box: Box, extent: Extent, thin: boolean): BoxSize {
  const logShare = (value: number, most: number) => Math.log2(1 + value) / Math.log2(1 + most);
  if ("features" in box)
    return { wide: thin ? 4 : 9, tall: 10 + tallest * logShare(box.features, extent.features), slant: 0 };
  const side = Math.sqrt(box.side / extent.side);
  return {
    wide: thin ? 4 : 5 + 23 * logShare(box.channels, extent.channels),
    tall: 6 + tallest * side,
    slant: 26 * side,
  };
}

function boxOf(shape: readonly number[]): Box {
  if (shape.length < 2) return { features: shape[0] ?? 1 };
  // Two sizes are tokens with their features: a picture folded up.
  const [channels, area] =
    shape.length === 2 ? [shape[1], shape[0]] : [shape[0], shape.slice(1).reduce((a, b) => a * b, 1)];
  return { side: Math.sqrt(area ?? 1), channels: channels ?? 1 };
}

function block(x: number, { wide, tall, slant }: BoxSize, layer: LayerReport, number: number): Html {
  const [left, right, top] = [n(x), n(x + wide), n(floor - tall)];
  const [across, up] = [n(slant), n(slant * 0.8)];
  const kind = layer.parameters > 0 ? "weights" : "plain";
  const words = `${number}. ${layer.name}: ${layer.operator}, ${sizes(layer)}, ${count(layer.parameters)} parameters`;
  const faces =
    slant > 0 &&
    html`<path class="top" d="M${left} ${top}l${across} -${up}h${n(wide)}l-${across} ${up}z"/><path class="side" d="M${right} ${top}l${across} -${up}V${n(floor - up)}L${right} ${floor}z"/>`;
  return html`<g class="block ${kind}"><title>${words}</title>${faces}<rect class="front" x="${left}" y="${top}" width="${n(wide)}" height="${n(tall)}"/></g>`;
}
