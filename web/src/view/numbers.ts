/** @file Numbers as they are read. */

/** Three significant digits, without zeros that say nothing. */
export function inWords(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-4) return value.toExponential(1).replace("e", " e").replace("-", "−");
  return String(Number(value.toPrecision(3))).replace("-", "−");
}

/** `97.3 %`, never rounded to all or nothing. */
export function percent(share: number): string {
  const value = 100 * share;
  if (value > 99.9 && value < 100) return ">99.9 %";
  if (value < 0.1 && value > 0) return "<0.1 %";
  return `${value.toFixed(1)} %`;
}

export function duration(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return milliseconds >= 10 ? `${Math.round(milliseconds)} ms` : `${milliseconds.toFixed(1)} ms`;
}
