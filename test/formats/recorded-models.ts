/** @file Small models of recorded operations, as files describe them, and a run of each on one image of waves. */

import { kerasModel } from "../../src/formats/keras/config.js";
import { kerasGraph } from "../../src/formats/keras/graph.js";
import type { Graph } from "../../src/onnx/graph.js";
import { float32, type Tensor } from "../../src/onnx/tensor.js";
import { runtime } from "../support/runtime.js";

export type Entry = Record<string, unknown>;
/** How an index of the result, the batch first, is computed from the image x[n][h][w][c]. */
export type Rule = (x: (...index: number[]) => number, ...index: number[]) => number;

export const [batch, height, width, channels] = [2, 4, 5, 3];
export const pixel = (...[n = 0, h = 0, w = 0, c = 0]: number[]) =>
  Math.sin(1 + n * 31 + h * 7 + w * 1.7 + c * 0.9) * 2;
const image = float32(
  [batch, height, width, channels],
  Array.from({ length: batch * height * width * channels }, (_, i) => pixel(...indexOf(i, [height, width, channels]))),
);

/** Position `i` as an index: the batch, then one along each of `sizes`. */
export function indexOf(i: number, sizes: readonly number[]): number[] {
  return [...sizes].reduceRight<number[]>(
    ([rest = 0, ...index], size) => [Math.floor(rest / size), rest % size, ...index],
    [i],
  );
}

export function graphOf(layers: readonly Entry[], legacy: boolean): Graph {
  const config = {
    name: "model",
    layers: [
      { class_name: "InputLayer", name: "x", config: { batch_shape: [null, height, width, channels] } },
      ...layers,
    ],
    input_layers: [["x", 0, 0]],
    output_layers: [[layers.at(-1)?.name, 0, 0]],
  };
  const model = kerasModel({ class_name: "Functional", config }, "m.h5");
  return kerasGraph({ model, variables: () => new Map(), legacy, where: "m.h5" });
}

export async function run(graph: Graph): Promise<Tensor> {
  const session = await runtime.open(graph, {});
  const [result] = Object.values(await session.run({ x: image }));
  await session.close();
  return result as Tensor;
}

/** A function of TensorFlow in a file of Keras 2, called with `first` and the others by name. */
export const tf = (name: string, fn: string, first: string | number | readonly string[], named: Entry = {}): Entry => {
  const entry = (each: string | number) =>
    typeof each === "number" ? ["_CONSTANT_VALUE", -1, each, named] : [each, 0, 0, named];
  const node = typeof first === "object" ? first.map(entry) : entry(first);
  const class_name = fn === "__operators__.getitem" ? "SlicingOpLambda" : "TFOpLambda";
  return { class_name, name, config: { name, trainable: true, dtype: "float32", function: fn }, inbound_nodes: [node] };
};
/** An operator in a file of TensorFlow 2.3 or before, with constants by the places of its inputs. */
export const operator = (
  name: string,
  operation: string,
  inputs: readonly string[],
  constants: Entry,
  attr: Entry = {},
): Entry => ({
  class_name: "TensorFlowOpLayer",
  name,
  config: { name, trainable: true, dtype: "float32", node_def: { name, op: operation, input: [], attr }, constants },
  inbound_nodes: [inputs.map((input) => [input, 0, 0, {}])],
});
export const of = (name: string) => [name, 0, 0];

/** An operation in a file of Keras 3. */
export const op = (
  name: string,
  className: string,
  args: readonly unknown[],
  config: Entry = {},
  module = "numpy",
): Entry => ({
  module: `keras.src.ops.${module}`,
  class_name: className,
  registered_name: className,
  name,
  config: { name, ...config },
  inbound_nodes: [{ args, kwargs: {} }],
});
export const value = (layer: string) => ({ class_name: "__keras_tensor__", config: { keras_history: [layer, 0, 0] } });
export const array = (numbers: unknown) => ({ class_name: "__tensor__", config: { value: numbers, dtype: "float32" } });
export const ellipsis = { class_name: "__ellipsis__", config: {} };
export const slice = (start: number | null, stop: number | null, step: number | null) => ({
  class_name: "__slice__",
  config: { start, stop, step },
});

/** A layer that leaves the image as it is, but has it in the other layout. */
export const planes: Entry = {
  class_name: "ZeroPadding2D",
  name: "p",
  config: {
    trainable: true,
    padding: [
      [0, 0],
      [0, 0],
    ],
  },
  inbound_nodes: [[["x", 0, 0, {}]]],
};
export const layer = (class_name: string, name: string, config: Entry, ...inputs: string[]): Entry => ({
  class_name,
  name,
  config: { trainable: true, ...config },
  inbound_nodes: [inputs.map((input) => [input, 0, 0, {}])],
});
