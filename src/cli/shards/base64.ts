/** @file Numbers as base64, little-endian as every machine that Node runs on. */

export function numbersToText(values: Float32Array | Float64Array | Uint8Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}

export function textToBytes(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, "base64"));
}

/** @throws RangeError for bytes that are no whole numbers */
export function textToFloats(text: string): Float32Array<ArrayBuffer> {
  return new Float32Array(textToBytes(text).buffer);
}
