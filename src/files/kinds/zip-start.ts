/** @file How a zip archive begins. */

import type { StartTest } from "./kind.js";

const zipMark = "PK\x03\x04";

/** A zip archive whose first file is named so. */
export function zipOf(pattern: RegExp): StartTest {
  return ({ text }) => text.startsWith(zipMark) && pattern.test(firstOfZip(text));
}

/** The name of the first file in a zip archive, as far as the start tells. */
export function firstOfZip(text: string): string {
  const length = text.charCodeAt(26) | (text.charCodeAt(27) << 8);
  // Archives that are written as a stream, and tests, may leave the length out.
  return text.slice(30, length > 0 ? 30 + length : undefined);
}
