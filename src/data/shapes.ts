/** @file Drawn shapes: images of which it is known where the evidence for their class lies, and that it lies nowhere else. */

import { FoveaError } from "../foundation/error.js";
import { at } from "../foundation/present.js";
import { permutation, type Random, random } from "../foundation/random.js";
import { count } from "../foundation/words.js";
import { type Dataset, drawnDataset, type LabelledImages } from "./dataset.js";
import { Canvas } from "./digits/canvas.js";
import type { TracePoint } from "./digits/handwriting.js";

export interface DrawShapesOptions {
  /** The same seed gives the same bytes. Default 1. */
  seed?: number | string;
  /** Number of training images. Default 8000. */
  train?: number;
  /** Number of test images; they don't depend on `train`. Default 1000. */
  test?: number;
}

/** Of the image, in pixels. */
export const side = 42;
/** Places are three by three cells; each holds one drawing at most, so that none covers another. */
export const cells = 3;
const cell = side / cells;

/** Closed or open lines through points on the unit circle's square, -1 to 1; the pen is lifted between them. */
type Outline = readonly (readonly (readonly [number, number])[])[];

const circle = Array.from({ length: 17 }, (_, i) => {
  const angle = (2 * Math.PI * i) / 16;
  return [Math.cos(angle), Math.sin(angle)] as const;
});

/** The drawings that decide the class. */
export const shapes: Readonly<Record<string, Outline>> = {
  triangle: [
    [
      [0, -1],
      [0.9, 0.8],
      [-0.9, 0.8],
      [0, -1],
    ],
  ],
  square: [
    [
      [-0.85, -0.85],
      [0.85, -0.85],
      [0.85, 0.85],
      [-0.85, 0.85],
      [-0.85, -0.85],
    ],
  ],
  cross: [
    [
      [0, -1],
      [0, 1],
    ],
    [
      [-1, 0],
      [1, 0],
    ],
  ],
  ring: [circle],
};

/** Drawings that say nothing about the class: as frequent whatever it is. */
export const distractors: readonly Outline[] = [
  [
    [
      [-1, 0],
      [1, 0],
    ],
  ],
  [
    [
      [-0.9, -0.7],
      [0, 0.7],
      [0.9, -0.7],
    ],
  ],
  [circle.slice(0, 9)],
  [
    [
      [-0.9, -0.5],
      [0.9, -0.5],
    ],
    [
      [-0.9, 0.5],
      [0.9, 0.5],
    ],
  ],
  [
    [
      [-0.6, -0.6],
      [-0.6, -0.6],
    ],
    [
      [0.6, 0.5],
      [0.6, 0.5],
    ],
    [
      [0.5, -0.6],
      [0.5, -0.6],
    ],
  ],
];

/**
 * White lines on black, 42 by 42: one of four shapes, turned at random, in one of nine cells, which alone decides the class,
 * and three to five distractors in others. `boxes` says where the shape is.
 */
export function drawShapes({ seed = 1, train = 8000, test = 1000 }: DrawShapesOptions = {}): Dataset {
  checkCount("training", train);
  checkCount("test", test);
  const source = random(seed).fork("shapes");
  return drawnDataset(
    {
      name: "shapes",
      source: `shapes among distractors drawn by fovea (seed ${seed}), ${count(train)} training and ${count(test)} test images`,
      classes: Object.keys(shapes),
    },
    () => drawImages(train, source.fork("train")),
    () => drawImages(test, source.fork("test")),
  );
}

function drawImages(count: number, source: Random): LabelledImages {
  const pixels = new Uint8Array(count * side * side);
  const labels = new Uint8Array(count);
  const outlines = Object.values(shapes);
  const canvas = new Canvas(side);
  const boxes = Array.from({ length: count }, (_, i) => {
    const label = source.below(outlines.length);
    labels[i] = label;
    const places = permutation(cells * cells, source);
    const box = draw(at(outlines, label), at(places, 0), source, canvas);
    for (const place of places.subarray(1, 4 + source.below(3))) {
      draw(at(distractors, source.below(distractors.length)), place, source, canvas);
    }
    develop(canvas, pixels.subarray(i * side * side, (i + 1) * side * side), source);
    return [box];
  });
  return { pixels, labels, boxes, count, channels: 1, height: side, width: side };
}

/** Turns what was drawn into pixels with noise, and clears the canvas. */
export function develop(canvas: Canvas, pixels: Uint8Array, source: Random): void {
  canvas.develop(pixels, 200 + 100 * source.uniform(), 15, 12, source);
}

/** Draws in a cell, at a size, a turn and a place of its own. @returns the box around all that it coloured, in pixels */
export function draw(outline: Outline, place: number, source: Random, canvas: Canvas) {
  const [radius, softness] = [0.6 + 0.3 * source.uniform(), 0.5];
  const size = 3.4 + 1.4 * source.uniform();
  const turn = 2 * Math.PI * source.uniform();
  const reach = size * Math.SQRT2 + radius + softness;
  const free = Math.max(0, cell / 2 - reach);
  const centre = (index: number) => (index + 0.5) * cell - 0.5 + free * (2 * source.uniform() - 1);
  const [x, y] = [centre(place % cells), centre(Math.floor(place / cells))];
  const ink = 0.75 + 0.25 * source.uniform();
  const trace: TracePoint[] = [];
  let [left, right, top, bottom] = [side, 0, side, 0];
  for (const line of outline) {
    for (const [i, [u, v]] of line.entries()) {
      const [px, py] = [
        x + size * (Math.cos(turn) * u - Math.sin(turn) * v),
        y + size * (Math.sin(turn) * u + Math.cos(turn) * v),
      ];
      trace.push({ x: px, y: py, radius, ink, lifted: i === 0 });
      [left, right, top, bottom] = [Math.min(left, px), Math.max(right, px), Math.min(top, py), Math.max(bottom, py)];
    }
  }
  canvas.draw(trace, softness);
  // Pixel centres are at whole numbers for the pen, and at halves for boxes.
  const edge = radius + softness;
  return { x: left + 0.5 - edge, y: top + 0.5 - edge, width: right - left + 2 * edge, height: bottom - top + 2 * edge };
}

/** @throws FoveaError `bad-input` */
export function checkCount(part: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 0) return;
  throw new FoveaError(
    "bad-input",
    `shapes: number of ${part} images: expected a whole number, 0 or more, got ${count}`,
  );
}
