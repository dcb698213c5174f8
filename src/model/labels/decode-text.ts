/** @file The text of a file in whichever encoding it was written. */

/** Bytes in which zeros are counted. */
const looked = 4096;

/**
 * Text in UTF-8 or UTF-16, with a byte order mark or without (as PowerShell and Notepad write it), else in Latin-1 as Windows
 * has it (windows-1252). A byte order mark is no part of the text.
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = utf16Of(bytes);
  if (encoding) return new TextDecoder(encoding).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** UTF-16 by its mark, or by zeros in most high bytes and in few low ones; undefined for other text. */
function utf16Of(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const start = bytes.subarray(0, looked);
  const zeros: [number, number] = [0, 0];
  start.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2 === 0 ? 0 : 1]++;
  });
  const most = start.length / 4;
  if (zeros[1] > most && zeros[0] === 0) return "utf-16le";
  return zeros[0] > most && zeros[1] === 0 ? "utf-16be" : undefined;
}
