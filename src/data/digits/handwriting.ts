/** @file The hand: leads a pen along a digit's strokes with one person's wobble, slant, size and pressure. */

import type { Random } from "../../foundation/random.js";
import type { DigitShape, Stroke } from "./digit-shapes.js";

/** Where the pen went, in pixels of the image; pixel centres are at whole numbers. Reused from digit to digit. */
export class Trace {
  static readonly capacity = 512;
  readonly x = new Float64Array(Trace.capacity);
  readonly y = new Float64Array(Trace.capacity);
  /** Half the width of the line. */
  readonly radius = new Float64Array(Trace.capacity);
  /** How much ink the pen leaves, 0..1. */
  readonly ink = new Float64Array(Trace.capacity);
  /** 1 where the pen was lifted before the point. */
  readonly lifted = new Uint8Array(Trace.capacity);
  count = 0;

  /** Adds a point; past the capacity points are dropped, which no digit comes near. */
  add(x: number, y: number, lifted: boolean): void {
    if (this.count === Trace.capacity) return;
    this.x[this.count] = x;
    this.y[this.count] = y;
    this.lifted[this.count++] = lifted ? 1 : 0;
  }
}

/** Points drawn from one control point to the next. */
const stepsPerSpan = 7;

/** Writes `shape` once into `trace`, centred in an image of `side` pixels as MNIST's digits are: about 20 of 28 high. */
export function write(shape: DigitShape, side: number, source: Random, trace: Trace): void {
  trace.count = 0;
  const unsteadiness = 1.6 + 1.6 * source.uniform();
  for (const stroke of shape.strokes) lead(stroke, unsteadiness, source, trace);
  warp(trace, source);
  press(trace, side, source);
  place(trace, side, source);
}

/** Runs through a stroke's control points, each missed a little, as a Catmull-Rom spline. */
function lead(stroke: Stroke, unsteadiness: number, source: Random, trace: Trace): void {
  const xs: number[] = [];
  const ys: number[] = [];
  let [missX, missY] = [unsteadiness * source.normal(), unsteadiness * source.normal()];
  for (let i = 0; i < stroke.length; i += 2) {
    const [x, y] = [stroke[i] as number, stroke[i + 1] as number];
    if (i > 0 && x === stroke[i - 2] && y === stroke[i - 1]) {
      // A hurried hand rounds a corner: the doubled point becomes a single one.
      if (source.uniform() < 0.25) continue;
      xs.push(xs.at(-1) as number);
      ys.push(ys.at(-1) as number);
    } else {
      // Neighbouring points are missed in nearly the same direction: a hand drifts, it doesn't shake.
      missX = 0.6 * missX + 0.8 * unsteadiness * source.normal();
      missY = 0.6 * missY + 0.8 * unsteadiness * source.normal();
      xs.push(x + missX);
      ys.push(y + missY);
    }
  }
  const last = xs.length - 1;
  trace.add(xs[0] as number, ys[0] as number, true);
  for (let i = 0; i < last; i++) {
    if (xs[i] === xs[i + 1] && ys[i] === ys[i + 1]) continue;
    const [before, after] = [Math.max(i - 1, 0), Math.min(i + 2, last)];
    for (let step = 1; step <= stepsPerSpan; step++) {
      const t = step / stepsPerSpan;
      trace.add(spline(xs, before, i, after, t), spline(ys, before, i, after, t), false);
    }
  }
}

function spline(values: readonly number[], before: number, at: number, after: number, t: number): number {
  const a = values[before] as number;
  const b = values[at] as number;
  const c = values[at + 1] as number;
  const d = values[after] as number;
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
  for (let i = 0; i < trace.count; i++) {
    let x = (trace.x[i] as number) - 50;
    let y = (trace.y[i] as number) - 50;
    let [dx, dy] = [0, 0];
    for (const wave of waves) {
      const bend = Math.sin(wave.alongX * x + wave.alongY * y + wave.phase);
      dx += wave.x * bend;
      dy += wave.y * bend;
    }
    x = (x + dx) * width - (y + dy) * slant;
    y += dy;
    trace.x[i] = cos * x - sin * y;
    trace.y[i] = sin * x + cos * y;
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
  for (let i = 0; i < trace.count; i++) {
    const t = i / trace.count;
    const wave = Math.sin(phase + pace * t);
    const leaving = haste * Math.max(0, t - 0.8) * 5;
    trace.radius[i] = radius * (1 + swell * wave) * (1 - 0.6 * leaving);
    trace.ink[i] = (1 - fade * (0.5 - 0.5 * wave)) * (1 - leaving);
  }
}

/** Scales the trace to its size in the image and puts it near the middle: its centre of mass, missed by a pixel. */
function place(trace: Trace, side: number, source: Random): void {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  let [length, massX, massY] = [0, 0, 0];
  for (let i = 0; i < trace.count; i++) {
    const x = trace.x[i] as number;
    const y = trace.y[i] as number;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    if (trace.lifted[i]) continue;
    const [dx, dy] = [x - (trace.x[i - 1] as number), y - (trace.y[i - 1] as number)];
    const piece = Math.sqrt(dx * dx + dy * dy);
    length += piece;
    massX += piece * (x - dx / 2);
    massY += piece * (y - dy / 2);
  }
  const margin = (trace.radius[0] as number) + 0.5;
  const scale = (side * (0.62 + 0.13 * source.uniform()) - margin) / Math.max(right - left, bottom - top);
  const middle = (side - 1) / 2;
  const shift = (centre: number, low: number, high: number) =>
    Math.min(
      Math.max(middle + 0.03 * side * source.normal() - scale * centre, margin - scale * low),
      side - 1 - margin - scale * high,
    );
  const shiftX = shift(massX / length, left, right);
  const shiftY = shift(massY / length, top, bottom);
  for (let i = 0; i < trace.count; i++) {
    trace.x[i] = scale * (trace.x[i] as number) + shiftX;
    trace.y[i] = scale * (trace.y[i] as number) + shiftY;
  }
}
