/** @file Which elements along an axis a sample reads between them, and with what weights. */

import { FoveaError } from "../../../foundation/error.js";
import type { Builder } from "../../../onnx/builder.js";
import { type Dim, int as intAttribute, string as stringAttribute, type Value } from "../../../onnx/graph.js";
import { dataTypes } from "../../../onnx/tensor.js";
import type { Backward } from "../../rule.js";
import { sized, typed } from "../../typed.js";

/** How GridSample reads between elements and beside them. */
export interface Sampling {
  readonly mode: "nearest" | "linear" | "cubic";
  readonly padding: "zeros" | "border" | "reflection";
  /** Whether -1 and 1 are the centres of the outer elements, or their outer edges. */
  readonly alignCorners: boolean;
}

/** One element along an axis for each sample: its position, int64, and its weight. */
export interface AxisTap {
  readonly index: Value;
  readonly weight: Value;
}

const modes: Readonly<Record<string, Sampling["mode"]>> = {
  nearest: "nearest",
  bilinear: "linear",
  linear: "linear",
  bicubic: "cubic",
  cubic: "cubic",
};

/** @throws FoveaError `bad-graph` for a mode or padding that the specification does not have */
export function readSampling({ node }: Pick<Backward, "node">): Sampling {
  const name = stringAttribute(node, "mode", "linear");
  const mode = modes[name];
  const padding = stringAttribute(node, "padding_mode", "zeros");
  const where = `node "${node.name}" (${node.op})`;
  if (mode === undefined) {
    throw new FoveaError("bad-graph", `${where}: mode: expected one of ${Object.keys(modes).join(", ")}, got ${name}`);
  }
  if (padding !== "zeros" && padding !== "border" && padding !== "reflection") {
    throw new FoveaError("bad-graph", `${where}: padding_mode: expected zeros, border or reflection, got ${padding}`);
  }
  return { mode, padding, alignCorners: intAttribute(node, "align_corners", 0) === 1 };
}

/**
 * The taps of samples along one axis, as PyTorch's grid_sample has them.
 * @param coordinate from -1 to 1 over the axis, of sizes `dims`
 * @param size of the axis, an int64 scalar
 */
export function axisTaps(
  op: Builder,
  coordinate: Value,
  size: Value,
  dims: readonly Dim[],
  sampling: Sampling,
): readonly AxisTap[] {
  const length = sized(op, [], op.Cast(size, { to: dataTypes.float32 }));
  const last = sized(op, [], op.Sub(length, op.scalar(1)));
  const axis: SampledAxis = { op, length, last, sampling, span: spanOf(op, length, last, sampling) };
  const taps = typed(op, dims, () => tapsAt(axis, positionOf(axis, coordinate)));
  return taps.map(({ position, weight }) => ({ index: op.Cast(position, { to: dataTypes.int64 }), weight }));
}

/** A tap whose position is still a float. */
interface FloatTap {
  readonly position: Value;
  readonly weight: Value;
}

interface SampledAxis {
  readonly op: Builder;
  readonly length: Value;
  readonly last: Value;
  /** Distance between the two places at which coordinates are reflected; not zero. */
  readonly span: Value;
  readonly sampling: Sampling;
}

function spanOf(op: Builder, length: Value, last: Value, { alignCorners }: Sampling): Value {
  return alignCorners ? sized(op, [], op.Max(last, op.scalar(1))) : length;
}

/** Coordinates in elements: 0 is the centre of the first one. */
function positionOf({ op, length, last, sampling }: SampledAxis, coordinate: Value): Value {
  const shifted = op.Add(coordinate, op.scalar(1));
  const whole = sampling.alignCorners ? op.Mul(shifted, last) : op.Sub(op.Mul(shifted, length), op.scalar(1));
  return op.Mul(whole, op.scalar(0.5));
}

function tapsAt(axis: SampledAxis, position: Value): FloatTap[] {
  const { op, sampling } = axis;
  if (sampling.mode === "cubic") {
    const low = op.Floor(position);
    const weights = cubicWeights(op, op.Sub(position, low));
    return weights.map((weight, i) => tap(axis, inside(axis, op.Add(low, op.scalar(i - 1))), weight));
  }
  const padded = inside(axis, position);
  if (sampling.mode === "nearest") return [tap(axis, op.Round(padded), op.scalar(1))];
  const low = op.Floor(padded);
  const fraction = op.Sub(padded, low);
  return [tap(axis, low, op.Sub(op.scalar(1), fraction)), tap(axis, op.Add(low, op.scalar(1)), fraction)];
}

/** Brings positions into the axis by the padding; those of zeros stay where they are. No slope outside, and none at the ends. */
function inside(axis: SampledAxis, position: Value): Value {
  const { op, last, span, sampling } = axis;
  if (sampling.padding === "zeros") return position;
  const zero = op.scalar(0);
  if (sampling.padding === "border") return op.Clip(position, zero, last);
  // A triangular wave between the centres of the outer elements, or between their outer edges.
  const edge = op.scalar(sampling.alignCorners ? 0 : 0.5);
  const fromEdge = op.Add(position, edge);
  const period = op.Add(span, span);
  const phase = op.Sub(fromEdge, op.Mul(period, op.Floor(op.Div(fromEdge, period))));
  const reflected = op.Sub(op.Sub(span, op.Abs(op.Sub(phase, span))), edge);
  return op.Clip(reflected, zero, last);
}

/** Keys' cubic convolution with a = -0.75 for the elements at -1, 0, 1 and 2 from the one below. */
function cubicWeights(op: Builder, fraction: Value): Value[] {
  const a = -0.75;
  const polynomial = (t: Value, ...coefficients: readonly [number, ...number[]]) => {
    const [first, ...rest] = coefficients.map((each) => op.scalar(each));
    return rest.reduce((sum, each) => op.Add(op.Mul(sum, t), each), first ?? "");
  };
  const near = (t: Value) => polynomial(t, a + 2, -(a + 3), 0, 1);
  const far = (t: Value) => polynomial(t, a, -5 * a, 8 * a, -4 * a);
  const [one, two] = [op.scalar(1), op.scalar(2)];
  return [far(op.Add(fraction, one)), near(fraction), near(op.Sub(one, fraction)), far(op.Sub(two, fraction))];
}

/** A tap at a whole position; beside the axis it counts nothing. */
function tap({ op, last }: SampledAxis, position: Value, weight: Value): FloatTap {
  const within = op.Clip(position, op.scalar(0), last);
  return { position: within, weight: op.Where(op.Equal(within, position), weight, op.scalar(0)) };
}
