/** @file Holm's correction: how unlikely results are of which several were tried. */

/**
 * p-values corrected for their number, in the order given: the smallest is multiplied by n, the next by n - 1, and so on, and none
 * is smaller than the one before (Holm, Scandinavian Journal of Statistics 1979). The chance that any of those at or below 0.05 is
 * a false one is at most 5 %, whatever they depend on.
 * @param pValues 0 to 1
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => (pValues[a] as number) - (pValues[b] as number));
  const corrected = new Array<number>(pValues.length);
  let largest = 0;
  for (const [rank, i] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * (pValues[i] as number)));
    corrected[i] = largest;
  }
  return corrected;
}
