/** @file Axes of charts: round numbers to mark, and lines through points. */

/** About `count` round numbers from 0 to `most`, both included where they are round. */
export function ticks(most: number, count: number, whole = false): number[] {
  const rough = most / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10;
  const step = whole ? Math.max(1, Math.round(factor * power)) : factor * power;
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** The next round number, for the end of an axis. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 1.5, 2, 3, 4, 5, 8, 10].find((each) => each * power >= value) ?? 10);
}

/** More points than pixels are drawn for nobody. */
const mostPoints = 600;

/** The path of a line through points. */
export function path(points: readonly (readonly [x: number, y: number])[]): string {
  const every = Math.max(1, Math.ceil(points.length / mostPoints));
  const corners = points.filter((_, i) => i % every === 0 || i === points.length - 1);
  return corners.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}
