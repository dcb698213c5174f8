/** @file The picture to share: a sentence and a map in the rings, 1200 by 630 pixels, as social networks show it. */

import { type Colormap, defaultColormap, defaultDivergingColormap } from "../map/colormap.js";
import { type FloatMap, mapPeak, normalizeMap } from "../map/heatmap.js";
import { overlay } from "../map/overlay.js";
import type { Picture } from "../picture/picture.js";
import { enlargePixels, resizeMap, resizePicture } from "../picture/resize.js";
import { drawMark, markColours } from "./mark.js";
import type { FigurePlatform } from "./panel.js";
import { cleanText, decimals, ellipsize, escapeXml, type TextRenderer, type TextStyle, wrapText } from "./text.js";

/** What a shared picture says and shows. */
export interface SharePicture {
  readonly picture: Picture;
  /** The raw map over the whole picture. */
  readonly map: FloatMap;
  /** The map has evidence for and against. Default false. */
  readonly signed?: boolean;
  /** The raw value that the last colour stands for. Default the map's own peak. */
  readonly peak?: number;
  /** The finding, e.g. `golden retriever, 34 %, because of its head`. */
  readonly sentence: string;
  /** Below it, e.g. method and model. Default none. */
  readonly detail?: string;
  /** Default as figures have it. */
  readonly colormap?: string | Colormap;
}

/** Of a shared picture, in pixels. */
export const shareSize = { width: 1200, height: 630 } as const;

const { width, height } = shareSize;
const disc = { x: 864, y: height / 2, radius: 236 } as const;
const left = 72;
/** Words end where the third ring begins. */
const space = 500;
const claim = "See what your vision model sees.";
const styles = {
  name: { size: 34, weight: "semibold", fill: markColours.ring },
  detail: { size: 24, fill: "#a9b5c0" },
  claim: { size: 22, fill: "#a9b5c0" },
} as const satisfies Record<string, TextStyle>;
/** The largest in which the sentence fits is taken. */
const sentenceSizes = [64, 56, 48, 40, 34] as const;
const mostLines = 5;

/** The picture as an SVG document; it is made for pixels of its own size. */
export async function sharePicture(share: SharePicture, platform: FigurePlatform): Promise<string> {
  const { text } = platform;
  const url = await platform.encode(discOf(share), isSmall(share.picture) ? "exact" : "photo");
  const side = decimals(2 * disc.radius);
  const place = `x="${disc.x - disc.radius}" y="${disc.y - disc.radius}" width="${side}" height="${side}"`;
  const circle = `cx="${disc.x}" cy="${disc.y}"`;
  const rings = [1.13, 1.32, 1.58, 1.92].map(
    (ring, i) =>
      `<circle ${circle} r="${decimals(disc.radius * ring)}" fill="none" stroke="${markColours.ring}" stroke-opacity="${[0.5, 0.3, 0.17, 0.1][i]}" stroke-width="2.5"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" data-scale="1" role="img" aria-label="${escapeXml(cleanText(share.sentence))}">`,
    ...(text.style === undefined ? [] : [`<style>${text.style}</style>`]),
    `<clipPath id="fovea-disc"><circle ${circle} r="${disc.radius}"/></clipPath>`,
    `<rect width="${width}" height="${height}" fill="${markColours.ground}"/>`,
    ...rings,
    `<image ${place} preserveAspectRatio="none" clip-path="url(#fovea-disc)" href="${url}"/>`,
    `<circle ${circle} r="${disc.radius}" fill="none" stroke="${markColours.ring}" stroke-width="3"/>`,
    drawMark({ x: left, y: 64, size: 48, ring: markColours.ring }),
    text.draw("Fovea", left + 62, 100, styles.name),
    ...drawWords(share, text),
    text.draw(claim, left, height - 66, styles.claim),
    "</svg>",
    "",
  ].join("\n");
}

function drawWords({ sentence, detail = "" }: SharePicture, text: TextRenderer): string[] {
  const { lines, style } = fitted(sentence, text);
  const step = style.size * 1.16;
  const below = detail === "" ? 0 : 52;
  const top = height / 2 + 10 - (step * lines.length + below) / 2 + style.size * 0.8;
  const words = lines.map((line, i) => text.draw(line, left, top + i * step, style));
  if (detail === "") return words;
  const y = top + (lines.length - 1) * step + below;
  return [...words, text.draw(ellipsize(detail, space, styles.detail, text), left, y, styles.detail)];
}

function fitted(sentence: string, text: TextRenderer) {
  const styleOf = (size: number): TextStyle => ({ size, weight: "semibold", fill: markColours.ring });
  const fits = (size: number) => {
    const lines = wrapText(sentence, space, styleOf(size), text);
    return (
      lines.length <= Math.min(mostLines, Math.floor(300 / (size * 1.16))) && !lines.some((line) => line.endsWith("…"))
    );
  };
  const style = styleOf(sentenceSizes.find(fits) ?? 34);
  const lines = wrapText(sentence, space, style, text);
  const rest = lines.slice(mostLines - 1).join(" ");
  return {
    style,
    lines: lines.length > mostLines ? [...lines.slice(0, mostLines - 1), ellipsize(rest, space, style, text)] : lines,
  };
}

function isSmall({ width, height }: Picture): boolean {
  return Math.max(width, height) <= 128;
}

/** A square of the picture around the map's strongest place, with the map over it, as many samples as the disc has pixels. */
function discOf({ picture, map, signed = false, peak = mapPeak(map, { signed }), colormap }: SharePicture): Picture {
  const side = Math.min(picture.width, picture.height);
  const scale = (2 * disc.radius) / side;
  const [across, down] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  const choice = colormap ?? (signed ? defaultDivergingColormap : defaultColormap);
  const display = resizeMap(normalizeMap(map, { signed, peak }), across, down);
  // The pixels of a small picture stay visible as squares.
  const squares = isSmall(picture) ? enlargePixels(picture, Math.ceil(scale)) : picture;
  const shown = resizePicture(squares, across, down);
  const strongest = strongestPlace(map);
  const start = (at: number, length: number) => Math.round(centre(at * length, length) - disc.radius);
  return cut(overlay(shown, display, { colormap: choice }), start(strongest.x, across), start(strongest.y, down));
}

/** The middle of the disc along one side: over the picture, but no farther from the strongest place than is well inside. */
function centre(strongest: number, length: number): number {
  const inside = Math.min(length - disc.radius, Math.max(disc.radius, strongest));
  const reach = disc.radius / 2;
  return Math.min(strongest + reach, Math.max(strongest - reach, inside));
}

/** Where the largest magnitude lies, as shares of width and height. */
function strongestPlace({ width, height, values }: FloatMap): { readonly x: number; readonly y: number } {
  let strongest = 0;
  for (const [i, value] of values.entries()) if (Math.abs(value) > Math.abs(values[strongest] as number)) strongest = i;
  return { x: ((strongest % width) + 0.5) / width, y: (Math.floor(strongest / width) + 0.5) / height };
}

/** The square of the disc; what lies outside the picture has the colour of the ground. */
function cut({ width, height, pixels }: Picture, left: number, top: number): Picture {
  const side = 2 * disc.radius;
  const piece = new Uint8Array(side * side * 3);
  const ground = [1, 3, 5].map((at) => Number.parseInt(markColours.ground.slice(at, at + 2), 16));
  for (let i = 0; i < side * side; i++) {
    const [x, y] = [left + (i % side), top + Math.floor(i / side)];
    const isInside = x >= 0 && x < width && y >= 0 && y < height;
    piece.set(isInside ? pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3) : ground, 3 * i);
  }
  return { width: side, height: side, channels: 3, pixels: piece };
}
