/** @file The map of a volume or a clip: planes through its peak (of a clip the frame with the peak), and a montage of slices. */

import { middleOf, peakCell } from "../../grid/grid-picture.js";
import { drawColorBar } from "../../map/color-bar.js";
import { type FloatMap, normalizeMap } from "../../map/heatmap.js";
import { colorizeMap, overlay } from "../../map/overlay.js";
import type { Picture } from "../../picture/picture.js";
import { resizeMap, resizePicture } from "../../picture/resize.js";
import { imageElement } from "../panel.js";
import { decimals, type TextStyle } from "../text.js";
import type { GridPen, ScaledGridRow } from "./grid-pen.js";
import { type GreyRange, greyRange, type PlaneView, planeMap, planePicture, planeViews, sliceView } from "./plane.js";

/** Samples of a plane for each pixel of the page. A file with as many pixels shows them as they are, and stays small. */
export const planeSamples = 1.5;
/** Slices of a montage, in rows of five. */
const mostSlices = 25;
const columns = 5;
const gap = 14;
const tallest = 300;
const captionStyle: TextStyle = { size: 12, fill: "#444444" };
const letterStyle: TextStyle = { size: 12, weight: "semibold", fill: "#ffffff", anchor: "middle" };

/** A row while it is drawn. */
interface Drawing {
  readonly pen: GridPen;
  readonly row: ScaledGridRow;
  readonly range: GreyRange;
  /** The place of the map's peak in the input; its middle where the map is blank. */
  readonly peak: readonly number[];
  readonly isBlank: boolean;
}

interface PanelPlace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Draws the row from y on. @returns where it ends */
export async function drawVolumeRow(pen: GridPen, row: ScaledGridRow, y: number): Promise<number> {
  const { map, signed = false } = row.row;
  const { sizes } = pen.picture;
  const isBlank = !map.values.some((value) => (signed ? value !== 0 : value > 0));
  const middle = sizes.map((size) => size >> 1);
  const peak = isBlank ? middle : middleOf(peakCell(map.values, map.sizes, signed), map.sizes, sizes);
  const drawing = { pen, row, range: greyRange(pen.picture), peak, isBlank };
  const isClip = pen.picture.kind === "clip";
  const end = await (isClip ? drawFrame(drawing, y) : drawPlanes(drawing, y));
  pen.elements.push(await drawColorBar(row.bar, pen.barAt, y, Math.max(96, end - y), pen.platform));
  return drawMontage(drawing, Math.max(end, y + 96) + 44);
}

/** The three planes through the peak, all on one scale. @returns where the pictures end */
async function drawPlanes(drawing: Drawing, y: number): Promise<number> {
  const { pen, peak } = drawing;
  const views = planeViews(pen.picture);
  const sides = views.map((view) => sidesOf(pen, view));
  const room = pen.right - pen.left - gap * (views.length - 1);
  const widths = sides.reduce((sum, [, width]) => sum + width, 0);
  const scale = Math.min(room / widths, tallest / Math.max(...sides.map(([height]) => height)));
  const end = y + scale * Math.max(...sides.map(([height]) => height));
  let x = pen.left;
  for (const [i, view] of views.entries()) {
    const [height = 1, width = 1] = sides[i]?.map((side) => side * scale) ?? [];
    const place = { x, y: end - height, width, height };
    const index = peak[view.axis] ?? 0;
    pen.elements.push(await overlaidPlane(drawing, view, index, place), ...crossHair(drawing, view, place));
    pen.elements.push(...directionLetters(pen, view, place));
    pen.elements.push(pen.text.draw(planeCaption(pen, view, index), x, end + 18, captionStyle));
    x += Math.max(width, pen.text.measure(planeCaption(pen, view, index), captionStyle)) + gap;
  }
  return end;
}

/** The frame of the peak: as it is, its heat map, and both together. @returns where the pictures end */
async function drawFrame(drawing: Drawing, y: number): Promise<number> {
  const { pen, row, peak } = drawing;
  const view = sliceView(pen.picture);
  const [index = 0] = peak;
  const [height, width] = sidesOf(pen, view);
  const scale = Math.min((pen.right - pen.left - 2 * gap) / (3 * width), tallest / height);
  const place = (i: number) => ({
    ...{ x: pen.left + i * (width * scale + gap), y },
    ...{ width: width * scale, height: height * scale },
  });
  const { picture, map } = samplesOf(drawing, view, index, place(0));
  const heat = colorizeMap(map, row.bar.colormap);
  const names = [`Frame ${index} of ${pen.picture.sizes[0]}`, "Heat map", "Overlay"];
  const panels: readonly (readonly [Picture, "exact" | "photo"])[] = [
    [picture, "photo"],
    [heat, "exact"],
    [blended(drawing, picture, map), "photo"],
  ];
  for (const [i, [panel, content]] of panels.entries()) {
    const url = await pen.platform.encode(panel, content);
    pen.elements.push(imageElement(url, `${names[i]}: ${row.row.title}`, place(i)));
    pen.elements.push(pen.text.draw(names[i] ?? "", place(i).x, y + place(i).height + 18, captionStyle));
  }
  return y + height * scale;
}

/** Slices that lie evenly among all, the peak's among them. @returns where the last caption ends */
async function drawMontage(drawing: Drawing, y: number): Promise<number> {
  const { pen, peak, isBlank } = drawing;
  const { elements, text, picture } = pen;
  const [count = 1] = picture.sizes;
  const indices = montageSlices(count, peak[0] ?? 0);
  const word = picture.kind === "clip" ? "frame" : "slice";
  const view = sliceView(picture);
  const [height, width] = sidesOf(pen, view);
  const across = Math.min(columns, indices.length);
  const scale = Math.min((pen.right - pen.left - gap * (columns - 1)) / columns / width, 210 / height);
  let bottom = y;
  for (const [i, index] of indices.entries()) {
    const [column, line] = [i % across, Math.floor(i / across)];
    const x = pen.left + column * (width * scale + gap);
    const place = { x, y: y + line * (height * scale + 30), width: width * scale, height: height * scale };
    elements.push(await overlaidPlane(drawing, view, index, place));
    const isPeak = index === peak[0] && !isBlank;
    const caption = `${word} ${index}${isPeak ? ", peak" : ""}`;
    const style: TextStyle = isPeak ? { ...captionStyle, weight: "semibold", fill: "#1a1a1a" } : captionStyle;
    elements.push(text.draw(caption, x, place.y + place.height + 16, style));
    bottom = place.y + place.height + 22;
  }
  return bottom;
}

/** At most 25 of the slices: the first, the last and even steps between; the nearest to the peak's gives way to it. */
export function montageSlices(count: number, peak: number): number[] {
  if (count <= mostSlices) return Array.from({ length: count }, (_, i) => i);
  const even = Array.from({ length: mostSlices }, (_, i) => Math.round((i * (count - 1)) / (mostSlices - 1)));
  const distances = even.map((index) => Math.abs(index - peak));
  even[distances.indexOf(Math.min(...distances))] = peak;
  return even;
}

/** Height and width of a plane, in mm or voxels. */
function sidesOf({ picture: { sizes, spacing } }: GridPen, { down, across }: PlaneView): [number, number] {
  const side = (axis: number) => (sizes[axis] ?? 1) * (spacing?.[axis] ?? 1);
  return [side(down), side(across)];
}

/** The plane's picture and its display map, as many samples of both as the place shows. */
function samplesOf(
  { pen, row: { row, bar }, range }: Drawing,
  view: PlaneView,
  index: number,
  place: PanelPlace,
): { readonly picture: Picture; readonly map: FloatMap } {
  const samples = (side: number) => Math.max(1, Math.round(planeSamples * side));
  const [width, height] = [samples(place.width), samples(place.height)];
  const raw = planeMap(row.map, view, index, pen.picture.sizes[view.axis] ?? 1);
  const display = normalizeMap(raw, { signed: row.signed ?? false, peak: bar.peak });
  return {
    picture: resizePicture(planePicture(pen.picture, view, index, range), width, height),
    map: resizeMap(display, width, height),
  };
}

function blended({ pen, row: { bar } }: Drawing, picture: Picture, map: FloatMap): Picture {
  return overlay(picture, map, { ...pen.blending, colormap: bar.colormap });
}

async function overlaidPlane(drawing: Drawing, view: PlaneView, index: number, place: PanelPlace): Promise<string> {
  const { picture, map } = samplesOf(drawing, view, index, place);
  const url = await drawing.pen.platform.encode(blended(drawing, picture, map), "photo");
  return imageElement(url, `${planeCaption(drawing.pen, view, index)}: ${drawing.row.row.title}`, place);
}

/** Lines through the peak, open around it. */
function crossHair({ pen: { picture }, peak, isBlank }: Drawing, view: PlaneView, place: PanelPlace): string[] {
  if (isBlank) return [];
  const { x, y, width, height } = place;
  const part = (axis: number, flip: boolean) => {
    const size = picture.sizes[axis] ?? 1;
    const at = ((peak[axis] ?? 0) + 0.5) / size;
    return flip ? 1 - at : at;
  };
  const [cx, cy] = [x + width * part(view.across, view.flipAcross), y + height * part(view.down, view.flipDown)];
  const open = 9;
  const lines = [
    ...(cy - open > y ? [`M${decimals(cx)} ${decimals(y)}V${decimals(cy - open)}`] : []),
    ...(cy + open < y + height ? [`M${decimals(cx)} ${decimals(cy + open)}V${decimals(y + height)}`] : []),
    ...(cx - open > x ? [`M${decimals(x)} ${decimals(cy)}H${decimals(cx - open)}`] : []),
    ...(cx + open < x + width ? [`M${decimals(cx + open)} ${decimals(cy)}H${decimals(x + width)}`] : []),
  ].join("");
  return [
    `<path d="${lines}" stroke="#000000" stroke-opacity="0.45" stroke-width="2.5" fill="none"/>`,
    `<path d="${lines}" stroke="#ffffff" stroke-opacity="0.9" stroke-width="0.9" fill="none"/>`,
  ];
}

/** The patient's directions at the edges of a plane. */
function directionLetters({ picture: { ends }, text }: GridPen, view: PlaneView, place: PanelPlace): string[] {
  const { x, y, width, height } = place;
  // On a narrow panel they would cover what is to be seen.
  if (view.name === undefined || ends === undefined || Math.min(width, height) < 80) return [];
  const turned = (axis: number, flip: boolean) => (flip ? ends[axis]?.toReversed() : ends[axis]) ?? [];
  const [left = "", right = ""] = turned(view.across, view.flipAcross);
  const [top = "", bottom = ""] = turned(view.down, view.flipDown);
  const letter = (word: string, cx: number, cy: number) => [
    `<circle cx="${decimals(cx)}" cy="${decimals(cy - 4)}" r="8" fill="#000000" fill-opacity="0.55"/>`,
    text.draw(word, cx, cy, letterStyle),
  ];
  return [
    ...letter(left, x + 11, y + height / 2 + 16),
    ...letter(right, x + width - 11, y + height / 2 + 16),
    ...letter(top, x + width / 2 + 16, y + 15),
    ...letter(bottom, x + width / 2 + 16, y + height - 7),
  ];
}

/** `Axial, slice 12 of 64`, or without known directions `Slice 12 of 64`. */
function planeCaption({ picture: { sizes } }: GridPen, { axis, name }: PlaneView, index: number): string {
  const word = ["slice", "row", "column"][axis] ?? "";
  const place = `${word} ${index} of ${sizes[axis]}`;
  const words = name === undefined ? place : `${name}, ${place}`;
  return words.charAt(0).toUpperCase() + words.slice(1);
}
