/** @file Numbers of tensors: nested lists of JSON, and bytes. */

import { badRequest } from "../refusal.js";
import { kindOf, listAt } from "./fields.js";

/** @throws Refusal 400 for lists that are not of these sizes, or hold anything but numbers */
export function numbersAt(value: unknown, sizes: readonly number[], where: string): Float32Array {
  const list = listAt(value, where);
  const total = sizes.reduce((product, size) => product * size, 1);
  const isNested = Array.isArray(list[0]);
  const numbers = new Float32Array(Math.min(total, mostNumbers));
  fill(numbers, list, { sizes: isNested ? sizes : [total], where }, 0);
  return numbers;
}

/** More than any body holds. */
const mostNumbers = 2 ** 30;

interface Place {
  /** Of this list, and of those in it. */
  readonly sizes: readonly number[];
  readonly where: string;
}

/** @returns where the next number goes */
function fill(numbers: Float32Array, value: unknown, { sizes, where }: Place, start: number): number {
  const [size = 0, ...inner] = sizes;
  const list = listAt(value, where);
  if (list.length !== size) throw badRequest(where, `${size} elements`, String(list.length));
  if (inner.length > 0) {
    const fillAt = (at: number, each: unknown, i: number) =>
      fill(numbers, each, { sizes: inner, where: `${where}[${i}]` }, at);
    return list.reduce(fillAt, start);
  }
  for (const [i, each] of list.entries()) {
    if (typeof each !== "number") throw badRequest(`${where}[${i}]`, "a number", kindOf(each));
    numbers[start + i] = each;
  }
  return start + size;
}

/** The sizes of nested lists, as the first element of each says them. @throws Refusal 400 for an empty list */
export function sizesOf(value: unknown, where: string): number[] {
  const sizes: number[] = [];
  for (let inner = value; Array.isArray(inner) && sizes.length <= mostAxes; inner = inner[0]) sizes.push(inner.length);
  if (sizes.length === 0 || sizes.includes(0)) throw badRequest(where, "a list of numbers", "an empty one");
  return sizes;
}

const mostAxes = 8;

/** Numbers of four bytes, the lowest first. */
export function floatsIn(bytes: Buffer): Float32Array {
  const numbers = new Float32Array(bytes.length / 4);
  for (let i = 0; i < numbers.length; i++) numbers[i] = bytes.readFloatLE(4 * i);
  return numbers;
}

export function bytesOfFloats(numbers: Float32Array): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [i, value] of numbers.entries()) bytes.writeFloatLE(value, 4 * i);
  return bytes;
}

/** Elements of any length, each behind its length. @throws Refusal 400 where the lengths do not add up */
export function elementsIn(bytes: Buffer, where: string): Buffer[] {
  const elements: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at + 4;
    const end = start <= bytes.length ? start + bytes.readUInt32LE(at) : Number.POSITIVE_INFINITY;
    if (end > bytes.length)
      throw badRequest(where, "elements of a length and as many bytes", "an element that is cut off");
    elements.push(bytes.subarray(start, end));
    at = end;
  }
  return elements;
}

export function bytesOfElements(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const element = Buffer.from(text, "utf8");
      const length = Buffer.alloc(4);
      length.writeUInt32LE(element.length);
      return [length, element];
    }),
  );
}

/** @throws Refusal 400 for a text that is not base64 */
export function base64At(value: unknown, where: string): Buffer {
  if (typeof value !== "string") throw badRequest(where, "an image file as base64", kindOf(value));
  const bytes = Buffer.from(value, "base64");
  const padding = value.endsWith("==") ? 2 : value.endsWith("=") ? 1 : 0;
  // Node leaves out what it does not know.
  if (value === "" || bytes.length !== Math.floor((3 * (value.length - padding)) / 4))
    throw badRequest(where, "an image file as base64", value === "" ? "an empty text" : "another text");
  return bytes;
}
