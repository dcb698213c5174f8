/** @file The start of a file that is text. */

/** How many bytes are looked at. */
const start = 512;

/** Whether a file begins with nothing but letters and white space, of any encoding that contains ASCII. */
export function isText(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.subarray(0, start).every(isLetter);
}

/** E.g. `text that begins "Dear diary"`; undefined for what is no text. */
export function startInWords(bytes: Uint8Array): string | undefined {
  if (!isText(bytes)) return undefined;
  return `text that begins ${JSON.stringify(new TextDecoder().decode(bytes.subarray(0, 24)))}`;
}

function isLetter(code: number): boolean {
  return (code >= 0x20 && code !== 0x7f) || (code >= 0x09 && code <= 0x0d) || code === 0x1b;
}
