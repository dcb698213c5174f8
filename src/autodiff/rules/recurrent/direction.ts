/** @file One direction of a recurrent node, with what is known of every step; sequences [T, N, ·] stay in the order of time. */

import { at } from "../../../foundation/present.js";
import type { Builder } from "../../../onnx/builder.js";
import { type Dim, int as intAttribute, string as stringAttribute, type Value } from "../../../onnx/graph.js";
import { dataTypes } from "../../../onnx/tensor.js";
import type { Backward } from "../../rule.js";
import { sized } from "../../typed.js";
import { type Activate, ofDirection, readActivations } from "./activations.js";
import type { CellKind } from "./cells.js";

export interface Direction {
  readonly backward: Backward;
  readonly kind: CellKind;
  readonly activations: readonly Activate[];
  /** Whether the last step comes first. */
  readonly reverse: boolean;
  /** Sizes [T, N, H] of a sequence of states. */
  readonly dims: readonly Dim[];
  /** [T, N, I]. */
  readonly x: Value;
  /** [B·H, I] and [B·H, H] with B blocks of rows. */
  readonly w: Value;
  readonly r: Value;
  /** The biases of the products with x and with h, each [B·H]. */
  readonly biases: readonly Value[] | undefined;
  /** Each [H]. */
  readonly peepholes: readonly Value[] | undefined;
  /** The states before the first step, each [N, H]. */
  readonly initial: readonly Value[];
  /** h before every step. */
  readonly hBefore: Value;
  /** [T, N, 1], bool: whether a step belongs to its sequence, where these have lengths of their own. */
  readonly mask: Value | undefined;
  /** Gradients that arrived at h of every step, and at the last states [N, H]. */
  readonly arriving: { readonly each: Value | undefined; readonly last: readonly Value[] };
}

/** What arrives at the products with the weights, in all steps. */
export interface StepGradients {
  /** Gradients of x·Wᵀ and h·Rᵀ, each [T, N, B·H]. */
  readonly ofX: Value;
  readonly ofH: Value;
  /** What R's blocks multiply: sequences [T, N, H], one for each run of blocks. */
  readonly read: readonly { readonly sequence: Value; readonly blocks: number }[];
  /** Gradients of the initial states, each [N, H]. */
  readonly initial: readonly Value[];
  /** Gradients of the peepholes in the gates i, o, f, each [H]; none where there are none. */
  readonly peepholes?: readonly Value[];
}

/** The directions of a node: forward, reverse, or both in this order. */
export function readDirections(backward: Backward, kind: CellKind): Direction[] {
  const { op, node, inputs, dims } = backward;
  const [x = "", , , , lengths] = inputs;
  const name = stringAttribute(node, "direction", "forward");
  const reverses = name === "bidirectional" ? [false, true] : [name === "reverse"];
  const activations = readActivations(node, kind.activations, reverses.length);
  const sizes = [dims(x)?.[0], dims(x)?.[1]].map((size, i) => size || op.fresh(i === 0 ? "steps" : "batch"));
  const stateDims = [...sizes, intAttribute(node, "hidden_size", 0)];
  const isWithin = lengths === undefined ? undefined : stepsWithin(op, x, lengths, stateDims);
  return reverses.map((reverse, i) => ({
    backward,
    kind,
    activations: ofDirection(activations, kind.activations.length, i),
    reverse,
    dims: stateDims,
    x,
    mask: isWithin?.(0),
    ...weightsOf(backward, i),
    ...statesOf(backward, kind, i, (h, initial) => before(op, h, initial, reverse, isWithin)),
    arriving: arrivingAt(backward, kind, i, isWithin?.(0)),
  }));
}

/** The part of a value that belongs to a direction. */
function part(op: Builder, value: Value, direction: number, axis = 0): Value {
  return op.Gather(value, op.int(direction), { axis });
}

function weightsOf({ op, node, inputs }: Backward, direction: number) {
  const [, w = "", r = "", b, , , , p] = inputs;
  const split = (value: Value | undefined, count: number): readonly Value[] | undefined =>
    value === undefined
      ? undefined
      : op.node("Split", [part(op, value, direction)], { axis: 0, num_outputs: count }, count);
  const peepholes = split(p, 3);
  const size = intAttribute(node, "hidden_size", 0);
  for (const each of peepholes ?? []) sized(op, [size], each);
  const matrix = (value: Value) => sized(op, [op.fresh("rows"), op.fresh("columns")], part(op, value, direction));
  return { w: matrix(w), r: matrix(r), biases: split(b, 2), peepholes };
}

/** The states before the first step, zero where the node has none, and h before every step. */
function statesOf(
  { op, inputs, output }: Backward,
  kind: CellKind,
  direction: number,
  shift: (h: Value, initial: Value) => Value,
) {
  const initial = inputsOf(kind, inputs).map((value) =>
    value === undefined ? zeroState(op, inputs) : part(op, value, direction),
  );
  return { initial, hBefore: shift(part(op, output(0), direction, 1), at(initial, 0)) };
}

/** The inputs that hold initial states. */
function inputsOf(kind: CellKind, inputs: readonly (Value | undefined)[]): (Value | undefined)[] {
  return Array.from({ length: kind.states }, (_, i) => inputs[5 + i]);
}

/** Zeros [N, H]. */
function zeroState(op: Builder, [x, , r]: Backward["inputs"]): Value {
  const batch = op.Shape(x, { start: 1, end: 2 });
  return op.Expand(op.scalar(0), op.Concat(batch, op.Shape(r, { start: 2 }), { axis: 0 }));
}

/** For an offset k: whether step t + k belongs to its sequence, [T, N, 1]. */
function stepsWithin(op: Builder, x: Value, lengths: Value, [steps = "", batch = ""]: readonly Dim[]) {
  return (offset: number): Value => {
    const count = op.Squeeze(op.Shape(x, { start: 0, end: 1 }), op.ints([0]));
    const positions = op.Range(op.int(offset), op.Add(count, op.int(offset)), op.int(1));
    const column = op.Unsqueeze(op.Cast(lengths, { to: dataTypes.int64 }), op.ints([1]));
    const within = op.Less(op.Unsqueeze(positions, op.ints([1, 2])), column);
    return sized(op, [steps, batch, 1], within, "bool");
  };
}

/** h before every step: that behind the step before, and the initial one before the first. */
function before(
  op: Builder,
  h: Value,
  initial: Value,
  reverse: boolean,
  isWithin: ((offset: number) => Value) | undefined,
): Value {
  const first = op.Unsqueeze(initial, op.ints([0]));
  if (!reverse) return op.Concat(first, op.Slice(h, op.ints([0]), op.ints([-1]), op.ints([0])), { axis: 0 });
  const shifted = op.Concat(op.Slice(h, op.ints([1]), op.ints([2 ** 31]), op.ints([0])), first, { axis: 0 });
  return isWithin ? op.Where(isWithin(1), shifted, first) : shifted;
}

function arrivingAt(backward: Backward, kind: CellKind, direction: number, mask: Value | undefined) {
  const { op, gradients, inputs } = backward;
  const [y, ...last] = gradients;
  const ofDirection = y && part(op, y, direction, 1);
  return {
    // What stands behind the end of a sequence is zero, whatever the weights.
    each: mask && ofDirection ? op.Where(mask, ofDirection, op.scalar(0)) : ofDirection,
    last: Array.from({ length: kind.states }, (_, i) => {
      const gradient = last[i];
      return gradient ? part(op, gradient, direction) : zeroState(op, inputs);
    }),
  };
}

/** A new value, or the old one behind the end of a sequence. */
export function hold(op: Builder, mask: Value | undefined, next: Value, old: Value): Value {
  return mask === undefined ? next : op.Where(mask, next, old);
}

/** Splits [T, N, B·H] into its blocks. */
export function splitBlocks(op: Builder, value: Value, count: number): readonly Value[] {
  if (count === 1) return [value];
  return op.node("Split", [value], { axis: 2, num_outputs: count }, count);
}

/** [T, N, B·H]: a sequence times the transposed weights, and the bias. */
export function project(op: Builder, sequence: Value, weights: Value, bias: Value | undefined): Value {
  const product = op.MatMul(sequence, op.Transpose(weights, { perm: [1, 0] }));
  return bias === undefined ? product : op.Add(product, bias);
}
