/** @file Rules of recurrent layers. */

import { FoveaError } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import type { Builder } from "../../../onnx/builder.js";
import { int as intAttribute, type Value } from "../../../onnx/graph.js";
import type { Backward, Rule, RuleTable } from "../../rule.js";
import { sized } from "../../typed.js";
import { type CellKind, gru, lstm, rnn } from "./cells.js";
import { type Direction, readDirections, type StepGradients } from "./direction.js";
import { resetFirstBack } from "./reset-first.js";
import { stepsBack } from "./steps-back.js";

/**
 * Backpropagation through time for X [T, N, I], W, R, B, the initial states and the peepholes, from the gradients of all
 * outputs: h of every step and the last states.
 */
function recurrent(kind: CellKind, goBack: (direction: Direction) => StepGradients): Rule {
  return {
    gradients: (backward) => {
      const { op, node, inputs } = backward;
      if (intAttribute(node, "layout", 0) !== 0) {
        throw new FoveaError("bad-graph", `node "${node.name}" (${node.op}): layout: expected 0 (time first), got 1`);
      }
      const directions = readDirections(backward, kind);
      const found = directions.map((direction) => ({ direction, ...goBack(direction) }));
      const stacked = (values: readonly Value[]) =>
        op.Concat(...values.map((value) => op.Unsqueeze(value, op.ints([0]))), { axis: 0 });
      const [, , , b, , h, c, p] = inputs;
      const states = (i: number) => stacked(found.map(({ initial }) => at(initial, i)));
      return [
        found.map((each) => inputGradient(op, each)).reduce((sum, each) => op.Add(sum, each)),
        stacked(found.map(({ direction, ofX }) => weightGradient(op, ofX, direction.x))),
        stacked(found.map((each) => recurrentWeightGradient(op, each))),
        b && stacked(found.map(({ ofX, ofH }) => op.Concat(...[ofX, ofH].map((g) => sumOfSteps(op, g)), { axis: 0 }))),
        undefined,
        h && states(0),
        c && states(1),
        p && stacked(found.map(({ peepholes = [] }) => op.Concat(...peepholes, { axis: 0 }))),
      ];
    },
  };
}

function inputGradient(op: Builder, { ofX, direction: { w, dims } }: StepGradients & { direction: Direction }): Value {
  return op.MatMul(sized(op, [...dims.slice(0, 2), op.fresh("rows")], ofX), w);
}

function sumOfSteps(op: Builder, g: Value): Value {
  return op.ReduceSum(g, op.ints([0, 1]), { keepdims: 0 });
}

/** The sum over steps and batch of gᵀ·x: [T, N, rows] and [T, N, columns] to [rows, columns]. */
function weightGradient(op: Builder, g: Value, x: Value): Value {
  const flat = (value: Value) => {
    const last = op.Shape(value, { start: 2 });
    return op.Reshape(value, op.Concat(op.ints([-1]), last, { axis: 0 }));
  };
  return op.Gemm(flat(g), flat(x), { transA: 1 });
}

function recurrentWeightGradient(
  op: Builder,
  { ofH, read, direction }: StepGradients & { direction: Direction },
): Value {
  const size = intAttribute(direction.backward.node, "hidden_size", 0);
  let first = 0;
  const rows = read.map(({ sequence, blocks }) => {
    const [start, end] = [first * size, (first + blocks) * size];
    first += blocks;
    return weightGradient(op, op.Slice(ofH, op.ints([start]), op.ints([end]), op.ints([2])), sequence);
  });
  return op.Concat(...rows, { axis: 0 });
}

const gruRule = recurrent(gru, stepsBack);
const gruResetFirst = recurrent(gru, resetFirstBack);

export const recurrence: RuleTable = {
  GRU: {
    gradients: (backward: Backward) =>
      (intAttribute(backward.node, "linear_before_reset", 0) === 0 ? gruResetFirst : gruRule).gradients(backward),
  },
  LSTM: recurrent(lstm, stepsBack),
  RNN: recurrent(rnn, stepsBack),
};
