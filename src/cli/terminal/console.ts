/** @file What commands say: results on stdout, progress and notes on stderr, errors as one line with an exit code. */

import { MultiBar, Presets } from "cli-progress";
import { FoveaError } from "../../foundation/error.js";

/** Exit codes: 0 done, 1 some of it failed, 2 bad input, 130 interrupted. */
export const exitCodes = { done: 0, partly: 1, badInput: 2, interrupted: 130 } as const;

export function print(line = ""): void {
  process.stdout.write(`${printable(line)}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function note(line: string): void {
  process.stderr.write(`${printable(oneLine(line))}\n`);
}

/** A file's own texts must not steer the terminal: control characters and changes of direction become a replacement sign. */
function printable(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}

export interface ProgressBar {
  /** `values` fill the format's places. */
  update(done: number, values?: object): void;
  /** A line of results, above the bar where both are on the terminal. */
  print(line: string): void;
  stop(): void;
}

/** A progress bar on stderr; silent where stderr is no terminal. `values` fill the format's places until the first update. */
export function progressBar(format: string, total: number, values: object = {}): ProgressBar {
  const bars = new MultiBar(
    {
      format,
      stream: process.stderr,
      barsize: 24,
      clearOnComplete: true,
      noTTYOutput: false,
      // The bar's own listener for Ctrl-C would keep it from ending the program; without it no state of the terminal may change.
      gracefulExit: false,
      linewrap: true,
    },
    Presets.shades_classic,
  );
  const bar = bars.create(total, 0, values);
  const above = process.stdout.isTTY && process.stderr.isTTY;
  return {
    update: (done, changed) => bar.update(done, changed ?? {}),
    print: (line) => (above ? bars.log(`${printable(line)}\n`) : print(line)),
    stop() {
      if (above) bars.update();
      bars.stop();
    },
  };
}

/** Runs a command that may return an exit code; what is wrong with its input becomes one line and exit code 2. */
export async function runCommand(command: () => Promise<unknown>): Promise<void> {
  try {
    const code = await command();
    process.exitCode = typeof code === "number" ? code : exitCodes.done;
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    note(`fovea: ${error.message}`);
    process.exitCode = exitCodes.badInput;
  }
}

const longestLine = 600;

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > longestLine ? `${line.slice(0, longestLine)} ...` : line;
}

/** Rows under a header, columns padded; numbers right-aligned. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [header, ...rows.map((row) => row.map(String))];
  const widths = header.map((_, c) => cells.reduce((widest, row) => Math.max(widest, (row[c] ?? "").length), 0));
  const right = header.map((_, c) =>
    rows.every((row) => typeof row[c] === "number" || /^[\d.,]+( %)?$/.test(String(row[c]))),
  );
  const lines = cells.map((row) =>
    row
      .map((cell, c) => (right[c] ? cell.padStart(widths[c] as number) : cell.padEnd(widths[c] as number)))
      .join("  ")
      .trimEnd(),
  );
  return lines.join("\n");
}
