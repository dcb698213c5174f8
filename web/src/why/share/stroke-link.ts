/** @file Strokes as they stand in an address: whole pixels, each point by its distance to the one before, as base64url. */

import type { Stroke } from "../../shared/strokes.js";

/** Longer addresses are cut off by some programs. */
export const longest = 4000;
/** Points of all strokes together that are read: far more than fit into an address. */
const mostPoints = 20_000;

/** Empty where there is nothing. */
export function writeStrokes(strokes: readonly Stroke[]): string {
  const bytes: number[] = [];
  for (const { color, width, points } of strokes) {
    const ink = color?.match(/\d+/g)?.slice(0, 3).map(Number);
    putNumber(bytes, Math.max(1, Math.round(2 * width)));
    bytes.push(...(ink?.length === 3 ? [1, ...ink] : [0]));
    putPoints(bytes, wholePoints(points));
  }
  const text = String.fromCharCode(...bytes);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Nothing where the text makes no sense. */
export function readStrokes(text: string): readonly Stroke[] {
  if (!/^[\w-]+$/.test(text)) return [];
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
    return strokesOf(new Reader(bytes));
  } catch (error) {
    if (error instanceof DOMException || error instanceof RangeError) return [];
    throw error;
  }
}

function strokesOf(reader: Reader): Stroke[] {
  const strokes: Stroke[] = [];
  let points = 0;
  while (!reader.isDone) {
    const width = reader.number() / 2;
    const color = reader.byte() === 1 ? `rgb(${reader.byte()} ${reader.byte()} ${reader.byte()})` : undefined;
    const count = reader.number();
    points += count;
    if (points > mostPoints) throw new RangeError("too many points");
    let [x, y] = [0, 0];
    const all = Array.from({ length: count }, () => {
      x += reader.signed();
      y += reader.signed();
      return [x, y];
    });
    strokes.push({ color, width, points: all.flat() });
  }
  return strokes;
}

/** Of a stroke's points those that differ from the one before. */
function wholePoints(points: readonly number[]): (readonly [x: number, y: number])[] {
  const all = Array.from(
    { length: points.length / 2 },
    (_, i) => [Math.round(points[2 * i] ?? 0), Math.round(points[2 * i + 1] ?? 0)] as const,
  );
  return all.filter(([x, y], i) => x !== all[i - 1]?.[0] || y !== all[i - 1]?.[1]);
}

function putPoints(bytes: number[], points: readonly (readonly [x: number, y: number])[]): void {
  putNumber(bytes, points.length);
  let [fromX, fromY] = [0, 0];
  for (const [x, y] of points) {
    putSigned(bytes, x - fromX);
    putSigned(bytes, y - fromY);
    [fromX, fromY] = [x, y];
  }
}

/** Seven bits a byte, the lowest first. */
function putNumber(bytes: number[], value: number): void {
  for (; value > 127; value = Math.floor(value / 128)) bytes.push(128 + (value % 128));
  bytes.push(value);
}

function putSigned(bytes: number[], value: number): void {
  putNumber(bytes, value < 0 ? -2 * value - 1 : 2 * value);
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isDone(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** @throws RangeError behind the end */
  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new RangeError("the text ends too soon");
    return value;
  }

  number(): number {
    let [value, factor] = [0, 1];
    for (let byte = this.byte(); ; byte = this.byte()) {
      value += (byte % 128) * factor;
      if (byte < 128) return value;
      factor *= 128;
      if (factor > 2 ** 28) throw new RangeError("the number is too large");
    }
  }

  signed(): number {
    const value = this.number();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }
}
