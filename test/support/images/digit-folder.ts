/** @file Folders of drawn digits as image files, for tests. */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { drawDigits } from "../../../src/data/digits/digits.js";
import { encodePng } from "../../../src/image/node.js";

export interface DigitFile {
  /** From the folder, with forward slashes. */
  readonly path: string;
  readonly digit: number;
  readonly bytes: Uint8Array;
}

/** The first test digits of the usual hand. @param pathOf where a digit lies; default the folder of its class */
export async function digitFiles(
  count: number,
  pathOf: (digit: number, i: number) => string = (digit, i) => `${digit}/${i}.png`,
): Promise<DigitFile[]> {
  const { pixels, labels, width, height } = drawDigits({ train: 0, test: count }).test;
  const one = async (digit: number, i: number) => {
    const own = pixels.slice(i * width * height, (i + 1) * width * height);
    return { path: pathOf(digit, i), digit, bytes: await encodePng({ width, height, channels: 1, pixels: own }) };
  };
  return Promise.all(Array.from(labels, one));
}

export function writeFiles(folder: string, files: readonly { readonly path: string; readonly bytes: Uint8Array }[]) {
  for (const { path, bytes } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}
