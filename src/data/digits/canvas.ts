/** @file The paper: renders the pen's ink as grey values, with the noise of a scanner. */

import { type Random, random } from "../../foundation/random.js";
import type { Trace, TracePoint } from "./handwriting.js";

type LineEnd = Pick<TracePoint, "x" | "y" | "radius">;

/** A square grey image under work, 0 (paper) to 1 (ink), row by row. */
export class Canvas {
  readonly side: number;
  readonly values: Float32Array;
  readonly #rows: Float32Array;
  /** Drawing each pixel's noise anew would cost more than drawing the digit: each image reads on from a place of its own. */
  readonly #noise = Float32Array.from({ length: 8191 }, random("grain").normal);

  constructor(side: number) {
    this.side = side;
    this.values = new Float32Array(side * side);
    this.#rows = new Float32Array(side * side);
  }

  /** Draws the trace; its edge falls off over `2 * softness` pixels. */
  draw(trace: Trace, softness: number): void {
    let before: TracePoint | undefined;
    for (const point of trace) {
      this.#drawLine(point.lifted ? point : (before ?? point), point, point.ink, softness);
      before = point;
    }
  }

  /** A round spot. */
  dot(x: number, y: number, radius: number, ink: number): void {
    const spot = { x, y, radius };
    this.#drawLine(spot, spot, ink, 0.6);
  }

  /** A line with round ends, as the distance to its middle; where lines cross, the darker ink stays. */
  #drawLine(
    { x: x0, y: y0, radius: r0 }: LineEnd,
    { x: x1, y: y1, radius: r1 }: LineEnd,
    ink: number,
    softness: number,
  ): void {
    const { side, values } = this;
    const reach = Math.max(r0, r1) + softness;
    const left = Math.max(0, Math.ceil(Math.min(x0, x1) - reach));
    const right = Math.min(side - 1, Math.floor(Math.max(x0, x1) + reach));
    const top = Math.max(0, Math.ceil(Math.min(y0, y1) - reach));
    const bottom = Math.min(side - 1, Math.floor(Math.max(y0, y1) + reach));
    const dx = x1 - x0;
    const dy = y1 - y0;
    const inverse = 1 / (dx * dx + dy * dy + 1e-12);
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const px = x - x0;
        const py = y - y0;
        const t = Math.min(Math.max((px * dx + py * dy) * inverse, 0), 1);
        const ex = px - t * dx;
        const ey = py - t * dy;
        const edge = r0 + t * (r1 - r0) + softness - Math.sqrt(ex * ex + ey * ey);
        if (edge <= 0) continue;
        const value = edge >= 2 * softness ? ink : (ink * edge) / (2 * softness);
        const at = y * side + x;
        if (value > (values[at] as number)) values[at] = value;
      }
    }
  }

  /** A 3 by 3 blur: each side neighbour counts `weight` times the middle. */
  blur(weight: number): void {
    const { side, values } = this;
    const middle = 1 / (1 + 2 * weight);
    const edge = weight * middle;
    const rows = this.#rows;
    for (let y = 0, at = 0; y < side; y++) {
      for (let x = 0; x < side; x++, at++) {
        const left = x > 0 ? (values[at - 1] as number) : 0;
        const right = x < side - 1 ? (values[at + 1] as number) : 0;
        rows[at] = middle * (values[at] as number) + edge * (left + right);
      }
    }
    for (let at = 0; at < rows.length; at++) {
      const above = at >= side ? (rows[at - side] as number) : 0;
      const below = at < rows.length - side ? (rows[at + side] as number) : 0;
      values[at] = middle * (rows[at] as number) + edge * (above + below);
    }
  }

  /**
   * Writes the image as bytes and leaves the canvas blank.
   * @param brightness grey value of full ink; more than 255 saturates, as MNIST's lines do
   * @param grain spread of the noise on inked pixels
   * @param dust spread of the noise on paper, of which only the part brighter than black shows
   */
  develop(into: Uint8Array, brightness: number, grain: number, dust: number, source: Random): void {
    const { values } = this;
    const noise = this.#noise;
    let at = source.below(noise.length);
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value === 0 && dust === 0) {
        into[i] = 0;
        continue;
      }
      at = at + 1 === noise.length ? 0 : at + 1;
      const deviation = dust + (grain - dust) * Math.min(value * 3, 1);
      into[i] = Math.min(Math.max(brightness * value + deviation * (noise[at] as number), 0), 255);
    }
    values.fill(0);
  }
}
