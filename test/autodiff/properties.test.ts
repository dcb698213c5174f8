/** @file Gradients of random graphs: what holds for the rules must hold for everything built of them. */

import fc from "fast-check";
import { it } from "vitest";
import { checkGradients } from "../../src/autodiff/check-gradients.js";
import { Builder } from "../../src/onnx/builder.js";
import type { Value } from "../../src/onnx/graph.js";
import { inferTypes } from "../../src/runtime/infer-types.js";
import { randomTensor } from "../support/models/random-tensor.js";
import { runFresh } from "../support/models/run.js";
import { runtime } from "../support/runtime.js";
import { everything } from "../support/share.js";

/** Smooth everywhere, and bounded for bounded operands. */
const steps: Record<string, (op: Builder, a: Value, b: Value) => Value> = {
  Add: (op, a, b) => op.Add(a, b),
  Sub: (op, a, b) => op.Sub(a, b),
  Mul: (op, a, b) => op.Mul(op.Tanh(a), op.Sigmoid(b)),
  Div: (op, a, b) => op.Div(a, op.Exp(op.Tanh(b))),
  Pow: (op, a, b) => op.Pow(op.Exp(op.Tanh(a)), op.Tanh(b)),
  Sqrt: (op, a) => op.Sqrt(op.Add(op.scalar(2), op.Tanh(a))),
  Log: (op, a) => op.Log(op.Add(op.scalar(2), op.Tanh(a))),
  Reciprocal: (op, a) => op.Reciprocal(op.Add(op.scalar(2), op.Tanh(a))),
  Neg: (op, a) => op.Neg(a),
  Centre: (op, a) => op.Sub(a, op.ReduceMean(a)),
};

const operands = fc.record({ step: fc.constantFrom(...Object.keys(steps)), a: fc.nat(20), b: fc.nat(20) });
const shapes = fc.uniqueArray(fc.constantFrom([2, 3], [3], [1, 3], [2, 1], []), { minLength: 2, maxLength: 3 });

it("random graphs of smooth operators pass checkGradients", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(operands, { minLength: 1, maxLength: 8 }),
      shapes,
      fc.boolean(),
      async (list, dims, typed) => {
        const op = new Builder();
        const inputs = dims.map((shape, i) => op.input(`x${i}`, "float32", shape));
        const values = [...inputs];
        for (const { step, a, b } of list) {
          const [first, second] = [
            values[a % values.length] as Value,
            values[values.length - 1 - (b % values.length)] as Value,
          ];
          values.push((steps[step] as (typeof steps)[string])(op, first, second));
        }
        const of = values.reduce((sum, value) => op.Add(sum, value));
        const graph = typed ? await inferTypes(op.graph, runtime) : op.graph;
        const feeds = Object.fromEntries(
          inputs.map((name, i) => [name, randomTensor(dims[i] as readonly number[], name)]),
        );
        const check = await checkGradients(graph, { of, wrt: inputs, feeds, run: runFresh, directions: 1 });
        if (!check.passed) throw new Error(`${check.worst}: relative error ${check.error}`);
      },
    ),
    { numRuns: everything ? 100 : 15, seed: 20 },
  );
});
