/** @file Says that a picture of 16 bits is nearly black to a network. */

import type { Picture } from "./picture.js";

/** Steps of 16 bits in one of 8: 65535 is 255. */
export const stepsPer8Bits = 257;
export const white = 65535;

/** Samples of 12 bits in a file of 16 end here. */
const mostOf12Bits = 4095 / stepsPer8Bits;

/** A note on a picture whose samples use a small part of their range only: for the network it is nearly black. */
export function darkNote({ deep, notes }: Picture): string | undefined {
  // Of floating samples the range is told already.
  if (deep === undefined || notes !== undefined) return undefined;
  let most = 0;
  for (const value of deep) most = Math.max(most, value);
  if (most === 0 || most > mostOf12Bits + 1e-3) return undefined;
  const times = Math.floor(255 / most);
  return `nearly black: its 16-bit samples end at ${Math.round(most * stepsPer8Bits)} of ${white}; if that is white, take --scale ${times} times as large`;
}
