/** @file The figure of what a network knows about each place: the picture, the colours of three components, and each of these alone. */

import { percent } from "../../../foundation/words.js";
import { componentAlone } from "../../map/component-colors.js";
import type { Picture } from "../../picture/picture.js";
import { type Box, enlargePixels } from "../../picture/resize.js";
import { drawLines, type Pen } from "../lines.js";
import { frameElement } from "../outlines.js";
import { type FigurePlatform, imageElement, panelSizeOf, samplePanel, svgDocument, wholeScale } from "../panel.js";
import type { TextStyle } from "../text.js";

export interface ComponentFigure {
  readonly picture: Picture;
  /** The components' colours, as large as the layer's grid, of the part of the picture that the network saw. */
  readonly colors: Picture;
  /** That part, in pixels of the picture. */
  readonly seen: Box;
  /** The share of the variance along each component. */
  readonly shares: readonly number[];
  /** The network and the layer, for people. */
  readonly title: string;
  readonly detail: string;
}

const margin = 32;
const gap = 20;
const names = ["red", "green", "blue"] as const;
const styles = {
  column: { size: 12, fill: "#666666" },
  title: { size: 16, weight: "semibold" },
  detail: { size: 12, fill: "#666666" },
  share: { size: 13, weight: "semibold" },
  note: { size: 13, fill: "#444444" },
} as const satisfies Record<string, TextStyle>;

const reading =
  "Places of one colour are alike for the network. The colours themselves mean nothing, and only pictures drawn together share them.";

/** Draws the components as an SVG document; the colours keep the grid's places as squares. */
export async function componentFigure(figure: ComponentFigure, platform: FigurePlatform): Promise<string> {
  const { picture, colors, seen, shares, title, detail } = figure;
  const { text } = platform;
  const size = panelSizeOf(picture, {}, 130_000);
  const side = Math.max(size.width, 160);
  const small = {
    height: (size.height - 2 * gap) / 3,
    width: ((size.height - 2 * gap) / 3) * (colors.width / colors.height),
  };
  const width = margin * 2 + 2 * (side + gap) + small.width + 130;
  const elements: string[] = [];
  const pen: Pen = { text, elements };
  const words = width - 2 * margin;
  let y = drawLines(pen, title, styles.title, { x: margin, y: margin + 14, width: words });
  y = drawLines(pen, detail, styles.detail, { x: margin, y: y + 20, width: words }) + 28;
  const columns = ["Original", "Three components as colours", "Each alone"];
  columns.forEach((name, i) => elements.push(text.draw(name, margin + i * (side + gap), y, styles.column)));
  y += 12;
  const whole = { x: margin, y, width: size.width, height: size.height };
  const url = await platform.encode(samplePanel(picture, size), size.zoom > 0 ? "exact" : "photo");
  elements.push(imageElement(url, "Original", whole));
  const scale = size.width / picture.width;
  const at = (x: number): Box => ({
    x: x + seen.x * scale,
    y: y + seen.y * scale,
    width: seen.width * scale,
    height: seen.height * scale,
  });
  elements.push(frameElement(seen, picture, whole));
  elements.push(await squares(colors, "Three components as colours", at(margin + side + gap), platform));
  const left = margin + 2 * (side + gap);
  for (const [c, name] of names.entries()) {
    const top = y + c * (small.height + gap);
    const place = { x: left, y: top, ...small };
    elements.push(await squares(componentAlone(colors, c), `Component ${c + 1}`, place, platform));
    const share = { x: left + small.width + 12, y: top + small.height / 2 - 4, width: 118 };
    drawLines(pen, percent(shares[c] ?? 0, 0), styles.share, share);
    drawLines(pen, `of what differs, ${name}`, styles.detail, { ...share, y: share.y + 17 });
  }
  y = drawLines(pen, reading, styles.note, { x: margin, y: y + size.height + 26, width: words });
  const label = `${title}; ${detail}`;
  return svgDocument({ width, height: y + margin, label, elements, scale: wholeScale([size]) }, text);
}

/** An embedded picture whose pixels are seen as squares. */
async function squares(colors: Picture, label: string, box: Box, platform: FigurePlatform): Promise<string> {
  const factor = Math.max(1, Math.ceil((2 * box.width) / colors.width));
  return imageElement(await platform.encode(enlargePixels(colors, factor), "exact"), label, box);
}
