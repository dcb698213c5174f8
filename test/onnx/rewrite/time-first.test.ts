/** @file Recurrent layers whose batch comes first compute what those do whose time comes first. */

import { describe, expect, it } from "vitest";
import { Builder } from "../../../src/onnx/builder.js";
import type { Value } from "../../../src/onnx/graph.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { floats, type Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runFresh } from "../../support/models/run.js";

const [batch, steps, size, hidden] = [2, 4, 3, 2];
const kinds: Readonly<Record<string, { readonly blocks: number; readonly states: number }>> = {
  LSTM: { blocks: 4, states: 2 },
  GRU: { blocks: 3, states: 1 },
  RNN: { blocks: 1, states: 1 },
};

/** A bidirectional layer with initial states; time first, its inputs are transposed before it and its outputs behind it. */
function layer(operator: string, isBatchFirst: boolean): Builder {
  const { blocks = 1, states = 1 } = kinds[operator] ?? {};
  const op = new Builder();
  const weight = (...dims: number[]) => op.constant(randomTensor(dims, `${operator}/${dims}`));
  const given = (value: Value) => (isBatchFirst ? value : op.Transpose(value, { perm: [1, 0, 2] }));
  const x = given(op.input("x", "float32", [batch, steps, size]));
  const initial = Array.from({ length: states }, (_, i) =>
    given(op.constant(randomTensor([batch, 2, hidden], `state ${i}`))),
  );
  const weights = [
    weight(2, blocks * hidden, size),
    weight(2, blocks * hidden, hidden),
    weight(2, 2 * blocks * hidden),
  ];
  const attributes = { hidden_size: hidden, direction: "bidirectional", ...(isBatchFirst ? { layout: 1 } : {}) };
  const outputs: Value[] = op.node(operator, [x, ...weights, undefined, ...initial], attributes, 1 + states);
  outputs.forEach((value, i) => {
    const perm = i === 0 ? [2, 0, 1, 3] : [1, 0, 2];
    op.output(isBatchFirst ? value : op.Transpose(value, { perm }), `out ${i}`);
  });
  return op;
}

describe.each(Object.keys(kinds))("%s", (operator) => {
  it("gives the same outputs in either layout", async () => {
    const feeds = { x: randomTensor([batch, steps, size], "x") };
    const expected = Object.entries(await runFresh(layer(operator, false).graph, feeds));
    const file = readModel(writeModel(layer(operator, true).graph));
    const got: Record<string, Tensor | undefined> = await runFresh(file, feeds);
    expect(expected).toHaveLength(1 + (kinds[operator]?.states ?? 0));
    for (const [name, tensor] of expected) {
      expect(got[name]?.dims).toEqual(tensor.dims);
      expect([...floats(got[name] as Tensor)]).toEqual([...floats(tensor)]);
    }
  });
});
