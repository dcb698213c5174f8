/** @file The labelled bar that says which colour stands for which raw value. */

import { scaleLinear } from "d3-scale";
import { formatNumber } from "../figure/format-number.js";
import { type FigurePlatform, imageElement } from "../figure/panel.js";
import { decimals, type TextStyle } from "../figure/text.js";
import { type ColorBar, colormap } from "./colormap.js";
import { colorizeMap } from "./overlay.js";

const barWidth = 12;
const labelStyle: TextStyle = { size: 11, fill: "#444444" };
const endStyle: TextStyle = { size: 11, fill: "#1a1a1a", weight: "semibold" };

/** Room that the bar takes to the right of x. */
export function colorBarWidth(bar: ColorBar, { text }: FigurePlatform): number {
  const numbers = ticksOf(bar, 400).map(({ label }) => text.measure(label, endStyle));
  return barWidth + 8 + Math.max(...numbers) + 10 + labelStyle.size;
}

/** The bar with its numbers, from y down to y + height. */
export async function drawColorBar(
  bar: ColorBar,
  x: number,
  y: number,
  height: number,
  platform: FigurePlatform,
): Promise<string> {
  const { text } = platform;
  const diverging = colormap(bar.colormap).kind === "diverging";
  const lowest = diverging ? -1 : 0;
  const ramp = Float32Array.from({ length: 256 }, (_, i) => (bar.peak === 0 ? 0 : 1 - (i / 255) * (1 - lowest)));
  const url = await platform.encode(colorizeMap({ width: 1, height: 256, values: ramp }, bar.colormap), "exact");
  const elements = [imageElement(url, "Colour scale", { x, y, width: barWidth, height })];
  for (const { label, part, end } of ticksOf(bar, height)) {
    const at = y + (1 - part) * height;
    elements.push(`<path d="M${decimals(x + barWidth)} ${decimals(at)}h4" stroke="#444444" stroke-width="0.75"/>`);
    elements.push(text.draw(label, x + barWidth + 8, at + 4, end ? endStyle : labelStyle));
  }
  const right = x + colorBarWidth(bar, platform) - 3;
  bar.labels.forEach((label, i) => {
    const middle = y + (height * (2 * i + 1)) / (2 * bar.labels.length);
    const element = text.draw(label, right, middle, { ...labelStyle, anchor: "middle", fill: "#666666" });
    elements.push(`<g transform="rotate(-90 ${decimals(right)} ${decimals(middle)})">${element}</g>`);
  });
  return elements.join("\n");
}

interface Tick {
  readonly label: string;
  /** Where on the bar, from 0 (bottom) to 1. */
  readonly part: number;
  readonly end: boolean;
}

/** The ends of the scale by their exact values, and round numbers between them where there is room. */
function ticksOf({ peak, colormap: choice }: ColorBar, height: number): Tick[] {
  if (peak === 0) return [{ label: "0", part: 0.5, end: true }];
  const lowest = colormap(choice).kind === "diverging" ? -peak : 0;
  const scale = scaleLinear().domain([lowest, peak]);
  const room = 18 / height;
  const round = scale.ticks(height < 160 ? 2 : 5).filter((value) => scale(value) > room && scale(value) < 1 - room);
  return [
    { label: formatNumber(lowest), part: 0, end: true },
    ...round.map((value) => ({ label: formatNumber(value), part: scale(value), end: false })),
    { label: formatNumber(peak), part: 1, end: true },
  ];
}
