/** @file DICOM's run-length encoding (PS3.5, annex G). */

/** A frame of so many pixels of so many bytes, little-endian. Each byte of all pixels is a segment of its own, the highest first. */
export function unpackRle(bytes: Uint8Array, pixels: number, bytesPerPixel: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  if (count !== bytesPerPixel) throw new Error("another number of segments than bytes in a pixel");
  const result = new Uint8Array(pixels * bytesPerPixel);
  for (let segment = 0; segment < count; segment++) {
    const start = view.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < count ? view.getUint32(8 + 4 * segment, true) : bytes.length;
    unpackSegment(bytes.subarray(start, end), result, count - 1 - segment, bytesPerPixel);
  }
  return result;
}

/** PackBits: a number of bytes as they are, or one byte several times. @param first of the bytes to be written, and their distance */
function unpackSegment(packed: Uint8Array, result: Uint8Array, first: number, distance: number): void {
  let to = first;
  for (let at = 0; at < packed.length && to < result.length; ) {
    const control = packed[at++] ?? 128;
    if (control === 128) continue;
    const isRun = control > 128;
    const length = isRun ? 257 - control : control + 1;
    for (let i = 0; i < length && to < result.length; i++, to += distance)
      result[to] = packed[isRun ? at : at + i] ?? 0;
    at += isRun ? 1 : length;
  }
  if (to < result.length) throw new Error("cut short");
}
