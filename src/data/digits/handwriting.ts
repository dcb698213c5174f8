/** @file The hand: leads a pen along a digit's strokes with one person's wobble, slant, size and pressure. */

import { at } from "../../foundation/present.js";
import type { Random } from "../../foundation/random.js";
import type { DigitShape, Stroke } from "./digit-shapes.js";

/** A point on the pen's way, in pixels of the image; pixel centres are at whole numbers. */
export interface TracePoint {
  x: number;
  y: number;
  /** Half the width of the line. */
  radius: number;
  /** How much ink the pen leaves, 0..1. */
  ink: number;
  /** Whether the pen was lifted before the point, as before the first. */
  readonly lifted: boolean;
}

/** The pen's way. */
export type Trace = readonly TracePoint[];

/** Points drawn from one control point to the next. */
const stepsPerSpan = 7;

/** One of the shapes, each as often as its weight says. */
export function pickShape(shapes: readonly DigitShape[], source: Random): DigitShape {
  let left = source.uniform() * shapes.reduce((sum, { weight }) => sum + weight, 0);
  for (const shape of shapes) {
    left -= shape.weight;
    if (left < 0) return shape;
  }
  return at(shapes, shapes.length - 1);
}

/** The way of the pen that writes `shape` once, centred in an image of `side` pixels as MNIST's digits are: about 20 of 28 high. */
export function write(shape: DigitShape, side: number, source: Random): Trace {
  const unsteadiness = 1.6 + 1.6 * source.uniform();
  const trace = shape.strokes.flatMap((stroke) => traceSpline(missPoints(stroke, unsteadiness, source)));
  warp(trace, source);
  press(trace, side, source);
  place(trace, side, source);
  return trace;
}

interface Position {
  readonly x: number;
  readonly y: number;
}

/** A stroke's control points, each missed a little. */
function missPoints(stroke: Stroke, unsteadiness: number, source: Random): Position[] {
  const positions: Position[] = [];
  let position: Position = { x: 0, y: 0 };
  let [missX, missY] = [unsteadiness * source.normal(), unsteadiness * source.normal()];
  for (let i = 0; i < stroke.length; i += 2) {
    const [x, y] = [at(stroke, i), at(stroke, i + 1)];
    if (i > 0 && x === stroke[i - 2] && y === stroke[i - 1]) {
      // A hurried hand rounds a corner: the doubled point becomes a single one.
      if (source.uniform() < 0.25) continue;
    } else {
      // Neighbouring points are missed in nearly the same direction: a hand drifts, it doesn't shake.
      missX = 0.6 * missX + 0.8 * unsteadiness * source.normal();
      missY = 0.6 * missY + 0.8 * unsteadiness * source.normal();
      position = { x: x + missX, y: y + missY };
    }
    positions.push(position);
  }
  return positions;
}

/** The Catmull-Rom spline through the positions; one that comes twice is a corner. */
function traceSpline(positions: readonly Position[]): TracePoint[] {
  const trace = [tracePoint(at(positions, 0), true)];
  const last = positions.length - 1;
  for (let i = 0; i < last; i++) {
    const [from, to] = [at(positions, i), at(positions, i + 1)];
    if (from.x === to.x && from.y === to.y) continue;
    const [before, after] = [at(positions, Math.max(i - 1, 0)), at(positions, Math.min(i + 2, last))];
    for (let step = 1; step <= stepsPerSpan; step++) {
      const t = step / stepsPerSpan;
      const x = interpolate(before.x, from.x, to.x, after.x, t);
      trace.push(tracePoint({ x, y: interpolate(before.y, from.y, to.y, after.y, t) }, false));
    }
  }
  return trace;
}

function tracePoint({ x, y }: Position, lifted: boolean): TracePoint {
  return { x, y, radius: 0, ink: 0, lifted };
}

function interpolate(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/** Bends the plane with three slow waves, then stretches, slants and turns it. */
function warp(trace: Trace, source: Random): void {
  const waves = Array.from({ length: 3 }, () => ({
    alongX: 0.045 * source.normal(),
    alongY: 0.045 * source.normal(),
    phase: 2 * Math.PI * source.uniform(),
    x: 2.7 * source.normal(),
    y: 2.7 * source.normal(),
  }));
  const width = Math.exp(-0.1 + 0.17 * source.normal());
  const slant = 0.1 + 0.21 * source.normal();
  const turn = 0.1 * source.normal();
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  for (const point of trace) {
    let x = point.x - 50;
    let y = point.y - 50;
    let [dx, dy] = [0, 0];
    for (const wave of waves) {
      const bend = Math.sin(wave.alongX * x + wave.alongY * y + wave.phase);
      dx += wave.x * bend;
      dy += wave.y * bend;
    }
    x = (x + dx) * width - (y + dy) * slant;
    y += dy;
    point.x = cos * x - sin * y;
    point.y = sin * x + cos * y;
  }
}

/** Sets the line's width and ink along the way: a slow swell, and a lighter end where the pen leaves in a hurry. */
function press(trace: Trace, side: number, source: Random): void {
  const radius = (Math.min(Math.max(1.3 + 0.3 * source.normal(), 0.8), 1.9) * side) / 28;
  const swell = 0.22 * source.uniform();
  const fade = 0.35 * source.uniform() ** 2;
  const haste = 0.5 * source.uniform() ** 2;
  const phase = 2 * Math.PI * source.uniform();
  const pace = 4 + 8 * source.uniform();
  for (const [i, point] of trace.entries()) {
    const t = i / trace.length;
    const wave = Math.sin(phase + pace * t);
    const leaving = haste * Math.max(0, t - 0.8) * 5;
    point.radius = radius * (1 + swell * wave) * (1 - 0.6 * leaving);
    point.ink = (1 - fade * (0.5 - 0.5 * wave)) * (1 - leaving);
  }
}

/** Scales the trace to its size in the image and puts it near the middle: its centre of mass, missed by a pixel. */
function place(trace: Trace, side: number, source: Random): void {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  let [length, massX, massY] = [0, 0, 0];
  let before = at(trace, 0);
  for (const point of trace) {
    const { x, y } = point;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    if (!point.lifted) {
      const [dx, dy] = [x - before.x, y - before.y];
      const piece = Math.sqrt(dx * dx + dy * dy);
      length += piece;
      massX += piece * (x - dx / 2);
      massY += piece * (y - dy / 2);
    }
    before = point;
  }
  const margin = at(trace, 0).radius + 0.5;
  const scale = (side * (0.62 + 0.13 * source.uniform()) - margin) / Math.max(right - left, bottom - top);
  const middle = (side - 1) / 2;
  const shift = (centre: number, low: number, high: number) =>
    Math.min(
      Math.max(middle + 0.03 * side * source.normal() - scale * centre, margin - scale * low),
      side - 1 - margin - scale * high,
    );
  const shiftX = shift(massX / length, left, right);
  const shiftY = shift(massY / length, top, bottom);
  for (const point of trace) {
    point.x = scale * point.x + shiftX;
    point.y = scale * point.y + shiftY;
  }
}
