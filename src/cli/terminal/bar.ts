/** @file A progress bar in text. */

const cells = 24;

/** E.g. `[██████░░░░░░░░░░░░░░░░░░]`. `share` is 0 to 1. */
export function bar(share: number): string {
  const filled = Math.round(cells * Math.min(1, Math.max(0, share)));
  return `[${"█".repeat(filled)}${"░".repeat(cells - filled)}]`;
}
