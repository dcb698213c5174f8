/** @file One plane of a volume, or one frame of a clip, as a picture, with the map there. */

import type { GridPicture } from "../../grid/grid-picture.js";
import type { GridMap } from "../../map/grid-map.js";
import type { FloatMap } from "../../map/heatmap.js";
import { createPicture, type Picture } from "../../picture/picture.js";
import { axisTaps } from "../../picture/resize.js";

/** How a plane across one axis is shown. */
export interface PlaneView {
  /** The axis that the plane lies across. */
  readonly axis: number;
  /** The axes that run down and to the right. */
  readonly down: number;
  readonly across: number;
  /** Whether these run the other way, so that up is the patient's head or front, and left is the patient's right or front. */
  readonly flipDown: boolean;
  readonly flipAcross: boolean;
  /** `axial`, `coronal` or `sagittal`, where the directions are known. */
  readonly name: string | undefined;
}

/** The grey scale of a volume: what is black, and what is white. */
export interface GreyRange {
  readonly low: number;
  readonly high: number;
}

const names = ["axial", "coronal", "sagittal"] as const;

/** Which of the three directions an axis runs along: head and feet, front and back, or the sides. */
function directionOf({ ends }: GridPicture, axis: number): number | undefined {
  const found = ["IS", "AP", "LR"].findIndex((pair) => pair.includes(ends?.[axis]?.[0] ?? "-"));
  return found < 0 ? undefined : found;
}

/** The three planes, in the order in which they are shown: axial, coronal and sagittal where the directions are known. */
export function planeViews(picture: GridPicture): PlaneView[] {
  const direction = (axis: number) => directionOf(picture, axis);
  const isKnown =
    new Set([0, 1, 2].map(direction)).size === 3 && [0, 1, 2].every((axis) => direction(axis) !== undefined);
  const order = (a: number, b: number) => (isKnown ? (direction(a) ?? 0) - (direction(b) ?? 0) : a - b);
  const begins = (axis: number) => (isKnown ? (picture.ends?.[axis]?.[0] ?? "") : "");
  return [0, 1, 2].toSorted(order).map((axis) => {
    const [down = 1, across = 2] = [0, 1, 2].filter((other) => other !== axis).toSorted(order);
    const flipDown = "IP".includes(begins(down) || "-");
    const flipAcross = "LP".includes(begins(across) || "-");
    return { axis, down, across, flipDown, flipAcross, name: isKnown ? names[direction(axis) ?? 0] : undefined };
  });
}

/** The view of the slices as they lie, one behind the other. */
export function sliceView(picture: GridPicture): PlaneView {
  const view = planeViews(picture).find(({ axis }) => axis === 0);
  if (view === undefined) throw new Error("internal: a volume without slices");
  return view;
}

/** All but the lowest and the highest of a thousand values each: single bright voxels would leave the others dark. */
export function greyRange({ values, channels }: GridPicture): GreyRange {
  const count = values.length / channels;
  const step = Math.max(1, Math.floor(count / 100_000));
  const some = Float32Array.from({ length: Math.ceil(count / step) }, (_, i) => values[i * step] ?? 0).sort();
  const at = (share: number) => some[Math.round(share * (some.length - 1))] ?? 0;
  return { low: at(0.005), high: at(0.995) };
}

/** The plane's picture: grey of the first channel, or of a clip the colours. */
export function planePicture(picture: GridPicture, view: PlaneView, index: number, range: GreyRange): Picture {
  const { kind, sizes, values } = picture;
  const channels = kind === "clip" && picture.channels === 3 ? 3 : 1;
  const [height, width] = [sizes[view.down] ?? 1, sizes[view.across] ?? 1];
  const strides = stridesOf(sizes);
  const size = values.length / picture.channels;
  const { low, high } = kind === "clip" ? { low: 0, high: 255 } : range;
  const scale = high > low ? 255 / (high - low) : 0;
  const pixels = new Uint8ClampedArray(width * height * channels);
  let to = 0;
  for (const from of placesOf(view, index, [height, width], strides))
    for (let c = 0; c < channels; c++) pixels[to++] = Math.round(((values[c * size + from] ?? 0) - low) * scale);
  return createPicture(width, height, channels, new Uint8Array(pixels.buffer));
}

/**
 * The map in the plane, at its own resolution along the plane's two axes.
 * @param size of the volume along the axis that the plane lies across
 */
export function planeMap(map: GridMap, view: PlaneView, index: number, size: number): FloatMap {
  const { sizes, values } = map;
  const [height, width] = [sizes[view.down] ?? 1, sizes[view.across] ?? 1];
  const taps = axisTaps(sizes[view.axis] ?? 1, size, false)[index];
  const plane = new Float32Array(width * height);
  taps?.weights.forEach((weight, k) => {
    let to = 0;
    for (const from of placesOf(view, taps.start + k, [height, width], stridesOf(sizes))) {
      plane[to] = (plane[to] ?? 0) + weight * (values[from] ?? 0);
      to++;
    }
  });
  return { width, height, values: plane };
}

function stridesOf(sizes: readonly number[]): number[] {
  return sizes.map((_, axis) => sizes.slice(axis + 1).reduce((product, size) => product * size, 1));
}

/** Places of a plane among all, row by row as it is shown. */
function* placesOf(
  { axis, down, across, flipDown, flipAcross }: PlaneView,
  index: number,
  [height, width]: readonly [number, number],
  strides: readonly number[],
): Generator<number> {
  const along = (of: number) => strides[of] ?? 1;
  for (let y = 0; y < height; y++) {
    const row = index * along(axis) + (flipDown ? height - 1 - y : y) * along(down);
    for (let x = 0; x < width; x++) yield row + (flipAcross ? width - 1 - x : x) * along(across);
  }
}
