/** @file Formats of pictures by their first bytes: those that are read, and those that are not. */

import { bytes, either, holds, matches, type StartTest, startOf } from "./kind.js";

export const pictureKinds = [
  ["JPEG", holds("\xff\xd8\xff")],
  ["PNG", holds("\x89PNG")],
  ["GIF", holds("GIF8")],
  ["WebP", bytes("52 49 46 46 .. .. .. .. 57 45 42 50")],
  ["TIFF", either(holds("II*\0"), holds("MM\0*"), holds("II+\0"), holds("MM\0+"))],
  ["AVIF", holds("ftypavi", 4)],
  ["HEIC", either(holds("ftyphe", 4), holds("ftypmif", 4))],
  [
    "SVG",
    matches(/^(\u00ef\u00bb\u00bf)?\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/),
  ],
  ["BMP", bytes("42 4d .. .. .. .. 00 00 00 00")],
  ["JPEG XL", either(holds("\xff\x0a"), holds("JXL \r\n\x87\n", 4))],
  ["JPEG 2000", either(holds("jP  \r\n\x87\n", 4), holds("\xff\x4f\xff\x51"))],
  ["Photoshop", holds("8BPS")],
  ["OpenEXR", holds("\x76\x2f\x31\x01")],
] as const satisfies readonly (readonly [format: string, is: StartTest])[];

/** The format of a picture, e.g. `PNG`; undefined for what is no picture. */
export function pictureFormat(head: Uint8Array): string | undefined {
  const start = startOf(head);
  return pictureKinds.find(([, is]) => is(start))?.[0];
}
