/** @file Gauss-Legendre quadrature. */

export interface Node {
  readonly at: number;
  readonly weight: number;
}

/**
 * The n nodes and weights for ∫₀¹ f, exact for polynomials up to degree 2n - 1. The nodes are the zeros of the Legendre polynomial
 * Pₙ, found by Newton's method from cos(π(i + 3/4)/(n + 1/2)); the weights are 2/((1 - x²)Pₙ'(x)²) (Abramowitz and Stegun,
 * 25.4.29), both moved from [-1, 1] to [0, 1].
 */
export function gaussLegendre(n: number): Node[] {
  return Array.from({ length: n }, (_, i) => {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    for (let step = 0; step < 100; step++) {
      const { value, slope } = legendre(n, x);
      const next = x - value / slope;
      const done = Math.abs(next - x) < 1e-15;
      x = next;
      if (done) break;
    }
    return { at: (1 + x) / 2, weight: 1 / ((1 - x * x) * legendre(n, x).slope ** 2) };
  });
}

/** Pₙ(x) and Pₙ'(x), by Bonnet's recursion. */
function legendre(n: number, x: number): { value: number; slope: number } {
  let [before, value] = [1, x];
  for (let k = 2; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  return { value, slope: (n * (x * value - before)) / (x * x - 1) };
}
