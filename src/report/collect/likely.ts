/** @file How many of the first of all may be in one part, so that no part makes more pictures than any report will show. */

/** A part lacks a picture that is wanted less often than this. */
const chance = 1e-9;

/**
 * The least number that is exceeded by fewer than one in 10^9 parts: of `most` images, each of which is in the part with the chance
 * `share`, independently of the others, as images are that a hash divides (the binomial distribution).
 */
export function likelyAmong(most: number, share: number): number {
  if (share >= 1) return most;
  let term = (1 - share) ** most;
  let within = term;
  for (let count = 0; count < most; count++) {
    if (1 - within < chance) return count;
    term *= ((most - count) / (count + 1)) * (share / (1 - share));
    within += term;
  }
  return most;
}
