/** @file The screen of this process, and functions that print on it. */

import { Screen } from "./screen.js";

export const screen = new Screen(process.stdout, process.stderr);

/** A line of results on stdout. */
export function print(line = ""): void {
  screen.print(line);
}

/** Lines of results on stdout. */
export function printLines(lines: readonly string[]): void {
  for (const line of lines) screen.print(line);
}

export function printJson(value: unknown): void {
  screen.printJson(value);
}

/** The value as one line of JSON. */
export function printJsonLine(value: unknown): void {
  screen.printJson(value, 0);
}

/** A result as it is, on stdout. */
export async function printBytes(bytes: Uint8Array | string): Promise<void> {
  await new Promise<void>((resolve) => process.stdout.write(bytes, () => resolve()));
}

/** A line on stderr, for notes. */
export function note(line: string): void {
  screen.note(line);
}
