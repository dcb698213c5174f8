/** @file The way back through the steps of a recurrent layer. */

import { at } from "../../../foundation/present.js";
import type { Builder } from "../../../onnx/builder.js";
import type { Value } from "../../../onnx/graph.js";
import { sized, typed } from "../../typed.js";
import type { Cell } from "./cells.js";
import { type Direction, hold, project, type StepGradients, splitBlocks } from "./direction.js";
import { appendScan } from "./scan.js";

/**
 * Behind the products with the weights, cells work element by element. So all slopes of a step are known beforehand, for
 * all steps at once, and what is left to do in turn is linear: every gate's gradient is the arriving one times a slope,
 * and the product with R brings it to the step before. Backpropagation through time: Werbos, Proceedings of the IEEE 78
 * (1990), section III.
 */
export function stepsBack(direction: Direction): StepGradients {
  const { backward, kind, mask, dims } = direction;
  const { op } = backward;
  const cell = kind.cell(backward.node, direction.activations, direction.peepholes);
  const gates = gatesOf(direction);
  const states = statesBefore(direction, cell, gates);
  const next = typed(op, dims, () =>
    cell.next(op, gates, states).map((value, i) => hold(op, mask, value, at(states, i))),
  );
  const read = mask === undefined ? kind.reads : states.map((_, i) => i);
  const wrt = [...gates, ...read.map((i) => at(states, i))];
  const slopes = next.map((value) => stack(op, backward.gradientsOf(value, wrt)));
  const { gradients, initial } = scanBack(direction, slopes, gates.length, read);
  const gate = (i: number) => op.Gather(gradients, op.int(i), { axis: 2 });
  const summed = (i: number, factor = "") => op.ReduceSum(op.Mul(gate(i), factor), op.ints([0, 1]), { keepdims: 0 });
  const [, cBefore] = states;
  return {
    ofX: blocks(op, gradients, kind.fromX),
    ofH: blocks(op, gradients, kind.fromH),
    read: [{ sequence: direction.hBefore, blocks: kind.blocks }],
    initial,
    ...(direction.peepholes ? { peepholes: [summed(0, cBefore), summed(1, next[1]), summed(2, cBefore)] } : {}),
  };
}

/** The gates in all steps at once, each [T, N, H]: h before every step is known from the node's output. */
function gatesOf({ backward: { op }, kind, x, w, r, biases, hBefore, dims }: Direction): Value[] {
  const fromX = splitBlocks(op, project(op, x, w, biases?.[0]), kind.blocks);
  const fromH = splitBlocks(op, project(op, hBefore, r, biases?.[1]), kind.blocks);
  const gates: Value[] = [];
  kind.fromH.forEach((gate, block) => {
    gates[gate] = at(fromH, block);
  });
  kind.fromX.forEach((gate, block) => {
    const [mine, other] = [at(fromX, block), gates[gate]];
    gates[gate] = other === undefined ? mine : op.Add(mine, other);
  });
  for (const gate of gates) sized(op, dims, gate);
  return gates;
}

/** The states before every step, each [T, N, H]. The node does not hand out c of every step: it is computed again. */
function statesBefore(direction: Direction, { memory }: Cell, gates: readonly Value[]): Value[] {
  const { backward, hBefore, initial, reverse, mask, dims, peepholes } = direction;
  const { op } = backward;
  const states = [hBefore];
  if (memory !== undefined) {
    const known = peepholes ? gates : typed(op, dims, () => memory(op, gates, ""));
    const { sequences } = appendScan(op, {
      states: initial.slice(1),
      sequences: mask === undefined ? known : [...known, mask],
      reverse,
      step: (step, { states: [c = ""], sequences: slices }) => {
        const [f, u] = peepholes ? memory(step, slices, c) : slices;
        const next = step.Add(step.Mul(f, c), u);
        return { states: [hold(step, slices[known.length], next, c)], sequences: [c] };
      },
    });
    states.push(at(sequences, 0));
  }
  for (const state of states) sized(op, dims, state);
  return states;
}

/** Values [T, N, H] as one [T, N, count, H]. */
function stack(op: Builder, values: readonly Value[]): Value {
  return op.Concat(...values.map((value) => op.Unsqueeze(value, op.ints([2]))), { axis: 2 });
}

/** Some of [T, N, gates, H], side by side as [T, N, B·H]. */
function blocks(op: Builder, gradients: Value, gates: readonly number[]): Value {
  return op.Reshape(op.Gather(gradients, op.ints(gates), { axis: 2 }), op.ints([0, 0, -1]));
}

/**
 * @param slopes of every new state with respect to the gates and to the old states that the cell reads: [T, N, gates + read, H]
 * @returns the gradients of the same, [T, N, gates + read, H], and those of the initial states
 */
function scanBack(direction: Direction, slopes: readonly Value[], gateCount: number, read: readonly number[]) {
  const { backward, kind, r, reverse, arriving } = direction;
  const { each, last } = arriving;
  const { states, sequences } = appendScan(backward.op, {
    states: last,
    sequences: each === undefined ? slopes : [...slopes, each],
    reverse: !reverse,
    step: (op, { states: [h = "", ...others], sequences: slices }) => {
      const arrived = [each === undefined ? h : op.Add(h, slices[slopes.length]), ...others];
      const parts = arrived.map((value, i) => op.Mul(op.Unsqueeze(value, op.ints([1])), slices[i]));
      const gradients = parts.reduce((a, b) => op.Add(a, b));
      const gates = op.Slice(gradients, op.ints([0]), op.ints([kind.blocks]), op.ints([1]));
      const throughGates = op.MatMul(op.Reshape(gates, op.ints([0, -1])), r);
      const direct = last.map((_, i) => {
        const k = read.indexOf(i);
        return k < 0 ? undefined : op.Gather(gradients, op.int(gateCount + k), { axis: 1 });
      });
      const before = [direct[0] ? op.Add(throughGates, direct[0]) : throughGates, ...direct.slice(1)];
      return { states: before.map((value) => value ?? ""), sequences: [gradients] };
    },
  });
  return { gradients: at(sequences, 0), initial: states };
}
