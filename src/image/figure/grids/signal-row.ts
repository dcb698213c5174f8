/** @file The map of a signal: the line of each channel, with the map's colours behind it. */

import { scaleLinear } from "d3-scale";
import { drawColorBar } from "../../map/color-bar.js";
import { normalizeMap } from "../../map/heatmap.js";
import { colorizeMap, overlay } from "../../map/overlay.js";
import { createPicture } from "../../picture/picture.js";
import { resizeMap } from "../../picture/resize.js";
import { formatNumber } from "../format-number.js";
import { imageElement } from "../panel.js";
import { decimals, type TextStyle } from "../text.js";
import type { GridPen, ScaledGridRow } from "./grid-pen.js";

/** Channels that are drawn; more would be too flat to read. */
export const mostChannels = 6;
/** Room for the numbers left of a line, and for the names of channels before these. */
const numbersWidth = 52;
const nameWidth = 72;
const gap = 10;
/** Height of the map's own colours below the lines. */
const stripHeight = 12;
const tickStyle: TextStyle = { size: 11, fill: "#666666" };
const nameStyle: TextStyle = { size: 11, fill: "#444444", weight: "semibold" };

/** Draws the row from y on. @returns where it ends */
export async function drawSignalRow(pen: GridPen, row: ScaledGridRow, y: number): Promise<number> {
  const { picture, platform, left, right, elements } = pen;
  const shown = Math.min(picture.channels, mostChannels);
  const height = shown === 1 ? 150 : shown < 4 ? 104 : 76;
  const x = left + numbersWidth + (picture.channels > 1 ? nameWidth : 0);
  const width = right - x;
  const samples = Math.round(width * 2);
  const { bar, row: explained } = row;
  const { values } = explained.map;
  const flat = { width: values.length, height: 1, values };
  const display = normalizeMap(flat, { signed: explained.signed ?? false, peak: bar.peak });
  const white = createPicture(samples, 1, 3, new Uint8Array(samples * 3).fill(255));
  const sized = resizeMap(display, samples, 1);
  const shading = overlay(white, sized, { ...pen.blending, colormap: bar.colormap });
  const url = await platform.encode(shading, "exact");
  let top = y;
  for (let channel = 0; channel < shown; channel++) {
    const box = { x, y: top, width, height };
    elements.push(imageElement(url, `${explained.title}, channel ${channel}`, box), ...lineElements(pen, channel, box));
    top += height + gap;
  }
  const strip = { x, y: top, width, height: stripHeight };
  elements.push(imageElement(await platform.encode(colorizeMap(sized, bar.colormap), "exact"), "Heat map", strip));
  const end = top + stripHeight;
  elements.push(...axisElements(pen, { x, y: end, width, height }));
  elements.push(await drawColorBar(bar, pen.barAt, y, Math.max(96, end - y), platform));
  return Math.max(end + 38, y + 96);
}

interface Panel {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The line of a channel with the numbers of its ends. */
function lineElements({ picture, left, text }: GridPen, channel: number, { x, y, width, height }: Panel): string[] {
  const [length = 1] = picture.sizes;
  const values = picture.values.subarray(channel * length, (channel + 1) * length);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const inset = 8;
  const at = scaleLinear()
    .domain(high > low ? [low, high] : [low - 1, high + 1])
    .range([y + height - inset, y + inset]);
  const numbers = high > low ? [high, low] : [low];
  return [
    `<path d="${linePath(values, x, width, at)}" fill="none" stroke="#111111" stroke-width="1.2" stroke-linejoin="round"/>`,
    ...numbers.flatMap((value) => [
      `<path d="M${decimals(x)} ${decimals(at(value))}h-4" stroke="#444444" stroke-width="0.75"/>`,
      text.draw(formatNumber(value), x - 8, at(value) + 4, { ...tickStyle, anchor: "end" }),
    ]),
    ...(picture.channels > 1 ? [text.draw(`channel ${channel}`, left, y + height / 2 + 4, nameStyle)] : []),
  ];
}

/** A point for each sample in the middle of its place; of many samples the lowest and the highest of each half pixel. */
function linePath(values: Float32Array, x: number, width: number, at: (value: number) => number): string {
  const place = (i: number) => decimals(x + ((i + 0.5) * width) / values.length);
  const point = (i: number, value: number) => `${place(i)} ${decimals(at(value))}`;
  const columns = Math.round(width * 2);
  if (values.length <= 2 * columns) return `M${Array.from(values, (value, i) => point(i, value)).join("L")}`;
  const points: string[] = [];
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * values.length) / columns);
    const some = values.subarray(from, Math.floor(((column + 1) * values.length) / columns));
    points.push(point(from, Math.min(...some)), point(from, Math.max(...some)));
  }
  return `M${points.join("L")}`;
}

/** The axis of samples below the last line. */
function axisElements({ picture, text }: GridPen, { x, y, width }: Panel): string[] {
  const [length = 1] = picture.sizes;
  const ticks = scaleLinear()
    .domain([0, length])
    .ticks(8)
    .filter((tick) => Number.isInteger(tick) && tick < length);
  const place = (tick: number) => x + ((tick + 0.5) * width) / length;
  return [
    ...ticks.flatMap((tick) => [
      `<path d="M${decimals(place(tick))} ${decimals(y)}v4" stroke="#444444" stroke-width="0.75"/>`,
      text.draw(String(tick), place(tick), y + 17, { ...tickStyle, anchor: "middle" }),
    ]),
    text.draw("sample", x + width / 2, y + 33, { ...tickStyle, anchor: "middle" }),
  ];
}
