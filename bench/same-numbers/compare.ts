/** @file Says where the results of two runs differ first, leaving aside times, dates, names of cached files and this package's version. */

import { createHash } from "node:crypto";
import sharp from "sharp";

/** Texts and files by what they are called. */
export type Outputs = ReadonlyMap<string, Buffer>;

/** Where two runs differ first, in numbers before in words; undefined where they agree. */
export async function difference(before: Outputs, after: Outputs): Promise<string | undefined> {
  const found = [];
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [a, b] = [before.get(name), after.get(name)];
    if (a?.equals(b ?? Buffer.alloc(0))) continue;
    if (a === undefined || b === undefined) found.push(`differs: ${name}: only ${a ? "before" : "after"}`);
    else found.push(await differenceOf(name, a, b));
  }
  const differences = found.filter((each) => each !== undefined);
  const first = differences.find((each) => !each.startsWith("words")) ?? differences[0];
  return first && `${first}${differences.length > 1 ? ` (and ${differences.length - 1} more)` : ""}`;
}

async function differenceOf(name: string, a: Buffer, b: Buffer): Promise<string | undefined> {
  if (/\.(png|jpg|webp)$/.test(name)) return `differs: ${name}: ${await pixelDifference(a, b)}`;
  if (/\.npy$/.test(name)) return `differs: ${name}: ${numberDifference(a, b)}`;
  if (!/\.onnx$/.test(name)) return textDifference(name, a.toString(), b.toString());
  const [olds, news] = [onnxParts(a), onnxParts(b)];
  for (const part of new Set([...olds.keys(), ...news.keys()])) {
    const differs = textDifference(`${name}: ${part}`, olds.get(part) ?? "nothing", news.get(part) ?? "nothing");
    if (differs) return differs;
  }
  return undefined;
}

async function pixelDifference(a: Buffer, b: Buffer): Promise<string> {
  const [old, now] = await Promise.all([a, b].map((file) => sharp(file).raw().toBuffer({ resolveWithObject: true })));
  if (!old || !now || old.info.size !== now.info.size) return "pictures of different size";
  const count = old.data.reduce((sum, value, i) => sum + Number(value !== now.data[i]), 0);
  return `${count} of ${old.data.length} pixel values`;
}

/** Of two .npy files of float32. */
function numberDifference(a: Buffer, b: Buffer): string {
  const [start, other] = [a, b].map((file) => 10 + file.readUInt16LE(8)) as [number, number];
  if (!a.subarray(0, start).equals(b.subarray(0, other))) return `${a.subarray(10, start)} -> ${b.subarray(10, other)}`;
  let [count, most, first] = [0, 0, ""];
  for (let at = start; at < a.length; at += 4) {
    const [old, now] = [a.readFloatLE(at), b.readFloatLE(at)];
    if (Object.is(old, now)) continue;
    if (count++ === 0) first = `${old} -> ${now} at ${(at - start) / 4}`;
    most = Math.max(most, Math.abs(old - now));
  }
  return `${count} of ${(a.length - start) / 4} numbers, ${first}, at most by ${most}`;
}

const masks: readonly (readonly [RegExp, string])[] = [
  [/^epoch \d+\/\d+: .*\n/gm, ""],
  // Lines of progress in a log come by the clock.
  [/^\s*[a-z][^\n]*: [^\n]*\(\d+ %\)(?:, [^\n]* left)?\n/gm, ""],
  [/("(?:seconds|ms)":\s*)("[\d.]+"|[\d.e+-]+)/g, "$1<time>"],
  [/<path role="img" aria-label="[^"]*\d ms"[^>]*>/g, "<time>"],
  [/\s*\b\d[\d,.]*\s(?:min\s\d+\ss|ms|min|s)\b/g, " <time>"],
  [/\b\d{4}-\d\d-\d\d\b/g, "<date>"],
  // The cache calls its files after the places of the photos, which are not the same for both.
  [/(?<=\/)[0-9a-f]{16}\b/g, "<key>"],
  [/(fovea\W+(?:version\W+)?)\d+\.\d+\.\d+/g, "$1<version>"],
];

/** Compares all but times, dates and versions; says whether the numbers in the texts are the same. */
function textDifference(name: string, a: string, b: string): string | undefined {
  const [old, now] = [a, b].map((text) => masks.reduce((masked, [what, by]) => masked.replace(what, by), text)) as [
    string,
    string,
  ];
  if (old === now) return undefined;
  const numbers = [old, now].map((text) => text.match(/\d+(?:\.\d+)?(?:e[+-]?\d+)?/g)?.join(" "));
  let at = 0;
  while (old[at] === now[at]) at++;
  const [was, is] = [old, now].map((text) => JSON.stringify(text.slice(Math.max(0, at - 30), at + 50)));
  return `${numbers[0] === numbers[1] ? "words differ, no number" : "differs"}: ${name}: ${was} -> ${is}`;
}

interface Field {
  readonly number: number;
  readonly bytes: Buffer;
}

/** The fields of a protobuf message; those of fixed size as their bytes. */
function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let [value, factor] = [0, 1];
    for (let more = true; more; factor *= 128) {
      const byte = message[at++] as number;
      value += (byte & 127) * factor;
      more = byte > 127;
    }
    return value;
  };
  while (at < message.length) {
    const key = varint();
    const kind = key & 7;
    const size = kind === 2 ? varint() : kind === 1 ? 8 : 4;
    const from = at;
    if (kind === 0) varint();
    else at += size;
    fields.push({ number: Math.floor(key / 8), bytes: message.subarray(from, at) });
  }
  return fields;
}

/** What an ONNX file consists of, by name: metadata as text, all else as its SHA-256; the producer's version is left out. */
function onnxParts(file: Buffer): Map<string, string> {
  const found = new Map<string, string>();
  const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
  const text = (message: Buffer, number: number) =>
    fieldsOf(message)
      .find((field) => field.number === number)
      ?.bytes.toString() ?? "";
  for (const [i, { number, bytes }] of fieldsOf(file).entries()) {
    if (number === 14) found.set(`metadata ${text(bytes, 1)}`, text(bytes, 2));
    else if (number !== 7 && number !== 3) found.set(`field ${number} at ${i}`, hash(bytes));
    if (number !== 7) continue;
    for (const [k, part] of fieldsOf(bytes).entries())
      found.set(
        part.number === 5 ? `weights ${text(part.bytes, 8)}` : `graph ${part.number} at ${k}`,
        hash(part.bytes),
      );
  }
  return found;
}
