/** @file Numbers on scales, as people read them. */

/** Three significant digits, as a power of ten where it would be long, with a true minus sign. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  const plain = size === 0 || (size >= 1e-3 && size < 1e5);
  const [digits = "", exponent] = (plain ? String(Number(value.toPrecision(3))) : value.toExponential(2)).split("e");
  const short = exponent === undefined ? digits : `${Number(digits)}e${Number(exponent)}`;
  return short.replaceAll("-", "\u2212");
}
