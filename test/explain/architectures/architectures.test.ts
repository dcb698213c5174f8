/** @file Networks in the manner of the model zoos: the layer that is chosen, its gradient, and where on the picture it lies. */

import { describe, expect, it } from "vitest";
import { checkModel } from "../../../src/explain/prove/check-model.js";
import { chooseLayer } from "../../../src/model/layers/choose-layer.js";
import { explainableLayers } from "../../../src/model/layers/find-layers.js";
import { foldToPlanes } from "../../../src/model/layers/fold.js";
import { gridOf } from "../../../src/model/layers/layout.js";
import type { Model } from "../../../src/model/model.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import { copyGraph } from "../../../src/onnx/graph.js";
import { prune } from "../../../src/onnx/prune.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";
import { everything } from "../../support/share.js";
import { convolutional } from "./convolutional.js";
import type { Architecture, NetOptions } from "./net.js";
import { tensorflow } from "./tensorflow.js";
import { transformers } from "./transformers.js";
import { windowed } from "./windowed.js";

const all = [...convolutional, ...transformers, ...windowed, ...tensorflow];
const modelOf = (architecture: Architecture, options: NetOptions) =>
  openModel(writeModel(architecture.build(options)), runtime);

/** Every architecture has each of its tests in the long suite; otherwise one of the three, in turn. */
const takes = (architecture: Architecture, turn: 0 | 1 | 2) => everything || all.indexOf(architecture) % 3 === turn;

describe.each(all)("$name", (architecture) => {
  const {
    grid,
    layout,
    skip = 0,
    reason = /^the last feature map before the scores$/,
    input = [3, 16, 32],
  } = architecture;

  it.runIf(takes(architecture, 2)).each([false, true])(
    "has the right layer chosen (shapes computed at run time: %s)",
    async (shapes) => {
      const layer = chooseLayer(await modelOf(architecture, { shapes }), "auto");
      expect(gridOf(layer.layout, layer.dims).sizes).toEqual(grid);
      const expected = layout === "tokens" ? { tokens: { sizes: grid, skip } } : layout;
      expect(layer.layout).toEqual(expected);
      expect(layer.reason).toMatch(reason);
    },
  );

  it.runIf(takes(architecture, 0))("is explained rightly there", async () => {
    const source = writeModel(architecture.build({}));
    const model = await openModel(source, runtime);
    const pictures = randomTensor([2, ...input], architecture.name);
    const { passed, scores, gradient } = await checkModel(model, { runtime, source, input: pictures });
    expect([scores.error, gradient?.uphill.error]).toEqual([expect.closeTo(0, 5), expect.closeTo(0, 2)]);
    expect(passed).toBe(true);
  });

  it.runIf(takes(architecture, 1))("has every layer's places where the picture has them", async () => {
    const model = await modelOf(architecture, { mixing: false, shapes: true });
    const chosen = chooseLayer(model, "auto").name;
    for (const [row, column] of [
      [0, grid[1] - 1],
      [grid[0] - 1, 1],
    ] as const) {
      const changes = await changesAt(model, input, [row / grid[0], column / grid[1]], [1 / grid[0], 1 / grid[1]]);
      expect(changes.get(chosen)).toEqual("there");
      expect([...changes].filter(([, where]) => where === "elsewhere")).toEqual([]);
    }
  });
});

/** Where each layer changes most when the picture changes in one rectangle; where it does everywhere, places are mixed. */
async function changesAt(
  model: Model,
  input: readonly [number, number, number],
  [top, left]: readonly [number, number],
  [tall, wide]: readonly [number, number],
): Promise<Map<string, "there" | "elsewhere" | "nowhere" | "everywhere">> {
  const op = new Builder(copyGraph(model.graph));
  const layers = explainableLayers(model);
  const folded = layers.map(({ name, layout }, i) => op.named(`folded ${i}`, foldToPlanes(op, name, layout)));
  const session = await runtime.open(prune(op.graph, folded), { optimize: false });
  const plain = randomTensor([1, ...input], "plain", { interval: [-0.1, 0.1] });
  const last = input[2] === 3;
  const [rows, columns] = last ? [input[0], input[1]] : [input[1], input[2]];
  const within = (place: number, from: number, length: number) => place >= from && place < from + length;
  const runs = [0, 3, -3].map((by) => {
    const pixels = floats(plain).map((value, i) => {
      const pixel = last ? Math.floor(i / 3) : i % (rows * columns);
      const here =
        within(Math.floor(pixel / columns) / rows, top, tall) && within((pixel % columns) / columns, left, wide);
      return here ? value + by : value;
    });
    return session.run({ [model.input.name]: float32(plain.dims, pixels) });
  });
  const results = await Promise.all(runs);
  await session.close();
  return new Map(
    layers.map(({ name }, i) => {
      const [before, ...others] = results.map((each) => each[`folded ${i}`] as Tensor) as [Tensor, Tensor, Tensor];
      const [batch, , height = 0, width = 0] = before.dims;
      expect(batch, name).toBe(1);
      const changes = Array<number>(height * width).fill(0);
      for (const after of others) {
        floats(after).forEach((value, k) => {
          const cell = k % changes.length;
          changes[cell] = (changes[cell] as number) + Math.abs(value - (floats(before)[k] as number));
        });
      }
      const [most, unmoved] = [Math.max(...changes), changes.filter((change) => change === 0).length];
      if (most === 0) return [name, "nowhere"];
      const there = changes.some((change, at) => {
        const [y, x] = [Math.floor(at / width) / height, (at % width) / width];
        const inside = y < top + tall && y + 1 / height > top && x < left + wide && x + 1 / width > left;
        return inside && change > 0.999 * most;
      });
      if (there) return [name, "there"];
      return [name, unmoved < changes.length / 2 ? "everywhere" : "elsewhere"];
    }),
  );
}
