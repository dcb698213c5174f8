/** @file A seeded random number generator: the only source of randomness in the package. */

export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** A whole number in [0, n). */
  below(n: number): number;
  /** A generator of its own for a named purpose, independent of how often this one has been asked. */
  fork(purpose: string | number): Random;
}

/** sfc32 (Doty-Humphrey's small fast counting generator), seeded by a text or a number. */
export function random(seed: string | number): Random {
  const text = String(seed);
  let [a, b, c, counter] = [hash(text, 1), hash(text, 2), hash(text, 3), 1];
  const next = () => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  const uniform = () => (next() + (next() >>> 11) / 2 ** 21) / 2 ** 32;
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    below: (n) => Math.floor(uniform() * n),
    fork: (purpose) => random(`${text}/${purpose}`),
  };
}

/** The numbers 0..n-1 in random order (Fisher-Yates). */
export function permutation(n: number, source: Random): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = source.below(i + 1);
    const value = order[i] as number;
    order[i] = order[j] as number;
    order[j] = value;
  }
  return order;
}

/** A number in [0, 1) of a text: always the same, and as good as drawn at random. */
export function hashOf(text: string): number {
  return random(`hash/${text}`).uniform();
}

/** FNV-1a over the text, with a salt. */
function hash(text: string, salt: number): number {
  let value = 2166136261 ^ salt;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16777619);
  return Math.imul(value ^ (value >>> 15), 2246822507) | 0;
}
