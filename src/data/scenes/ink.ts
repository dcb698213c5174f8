/** @file The ink of one object of a scene: where it lies, and how much. */

import { at, present } from "../../foundation/present.js";
import type { Random } from "../../foundation/random.js";
import type { Box } from "../../image/picture/resize.js";
import type { Canvas } from "../digits/canvas.js";
import { digitShapes } from "../digits/digit-shapes.js";
import { pickShape, type Trace, type TracePoint, write } from "../digits/handwriting.js";
import { shapes } from "../shapes.js";

/** Of full ink: from here on a pixel belongs to the object. */
const inked = 0.5;

/** Writes an object's class into the regions of a scene, which begin at 1. */
export function markRegion(regions: Uint8Array, { values, places }: Ink, classIndex: number): void {
  for (const [i, value] of values.entries()) if (value >= inked) regions[at(places, i)] = classIndex + 1;
}

/** Lines through points from -1 to 1 on both axes; the pen is lifted between lines. */
type Outline = readonly (readonly (readonly [number, number])[])[];

/** Five points, drawn without lifting the pen. */
const star: Outline = [
  Array.from({ length: 6 }, (_, i) => {
    const angle = (4 * Math.PI * i) / 5 - Math.PI / 2;
    return [Math.cos(angle), Math.sin(angle)] as const;
  }),
];

/** The shapes of scenes: a ring would be a nought. */
const outlines: ReadonlyMap<string, Outline> = new Map([
  ...Object.entries(shapes).filter(([name]) => name !== "ring"),
  ["star", star],
]);

/** The outline of a shape; a ring is called circle, too. */
export function outlineNamed(shape: string): Outline {
  return shape === "circle" ? present(shapes.ring, "ring") : present(outlines.get(shape), `outline of ${shape}`);
}

/** What objects of scenes are. */
export const sceneClasses: readonly string[] = [...digitShapes.map((_, digit) => String(digit)), ...outlines.keys()];

/** The way of the pen that draws an object of a class about in the middle of a square of `side` pixels, which it nearly fills. */
export function traceOf(classIndex: number, side: number, source: Random): Trace {
  const digit = digitShapes[classIndex];
  if (digit === undefined) return outlineTrace(outlines.get(at(sceneClasses, classIndex)) ?? star, side, source);
  // A digit takes about seven tenths of its square.
  const larger = side / 0.74;
  return write(pickShape(digit, source), larger, source).map((point) =>
    move(point, (side - larger) / 2, (side - larger) / 2),
  );
}

/** An outline at any turn. */
export function outlineTrace(outline: Outline, side: number, source: Random): Trace {
  const radius = 0.4 + side * (0.03 + 0.025 * source.uniform());
  const size = side / 2 / Math.SQRT2 - radius / 2;
  const turn = 2 * Math.PI * source.uniform();
  const [cos, sin, middle] = [size * Math.cos(turn), size * Math.sin(turn), (side - 1) / 2];
  const ink = 0.85 + 0.15 * source.uniform();
  return outline.flatMap((line) =>
    line.map(([u, v], i): TracePoint => {
      return { x: middle + cos * u - sin * v, y: middle + sin * u + cos * v, radius, ink, lifted: i === 0 };
    }),
  );
}

function move({ x, y, ...point }: TracePoint, right: number, down: number): TracePoint {
  return { x: x + right, y: y + down, ...point };
}

/** Pixels with ink. */
export interface Ink {
  /** Where they lie in the picture, row by row. */
  readonly places: readonly number[];
  /** How much ink each has, above 0 to 1. */
  readonly values: readonly number[];
  /** Around those that have half of it or more, in pixels. */
  readonly box: Box;
}

/** Draws on the canvas, takes the ink off it, and leaves it blank. */
export function drawInk(canvas: Canvas, trace: Trace, x: number, y: number): Ink {
  const moved = trace.map((point) => move(point, x, y));
  canvas.draw(moved, 0.5);
  const reach = Math.max(...moved.map(({ radius }) => radius)) + 1;
  const { side, values } = canvas;
  const [left, right] = range(
    moved.map((point) => point.x),
    reach,
    side,
  );
  const [top, bottom] = range(
    moved.map((point) => point.y),
    reach,
    side,
  );
  const [places, inks]: [number[], number[]] = [[], []];
  const box = { left: side, top: side, right: 0, bottom: 0 };
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) {
      const place = row * side + column;
      const value = at(values, place);
      if (value === 0) continue;
      values[place] = 0;
      places.push(place);
      inks.push(value);
      if (value < 0.5) continue;
      box.left = Math.min(box.left, column);
      box.top = Math.min(box.top, row);
      box.right = Math.max(box.right, column + 1);
      box.bottom = Math.max(box.bottom, row + 1);
    }
  const { left: x0, top: y0 } = box;
  return { places, values: inks, box: { x: x0, y: y0, width: box.right - x0, height: box.bottom - y0 } };
}

function range(values: readonly number[], reach: number, side: number): [number, number] {
  return [
    Math.max(0, Math.floor(Math.min(...values) - reach)),
    Math.min(side - 1, Math.ceil(Math.max(...values) + reach)),
  ];
}
