/** @file Tables in text. */

import { visible } from "../../foundation/visible.js";

/** The lines of rows under a header, columns padded; numbers right-aligned. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const cells = [header, ...rows.map((row) => row.map(String))].map((row) => row.map(visible));
  const widths = header.map((_, c) => cells.reduce((widest, row) => Math.max(widest, (row[c] ?? "").length), 0));
  const right = header.map((_, c) =>
    rows.every((row) => typeof row[c] === "number" || /^[\d.,]+( %)?$/.test(String(row[c]))),
  );
  return cells.map((row) =>
    row
      .map((cell, c) => (right[c] ? cell.padStart(widths[c] ?? 0) : cell.padEnd(widths[c] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
