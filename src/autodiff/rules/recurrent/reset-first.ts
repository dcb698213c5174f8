/** @file The way back through a GRU whose reset gate multiplies h before the product with R. */

import { at } from "../../../foundation/present.js";
import type { Builder } from "../../../onnx/builder.js";
import type { Value } from "../../../onnx/graph.js";
import { sized, typed } from "../../typed.js";
import { clipped } from "./activations.js";
import { blend } from "./cells.js";
import { type Direction, hold, project, type StepGradients, splitBlocks } from "./direction.js";
import { appendScan } from "./scan.js";

/**
 * h' = (1 - u)∘g(xₙ + (r∘h)·Rₙᵀ) + u∘h (Cho et al., EMNLP 2014, equations 5 to 8): the candidate's product lies between two
 * parts that work element by element, so two products bring the gradient to the step before.
 */
export function resetFirstBack(direction: Direction): StepGradients {
  const { backward, activations, x, w, r, biases, hBefore, dims, mask } = direction;
  const { op, node, gradientsOf } = backward;
  const [gate, squash] = [clipped(node, at(activations, 0)), clipped(node, at(activations, 1))];
  const [rGates, rCandidate] = splitRows(op, r);
  const [bGates, bCandidate] = biases ? splitRows(op, at(biases, 1)) : [];
  const [xu = "", xr = "", xn = ""] = splitBlocks(op, project(op, x, w, biases?.[0]), 3);
  const [hu = "", hr = ""] = splitBlocks(op, project(op, hBefore, rGates, bGates), 2);
  const [zu, zr] = typed(op, dims, () => [op.Add(xu, hu), op.Add(xr, hr)] as const);
  sized(op, dims, hBefore);
  const kept = typed(op, dims, () => op.Mul(gate(op, zr), hBefore));
  const zn = typed(op, dims, () => op.Add(xn, project(op, kept, rCandidate, bCandidate)));
  const next = typed(op, dims, () => hold(op, mask, blend(op, gate(op, zu), squash(op, zn), hBefore), hBefore));
  const slopes = [...gradientsOf(next, [zu, zn, hBefore]), ...gradientsOf(kept, [zr, hBefore])];
  const { gradients, initial } = scanBack(direction, slopes, rGates, rCandidate);
  const read = [
    { sequence: hBefore, blocks: 2 },
    { sequence: kept, blocks: 1 },
  ];
  return { ofX: gradients, ofH: gradients, read, initial };
}

/** The rows of both gates, and those of the candidate. */
function splitRows(op: Builder, rows: Value): readonly [Value, Value] {
  const [u = "", r = "", candidate = ""] = op.node("Split", [rows], { axis: 0, num_outputs: 3 }, 3);
  return [op.Concat(u, r, { axis: 0 }), candidate];
}

/** Gradients of the gates u and r and of the candidate, [T, N, 3H], and of the initial state. */
function scanBack(direction: Direction, slopes: readonly Value[], rGates: Value, rCandidate: Value) {
  const { backward, reverse, arriving } = direction;
  const { each, last } = arriving;
  const { states, sequences } = appendScan(backward.op, {
    states: last,
    sequences: each === undefined ? slopes : [...slopes, each],
    reverse: !reverse,
    step: (
      op,
      { states: [carried = ""], sequences: [byU = "", byN = "", byH = "", byR = "", keptByH = "", arrived] },
    ) => {
      const h = arrived === undefined ? carried : op.Add(carried, arrived);
      const [u, n] = [op.Mul(h, byU), op.Mul(h, byN)];
      const kept = op.MatMul(n, rCandidate);
      const gates = op.Concat(u, op.Mul(kept, byR), { axis: 1 });
      const before = op.Add(op.MatMul(gates, rGates), op.Add(op.Mul(h, byH), op.Mul(kept, keptByH)));
      return { states: [before], sequences: [op.Concat(gates, n, { axis: 1 })] };
    },
  });
  return { gradients: at(sequences, 0), initial: states };
}
