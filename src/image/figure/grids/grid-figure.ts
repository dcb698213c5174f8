/** @file The figure of a signal, a volume or a clip: for each class where the network looks, drawn as such things are looked at. */

import { FoveaError } from "../../../foundation/error.js";
import type { GridPicture } from "../../grid/grid-picture.js";
import { colorBarWidth } from "../../map/color-bar.js";
import { stackedRows } from "../../map/grid-map.js";
import { mapPeak } from "../../map/heatmap.js";
import type { OverlayOptions } from "../../map/overlay.js";
import { formatNumber } from "../format-number.js";
import { drawLines, drawTitles } from "../lines.js";
import { type FigurePlatform, svgDocument } from "../panel.js";
import { type ColourOptions, colorBarOf, drawHeader, drawNote, labelOf } from "../row-parts.js";
import type { TextStyle } from "../text.js";
import type { GridPen, GridRow } from "./grid-pen.js";
import { greyRange } from "./plane.js";
import { drawSignalRow, mostChannels } from "./signal-row.js";
import { drawVolumeRow, planeSamples } from "./volume-row.js";

/** A signal, volume or clip with the rows of its explanations. */
export interface GridFigure {
  readonly picture: GridPicture;
  readonly rows: readonly GridRow[];
  /** Default none. */
  readonly title?: string;
  /** Below the title. Default none. */
  readonly subtitle?: string;
}

/** Colours and how maps are laid over pictures. */
export interface GridFigureOptions extends ColourOptions, Pick<OverlayOptions, "blend" | "opacity"> {}

const margin = 32;
const contentWidth = 860;
const footStyle: TextStyle = { size: 12, fill: "#666666" };

/**
 * Draws the explanations of one signal (its lines, with the map behind them), volume (three planes through the peak, and slices) or clip
 * (the frame of the peak, and frames) as an SVG document. Every row keeps its own scale unless it names a `peak`.
 * @throws FoveaError `bad-input` when there is no row, a map has a value that is not finite, or a colour map is of the wrong kind;
 *   `shape-mismatch` for a map of other axes than the picture's
 */
export async function gridFigure(
  figure: GridFigure,
  platform: FigurePlatform,
  options: GridFigureOptions = {},
): Promise<string> {
  const { picture } = figure;
  if (figure.rows.length === 0) throw new FoveaError("bad-input", "figure: rows: expected at least one, got none");
  const rows = figure.rows.map((each) => {
    const row = { ...each, map: withAxesOf(each, picture) };
    const peak = mapPeak(stackedRows(row.map), { signed: row.signed ?? false });
    return { row, bar: colorBarOf(row, peak, options) };
  });
  const right = margin + contentWidth;
  const barAt = right + 20;
  const width = barAt + Math.max(...rows.map(({ bar }) => colorBarWidth(bar, platform))) + margin;
  const { blend, opacity } = options;
  const blending = { ...(blend ? { blend } : {}), ...(opacity === undefined ? {} : { opacity }) };
  const pen: GridPen = { picture, platform, text: platform.text, elements: [], blending, left: margin, right, barAt };
  const draw = picture.kind === "signal" ? drawSignalRow : drawVolumeRow;
  let y = drawTitles(pen, figure, { x: margin, y: margin, width: width - 2 * margin });
  for (const [i, row] of rows.entries()) {
    y = drawHeader(pen, row.row, y + (i === 0 ? 18 : 40), { left: margin, right }) + 14;
    y = await draw(pen, row, y);
    if (row.row.note) y = drawNote(pen, row.row.note, y + 10, { left: margin, right });
  }
  for (const sentence of footOf(picture))
    y = drawLines(pen, sentence, footStyle, { x: margin, y: y + 24, width: contentWidth });
  const scale = picture.kind === "signal" ? undefined : planeSamples;
  const drawing = { width, height: y + margin, label: labelOf(figure), elements: pen.elements, scale };
  return svgDocument(drawing, platform.text);
}

/** The map with as many axes as the picture: outer ones that it lacks have a single place. */
function withAxesOf({ map }: GridRow, { sizes }: GridPicture): GridRow["map"] {
  const inner = map.sizes.slice(map.sizes.findIndex((size, i) => size > 1 || i >= map.sizes.length - sizes.length));
  if (inner.length > sizes.length)
    throw new FoveaError(
      "shape-mismatch",
      `figure: expected a map of ${sizes.length} axes like the input, got ${map.sizes.join("x")}: choose another layer`,
    );
  return { sizes: [...Array<number>(sizes.length - inner.length).fill(1), ...inner], values: map.values };
}

/** What is to be known of the drawing, below it. */
function footOf(picture: GridPicture): string[] {
  const { kind, channels } = picture;
  switch (kind) {
    case "signal": {
      const left = channels - mostChannels;
      return left > 0 ? [`Channels 0 to ${mostChannels - 1} are drawn; ${left} more are not.`] : [];
    }
    case "clip":
      return ["Frames are counted from 0."];
    case "volume": {
      const { low, high } = greyRange(picture);
      const of = channels > 1 ? ` in channel 0 of ${channels}` : "";
      const range = `${formatNumber(low)} to ${formatNumber(high)}`;
      return [
        `Grey shows ${range}${of} of what the network sees (all but the lowest and highest 0.5 %). The lines cross at the peak of the map. Slices, rows and columns are counted from 0.`,
      ];
    }
  }
}
