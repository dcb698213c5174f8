/** @file How long pure functions take, for tests that they take time in proportion to the size. */

/** Milliseconds of the quickest of three runs; what is thrown counts as done. */
export function timeOf(work: () => unknown): number {
  const all = [1, 2, 3].map(() => {
    const began = performance.now();
    try {
      work();
    } catch {
      // A refusal takes its time, too.
    }
    return performance.now() - began;
  });
  return Math.min(...all);
}
