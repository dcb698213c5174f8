/** @file The cells of recurrent layers: what they compute at a step, element by element, behind the products with the weights. */

import { at } from "../../../foundation/present.js";
import type { Builder } from "../../../onnx/builder.js";
import { type GraphNode, int as intAttribute, type Value } from "../../../onnx/graph.js";
import { type Activate, clipped } from "./activations.js";

/**
 * A cell makes new states of the old ones and of its gates, which are x·Wᵀ + h·Rᵀ and the biases. All are [..., H].
 * The candidate of a GRU has two parts, because the reset gate multiplies only the second.
 */
export interface Cell {
  /** The new states: h, and an LSTM's c. */
  readonly next: (op: Builder, gates: readonly Value[], states: readonly Value[]) => readonly Value[];
  /** An LSTM's f and u in c' = f∘c + u. Only with peepholes they depend on c. */
  readonly memory?: (op: Builder, gates: readonly Value[], c: Value) => readonly [Value, Value];
}

/** A kind of cell. */
export interface CellKind {
  /** The default activations of one direction. */
  readonly activations: readonly string[];
  /** How many blocks of rows W and R have. */
  readonly blocks: number;
  /** For each block, the gate to which the product with x and that with h are added. */
  readonly fromX: readonly number[];
  readonly fromH: readonly number[];
  readonly states: number;
  /** Which old states the cell reads itself, not through its gates. */
  readonly reads: readonly number[];
  /** @param peepholes the weights of c in the gates i, o, f, each [H]; none by default */
  readonly cell: (node: GraphNode, activations: readonly Activate[], peepholes?: readonly Value[]) => Cell;
}

/** h' = f(z). */
export const rnn: CellKind = {
  activations: ["Tanh"],
  blocks: 1,
  fromX: [0],
  fromH: [0],
  states: 1,
  reads: [],
  cell: (node, activations) => ({ next: (op, [z = ""]) => [clipped(node, at(activations, 0))(op, z)] }),
};

/** c' = f∘c + i∘g(z), h' = o∘h(c') with gates i, o, f and peepholes; a coupled forget gate is f = 1 - i. */
export const lstm: CellKind = {
  activations: ["Sigmoid", "Tanh", "Tanh"],
  blocks: 4,
  fromX: [0, 1, 2, 3],
  fromH: [0, 1, 2, 3],
  states: 2,
  reads: [1],
  cell: (node, activations, peepholes) => {
    const [gate, squash, shown] = [at(activations, 0), at(activations, 1), at(activations, 2)];
    const [pi, po, pf] = peepholes ?? [];
    const isCoupled = intAttribute(node, "input_forget", 0) === 1;
    const open = (op: Builder, z: Value, p: Value | undefined, c: Value) =>
      clipped(node, gate)(op, p === undefined ? z : op.Add(z, op.Mul(p, c)));
    const memory = (op: Builder, [zi = "", , zf = "", zc = ""]: readonly Value[], c: Value) => {
      const i = open(op, zi, pi, c);
      const f = isCoupled ? op.Sub(op.scalar(1), i) : open(op, zf, pf, c);
      return [f, op.Mul(i, clipped(node, squash)(op, zc))] as const;
    };
    return {
      memory,
      next: (op, gates, [, c = ""]) => {
        const [f, u] = memory(op, gates, c);
        const next = op.Add(op.Mul(f, c), u);
        return [op.Mul(open(op, at(gates, 1), po, next), shown(op, next)), next];
      },
    };
  },
};

/** h' = (1 - u)∘g(x-part + r∘h-part) + u∘h with the gates u (update) and r (reset), as cuDNN, PyTorch and Keras compute it. */
export const gru: CellKind = {
  activations: ["Sigmoid", "Tanh"],
  blocks: 3,
  fromX: [0, 1, 3],
  fromH: [0, 1, 2],
  states: 1,
  reads: [0],
  cell: (node, activations) => {
    const [gate, squash] = [clipped(node, at(activations, 0)), clipped(node, at(activations, 1))];
    return {
      next: (op, [zu = "", zr = "", ofH = "", ofX = ""], [h = ""]) => {
        const [u, r] = [gate(op, zu), gate(op, zr)];
        return [blend(op, u, squash(op, op.Add(ofX, op.Mul(r, ofH))), h)];
      },
    };
  },
};

/** (1 - u)∘n + u∘h. */
export function blend(op: Builder, u: Value, n: Value, h: Value): Value {
  return op.Add(op.Mul(op.Sub(op.scalar(1), u), n), op.Mul(u, h));
}
