/** @file Files inside a text: as `data:` URLs, the same on Node and in a page. */

/** @param type of the file, e.g. `image/png` */
export function dataUrl(type: string, bytes: Uint8Array): string {
  let text = "";
  // More arguments at once than a call may have.
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return `data:${type};base64,${btoa(text)}`;
}
