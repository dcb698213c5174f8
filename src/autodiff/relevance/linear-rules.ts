/** @file Rules that share the relevance of a linear layer among its inputs. */

import type { Builder } from "../../onnx/builder.js";
import { dimsOf, staticDims, type Value } from "../../onnx/graph.js";
import { float32, sizeOf } from "../../onnx/tensor.js";
import { sized } from "../typed.js";
import { sumOverChannels } from "./channel-sum.js";
import { quotient, epsilon as smallest } from "./stabilise.js";

/** A linear layer z = W x + b where the walk meets it. */
export interface LinearStep {
  readonly op: Builder;
  readonly x: Value;
  readonly weight: Value;
  readonly bias: Value | undefined;
  readonly z: Value;
  /** R of z. */
  readonly relevance: Value;
  /** No element of x is negative. */
  readonly isNonNegative: boolean;
  /** No relevance arrives where z is negative. */
  readonly isRectified: boolean;
  /** Of a convolution all channels see the same window, and it is of one group. */
  readonly isPlainConvolution: boolean;
  /** The layer with other numbers: W' x' + b'. */
  readonly apply: (x: Value, weight: Value, bias?: Value) => Value;
  /** W'ᵀ c, of x's shape. */
  readonly back: (x: Value, weight: Value, c: Value) => Value;
}

/** R of x. Where sums are divided by, ε keeps the division finite. */
export type LinearRule = (step: LinearStep) => Value;

/** Rᵢ = Σⱼ xᵢ wᵢⱼ / (zⱼ ± ε) Rⱼ: LRP-ε, Bach et al., PLOS ONE 2015, eq. 58. The bias has a share, which goes no further. */
export const epsilonRule: LinearRule = ({ op, x, weight, z, relevance, back }) =>
  op.Mul(x, back(x, weight, quotient(op, relevance, z, smallest)));

/**
 * Positive contributions share α times the relevance and negative ones -β times: Bach et al., eq. 60. A contribution is positive
 * where x and w have the same sign, so x may be negative.
 */
export function alphaBetaRule(alpha: number, beta: number): LinearRule {
  return (step) => {
    const { op } = step;
    const positive = signedShare(step, 1);
    const weighted = alpha === 1 ? positive : op.Mul(positive, op.scalar(alpha));
    return beta === 0 ? weighted : op.Sub(weighted, op.Mul(signedShare(step, -1), op.scalar(beta)));
  };
}

/** Only positive contributions share the relevance: α = 1, β = 0, called z⁺. */
export const plusRule: LinearRule = alphaBetaRule(1, 0);

/** The shares of all contributions of one sign. */
function signedShare({ op, x, weight, bias, relevance, isNonNegative, apply, back }: LinearStep, sign: 1 | -1): Value {
  const [same, other] = sign === 1 ? [positive, negative] : [negative, positive];
  const [w, opposite] = [same(op, weight), other(op, weight)];
  // ε goes in with the bias, which saves a pass over the sums: they all have this sign.
  const tiny = op.scalar(sign * smallest);
  const b = bias === undefined ? undefined : op.Add(same(op, bias), tiny);
  if (isNonNegative) return op.Mul(x, back(x, w, op.Div(relevance, withBias(op, apply(x, w, b), b, tiny))));
  const [up, down] = [positive(op, x), negative(op, x)];
  const sum = op.Add(withBias(op, apply(up, w, b), b, tiny), apply(down, opposite));
  const c = op.Div(relevance, sum);
  return op.Add(op.Mul(up, back(up, w, c)), op.Mul(down, back(down, opposite, c)));
}

function withBias(op: Builder, sum: Value, bias: Value | undefined, tiny: Value): Value {
  return bias === undefined ? op.Add(sum, tiny) : sum;
}

/**
 * LRP-γ favours contributions of the output's sign by γ: Montavon et al., "Layer-Wise Relevance Propagation: An Overview", 2019,
 * eq. 10.6, which is for x ≥ 0; with the generalisation to any x and z of Andéol et al., arXiv:2112.00582.
 */
export function gammaRule(gamma: number): LinearRule {
  return (step) => {
    const { op, x, weight, bias, z, relevance, isNonNegative, isRectified, apply, back } = step;
    const favoured = (value: Value, part: typeof positive) =>
      sizedAs(op, value, op.Add(value, op.Mul(op.scalar(gamma), part(op, value))));
    const [more, less] = [favoured(weight, positive), favoured(weight, negative)];
    const [up, down] = isNonNegative ? [x, undefined] : [positive(op, x), negative(op, x)];
    const branch = (sign: 1 | -1): Value => {
      const [w, opposite, part] = sign === 1 ? [more, less, positive] : [less, more, negative];
      const first = apply(up, w, bias && favoured(bias, part));
      const sum = down === undefined ? first : op.Add(first, apply(down, opposite));
      const isOfSign = sign === 1 ? op.Greater(z, op.scalar(0)) : op.Less(z, op.scalar(0));
      const c = op.Where(isOfSign, op.Div(relevance, op.Add(sum, op.scalar(sign * smallest))), op.scalar(0));
      const share = op.Mul(up, back(up, w, c));
      return down === undefined ? share : op.Add(share, op.Mul(down, back(down, opposite, c)));
    };
    return isRectified ? branch(1) : op.Add(branch(1), branch(-1));
  };
}

/** All inputs that an output sees share its relevance evenly: Lapuschkin et al., Nature Communications 2019. */
export const flatRule: LinearRule = (step) => {
  const { op, x, weight, z, relevance, isPlainConvolution, apply, back } = step;
  const [dims, sizes] = [dimsOf(op.graph, x), staticDims(dimsOf(op.graph, weight))];
  if (!isPlainConvolution || dims === undefined || sizes === undefined) {
    const [ones, same] = [oneLike(op, x), oneLike(op, weight)];
    return back(ones, same, quotient(op, relevance, apply(ones, same)));
  }
  // Every channel gets the same, so that one stands for all of them on the way.
  const [, channels = 1, ...kernel] = sizes;
  const window = op.constant(float32([1, 1, ...kernel], Array(sizeOf(kernel)).fill(1)), "window");
  const firstChannel = op.Slice(x, op.ints([0]), op.ints([1]), op.ints([1]));
  const plane = sized(op, [dims[0] ?? "", 1, ...dims.slice(2)], firstChannel);
  const count = op.Mul(apply(onesOf(op, plane), window), op.scalar(channels));
  const arrived = sumOverChannels(op, relevance, dimsOf(op.graph, z));
  return op.Expand(back(plane, window, op.Div(arrived, count)), op.Shape(x));
};

/**
 * zᴮ, for pixels between the bounds l and h: Montavon et al., Pattern Recognition 2017, eq. 14 (xᵢ wᵢⱼ - lᵢ wᵢⱼ⁺ - hᵢ wᵢⱼ⁻ as the
 * contribution).
 * @param bounds appends l and h of x, of its shape or so that they are broadcast to it
 */
export function boxRule(bounds: (op: Builder, x: Value) => { readonly low: Value; readonly high: Value }): LinearRule {
  return ({ op, x, weight, relevance, apply, back }) => {
    const whole = (bound: Value) => sizedAs(op, x, op.Expand(bound, op.Shape(x)));
    const { low, high } = bounds(op, x);
    const terms = [
      { x, w: weight, sign: 1 },
      { x: whole(low), w: positive(op, weight), sign: -1 },
      { x: whole(high), w: negative(op, weight), sign: -1 },
    ];
    const total = (values: readonly Value[]) =>
      values.reduce((sum, value, i) => (terms[i]?.sign === 1 ? op.Add(sum, value) : op.Sub(sum, value)));
    const c = quotient(op, relevance, total(terms.map((term) => apply(term.x, term.w))));
    return total(terms.map((term) => op.Mul(term.x, back(term.x, term.w, c))));
  };
}

function positive(op: Builder, value: Value): Value {
  return sizedAs(op, value, op.Relu(value));
}

function negative(op: Builder, value: Value): Value {
  return sizedAs(op, value, op.Min(value, op.scalar(0)));
}

/** Ones for an image's plane: a constant where its sizes are known. */
function onesOf(op: Builder, plane: Value): Value {
  const sizes = staticDims(dimsOf(op.graph, plane)?.slice(1));
  if (sizes === undefined) return oneLike(op, plane);
  return op.constant(float32([1, ...sizes], new Float32Array(sizeOf(sizes)).fill(1)), "ones");
}

function oneLike(op: Builder, value: Value): Value {
  return sizedAs(op, value, op.Expand(op.scalar(1), op.Shape(value)));
}

/** States that a value has the sizes of another. */
function sizedAs(op: Builder, other: Value, value: Value): Value {
  const dims = dimsOf(op.graph, other);
  return dims === undefined ? value : sized(op, dims, value);
}
