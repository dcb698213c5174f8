/** @file Networks in the manner of the model zoos: the layer that is chosen, its gradient, and where on the picture it lies. */

import { describe, expect, it } from "vitest";
import { checkModel, chooseLayer, createExplainer, gridOf, type Model, openModel } from "../../src/explain/index.js";
import { float32, floats, type Tensor, writeModel } from "../../src/onnx/index.js";
import type { Runtime } from "../../src/runtime/index.js";
import { nodeRuntime } from "../../src/runtime/node.js";
import { randomTensor } from "../support/random-tensor.js";
import { convolutional } from "./architectures/convolutional.js";
import type { Architecture, NetOptions } from "./architectures/net.js";
import { tensorflow } from "./architectures/tensorflow.js";
import { transformers } from "./architectures/transformers.js";
import { windowed } from "./architectures/windowed.js";

/** One thread: for networks this small, others only get in each other's way. */
const runtime: Runtime = {
  name: nodeRuntime.name,
  open: (model, options) => nodeRuntime.open(model, { ...options, threads: 1 }),
};

const all = [...convolutional, ...transformers, ...windowed, ...tensorflow];
const modelOf = (architecture: Architecture, options: NetOptions) =>
  openModel(writeModel(architecture.build(options)), runtime);

describe.each(all)("$name", (architecture) => {
  const {
    grid,
    layout,
    skip = 0,
    reason = /^the last feature map before the scores$/,
    input = [3, 16, 32],
  } = architecture;

  it.each([false, true])("has the right layer chosen (shapes computed at run time: %s)", async (shapes) => {
    const layer = chooseLayer(await modelOf(architecture, { shapes }), "auto");
    const { height, width } = gridOf(layer.layout, layer.dims);
    expect([height, width]).toEqual(grid);
    const expected = layout === "tokens" ? { tokens: { height: grid[0], width: grid[1], skip } } : layout;
    expect(layer.layout).toEqual(expected);
    expect(layer.reason).toMatch(reason);
  });

  it("is explained rightly there", async () => {
    const source = writeModel(architecture.build({}));
    const model = await openModel(source, runtime);
    const pictures = randomTensor([2, ...input], architecture.name);
    const { passed, scores, gradient } = await checkModel(model, { runtime, source, input: pictures });
    expect([scores.error, gradient.error]).toEqual([expect.closeTo(0, 5), expect.closeTo(0, 2)]);
    expect(passed).toBe(true);
  });

  it("has its places where the picture has them", async () => {
    const model = await modelOf(architecture, { mixing: false, shapes: true });
    for (const [row, column] of [
      [0, grid[1] - 1],
      [grid[0] - 1, 1],
    ] as const) {
      expect(await mostChanged(model, input, grid, row, column)).toEqual([row, column]);
    }
  });
});

/** The cell of the layer that changes most when the picture changes in one cell. */
async function mostChanged(
  model: Model,
  input: readonly [number, number, number],
  [height, width]: readonly [number, number],
  row: number,
  column: number,
): Promise<[number, number]> {
  const explainer = await createExplainer(model, { runtime, include: ["activation"] });
  const plain = randomTensor([1, ...input], "plain", { interval: [-0.1, 0.1] });
  const last = input[2] === 3;
  const [rows, columns] = last ? [input[0], input[1]] : [input[1], input[2]];
  const changed = (by: number) =>
    floats(plain).map((value, i) => {
      const [y, x] = last
        ? [Math.floor(i / 3 / columns), Math.floor(i / 3) % columns]
        : [Math.floor(i / columns) % rows, i % columns];
      const here = Math.floor((y * height) / rows) === row && Math.floor((x * width) / columns) === column;
      return here ? value + by : value;
    });
  const [before, ...others] = await Promise.all(
    [0, 3, -3].map(async (by) => {
      const { activation } = await explainer.explain(float32(plain.dims, changed(by)), { classes: [0] });
      return floats(activation as Tensor);
    }),
  );
  await explainer.close();
  const changes = Array<number>(height * width).fill(0);
  for (const after of others) {
    after.forEach((value, i) => {
      changes[i % changes.length] = (changes[i % changes.length] as number) + Math.abs(value - (before?.[i] as number));
    });
  }
  const most = changes.indexOf(Math.max(...changes));
  return [Math.floor(most / width), most % width];
}
