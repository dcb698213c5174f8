/** @file Looks through runs of equal numbers, packed numbers, and differences, as Parquet encodes them: none may be longer than their page. */

/** Numbers that writers add to fill the last group. */
const filling = 512;

/**
 * Levels or truth values behind their length in four bytes; nothing where there is only one level.
 * @returns where they end
 */
export function checkSizedRuns(bytes: Uint8Array, start: number, level: number, count: number): number {
  if (level === 0) return start;
  if (start + 4 > bytes.length) throw new Error("a page without its levels");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(start, true);
  const end = start + 4 + length;
  if (end > bytes.length) throw new Error("levels that are longer than their page");
  checkRuns(bytes.subarray(start + 4, end), 32 - Math.clz32(level), count);
  return end;
}

/** @param bits of each number @param count how many are read at most: there are fewer where some are empty */
export function checkRuns(bytes: Uint8Array, bits: number, count: number): void {
  if (bits === 0) return;
  if (bits > 32) throw new Error("numbers of more than 32 bits");
  for (let at = 0, left = count; left > 0 && at < bytes.length; ) {
    const head = varint(bytes, at);
    at = head.end;
    const length = Math.floor(head.value / 2);
    const isPacked = head.value % 2 === 1;
    const numbers = isPacked ? 8 * length : length;
    if (numbers > left + (isPacked ? filling : 0)) throw new Error("a run that is longer than its page");
    at += isPacked ? length * bits : Math.ceil(bits / 8);
    left -= numbers;
  }
}

/** The head of differences: numbers in a block, and its parts. */
export function checkDeltas(bytes: Uint8Array): void {
  const block = varint(bytes, 0);
  const parts = varint(bytes, block.end);
  const isSound =
    parts.value > 0 && parts.value <= 2 ** 16 && block.value <= 2 ** 24 && block.value % parts.value === 0;
  if (!isSound) throw new Error("differences in blocks of an odd size");
}

function varint(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start, scale = 1; at < bytes.length && at < start + 5; at++, scale *= 128) {
    const byte = bytes[at] ?? 0;
    value += (byte % 128) * scale;
    if (byte < 128) return { value, end: at + 1 };
  }
  throw new Error("a number that does not end");
}
