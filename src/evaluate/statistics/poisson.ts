/** @file How unlikely a count of rare events is. */

/** The probability of `count` or more events where `expected` are expected on average (Poisson); 1 for a count of 0. */
export function poissonTail(count: number, expected: number): number {
  let [term, below] = [Math.exp(-expected), 0];
  for (let k = 0; k < count; k++) {
    below += term;
    term *= expected / (k + 1);
  }
  return Math.max(0, 1 - below);
}
