/** @file Divides long tables of cases: `npm test` takes a share of them, `npm run test:long` all. */

/** Set for the long suite: `it.runIf(everything)` is for whole commands, and slow cases, whose parts have tests of their own. */
export const everything = process.env.FOVEA_TEST_ALL === "1";

/** Every `step`-th case, beginning with the one at `from`; in the long suite all of them. */
export function share<T>(cases: readonly T[], step: number, from = 0): readonly T[] {
  return everything ? cases : cases.filter((_, i) => i % step === from % step);
}
