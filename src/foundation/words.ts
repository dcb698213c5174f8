/** @file Numbers and lists as people write them, in plain characters that every terminal shows. */

/** A share as a percentage: `98.76 %`. Default of `digits`, the decimals: 2. */
export function percent(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** 60000 as `60,000`. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 image`, `2 images`. Default of `many`: `one` with an s. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A number of bytes, rounded up: `17 bytes`, `1.2 MiB`, `3 GiB`. */
export function bytesInWords(bytes: number): string {
  if (bytes < 2 ** 20) return counted(bytes, "byte");
  const [size, unit] = bytes < 2 ** 30 ? [bytes / 2 ** 20, "MiB"] : [bytes / 2 ** 30, "GiB"];
  return `${Math.ceil(size * 10) / 10} ${unit}`;
}

/** Milliseconds as `42 s` or `3 min 5 s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

const writtenOut: Readonly<Record<string, string>> = {
  "+": "plus",
  α: "alpha",
  β: "beta",
  γ: "gamma",
  ε: "epsilon",
};

/** Letters and digits alone, small; a plus and the Greek letters of methods are written out. */
export function plainSpelling(name: string): string {
  return name
    .toLowerCase()
    .replace(/[+αβγε]/g, (letter) => writtenOut[letter] ?? "")
    .replace(/[^a-z0-9]/g, "");
}
