/** @file The date of a report. */

/** Today in UTC, e.g. 2026-01-31. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
