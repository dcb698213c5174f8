/** @file Inputs of every type, layout, rank and batch are explained as those of the plain network. */

import { describe, expect, it } from "vitest";
import { createExplainer } from "../../src/explain/explainer.js";
import type { Model } from "../../src/model/model.js";
import { openModel } from "../../src/model/open.js";
import type { OpenModelOptions } from "../../src/model/passes/pass.js";
import { preprocessingOf } from "../../src/model/preprocessing.js";
import { preprocess } from "../../src/model/run/read-image.js";
import { Builder } from "../../src/onnx/builder.js";
import { convertTensor } from "../../src/onnx/convert-tensor.js";
import type { Dim, Graph, Value, ValueInfo } from "../../src/onnx/graph.js";
import { float32, floats, type NumericType, numbers, Tensor } from "../../src/onnx/tensor.js";
import { randomTensor } from "../support/models/random-tensor.js";
import { runtime } from "../support/runtime.js";

const channels = 3;

/** Appends what a file does with its input before its first convolution, which reads normalised planes [N, C, H, W]. */
type Front = (op: Builder, x: Value) => Value;
type Tail = (op: Builder, logits: Value) => Value;

/** Front - Conv - Relu ("features") - mean - linear. */
function network(
  type: ValueInfo["type"],
  dims: readonly Dim[] | undefined,
  front: Front,
  tail: Tail = (_, y) => y,
): Graph {
  const op = new Builder();
  const weights = (sizes: readonly number[], seed: string) => op.constant(randomTensor(sizes, seed), "w");
  const planes = front(op, op.input("x", type, dims));
  const count = planes.startsWith("many/") ? 12 : channels;
  const convolved = op.Conv(planes, weights([6, count, 3, 3], "a"), weights([6], "b"), {
    pads: [1, 1, 1, 1],
    strides: [2, 2],
  });
  const pooled = op.Flatten(op.GlobalAveragePool(op.layer("features", "Relu", [convolved])), { axis: 1 });
  op.output(tail(op, op.Gemm(pooled, weights([6, 4], "c"), weights([4], "d"))), "y");
  return op.graph;
}

const plain = network("float32", ["N", channels, 8, 10], (_, x) => x);
const pixels = Float32Array.from(floats(randomTensor([2, channels, 8, 10], "pixels")), (value) =>
  Math.round(120 * value),
);
const normalised = float32(
  [2, channels, 8, 10],
  pixels.map((value) => value / 64),
);

async function explained(source: Graph | Model, input: Tensor) {
  const model = "ending" in source ? source : await openModel(source, runtime);
  const explainer = await createExplainer(model, { runtime, layer: "features" });
  try {
    const { evidence, probabilities } = await explainer.explain(input, { classes: [1] });
    return { model, evidence: floats(evidence), probabilities: numbers(probabilities) };
  } finally {
    await explainer.close();
  }
}

function expectNear(actual: ArrayLike<number>, expected: ArrayLike<number>) {
  expect(actual.length).toBe(expected.length);
  const largest = Math.max(...Array.from(expected, Math.abs));
  Array.from(expected, (value, i) => expect(Math.abs(value - (actual[i] ?? Number.NaN))).toBeLessThan(1e-5 * largest));
}

/** The pixels with `offset` added, [N, C, H, W] or channels last. */
function shifted(offset: number, last: boolean): Tensor {
  const planes = pixels.map((value) => value + offset);
  if (!last) return float32([2, channels, 8, 10], planes);
  const moved = planes.map(
    (_, i) => planes[Math.floor(i / 240) * 240 + (i % 3) * 80 + Math.floor((i % 240) / 3)] as number,
  );
  return float32([2, 8, 10, channels], moved);
}

describe("an input of whole numbers", () => {
  const toFloat = (op: Builder, x: Value) => op.Cast(x, { to: 1 });
  const scaled = (offset: number) => (op: Builder, x: Value) => op.Div(op.Sub(x, op.scalar(offset)), op.scalar(64));
  const planes = (op: Builder, x: Value) => op.Transpose(x, { perm: [0, 3, 1, 2] });
  const dequantised = (type: "uint8" | "int8", offset: number) => (op: Builder, x: Value) => {
    const data = type === "uint8" ? Uint8Array.of(offset) : Int8Array.of(offset);
    return op.node("DequantizeLinear", [x, op.scalar(1 / 64), op.constant(new Tensor(type, [], data))])[0];
  };

  it.each<readonly [string, NumericType, number, boolean, Front]>([
    ["uint8 planes", "uint8", 128, false, (op, x) => scaled(128)(op, toFloat(op, x))],
    ["uint8, channels last", "uint8", 128, true, (op, x) => planes(op, scaled(128)(op, toFloat(op, x)))],
    ["uint8, moved before it is cast", "uint8", 128, true, (op, x) => scaled(128)(op, toFloat(op, planes(op, x)))],
    [
      "uint8 with arithmetic before it is cast",
      "uint8",
      128,
      false,
      (op, x) =>
        scaled(64)(
          op,
          op.Sub(
            toFloat(op, op.node("Max", [x, op.constant(new Tensor("uint8", [], Uint8Array.of(0)))])[0]),
            op.scalar(64),
          ),
        ),
    ],
    ["quantised uint8", "uint8", 128, false, dequantised("uint8", 128)],
    ["quantised int8, channels last", "int8", 0, true, (op, x) => planes(op, dequantised("int8", 0)(op, x))],
    ["int8", "int8", 0, false, (op, x) => scaled(0)(op, toFloat(op, x))],
    ["int32, channels last", "int32", 128, true, (op, x) => planes(op, scaled(128)(op, toFloat(op, x)))],
    ["int64", "int64", 128, false, (op, x) => scaled(128)(op, toFloat(op, x))],
    ["uint16", "uint16", 128, false, (op, x) => scaled(128)(op, toFloat(op, x))],
  ])("is explained: %s", async (_, type, offset, last, front) => {
    const dims = last ? ["N", 8, 10, channels] : ["N", channels, 8, 10];
    const graph = network(type, dims, front, (op, y) => op.Softmax(y, { axis: 1 }));
    const input = shifted(offset, last);
    const [expected, actual] = [await explained(plain, normalised), await explained(graph, input)];
    expect(actual.model).toMatchObject({ input: { type: "float32", dims }, fileInput: { type, dims } });
    expectNear(actual.evidence, expected.evidence);
    const session = await runtime.open(graph);
    const { y } = await session.run({ x: convertTensor(input, type) as Tensor });
    await session.close();
    expectNear(actual.probabilities, numbers(y as Tensor));
    const { preprocessing } = preprocessingOf(actual.model);
    expect(preprocessing).toMatchObject({ whole: true, scale: 1, mean: Array(3).fill(type === "int8" ? 128 : 0) });
  });

  it.each<readonly [string, Front]>([
    ["where the file makes floats of it", (op, x) => scaled(128)(op, toFloat(op, x))],
    ["where it is quantised", dequantised("uint8", 128)],
  ])("lets gradients through to the pixels %s", async (_, front) => {
    const gradient = async (graph: Graph, input: Tensor) => {
      const explainer = await createExplainer(await openModel(graph, runtime), { runtime, method: "gradient" });
      const { evidence } = await explainer.explain(input, { classes: [1] });
      await explainer.close();
      return floats(evidence);
    };
    const expected = await gradient(plain, normalised);
    const actual = await gradient(network("uint8", ["N", channels, 8, 10], front), shifted(128, false));
    expectNear(
      actual,
      expected.map((value) => value / 64),
    );
  });

  it("gets whole pixels of a photo that is resized", async () => {
    const model = await openModel(
      network("uint8", ["N", channels, 8, 10], (op, x) => scaled(128)(op, toFloat(op, x))),
      runtime,
    );
    const photo = Uint8Array.from({ length: 3 * 30 * 31 }, (_, i) => (i * 37) % 256);
    const values = floats(await preprocess(model, photo, [1, 3, 30, 31], runtime));
    expect(values.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)).toBe(true);
    expect(new Set(values).size).toBeGreaterThan(20);
  });
});

describe("an input without a batch", () => {
  const first = float32([1, channels, 8, 10], floats(normalised).slice(0, 240));
  const last = (input: Tensor) => {
    const [count = 0] = input.dims;
    const values = floats(input);
    const moved = values.map(
      (_, i) => values[Math.floor(i / 240) * 240 + (i % 3) * 80 + Math.floor((i % 240) / 3)] as number,
    );
    return float32([count, 8, 10, channels], moved);
  };

  it.each<readonly [string, readonly Dim[], Front, boolean]>([
    ["planes, unsqueezed", [channels, 8, 10], (op, x) => op.Unsqueeze(x, op.ints([0])), false],
    ["planes, reshaped", [channels, 8, 10], (op, x) => op.Reshape(x, op.ints([1, channels, 8, 10])), false],
    [
      "channels last",
      [8, 10, channels],
      (op, x) => op.Unsqueeze(op.Transpose(x, { perm: [2, 0, 1] }), op.ints([0])),
      true,
    ],
    [
      "channels last, moved with a batch",
      [8, 10, channels],
      (op, x) => op.Transpose(op.Unsqueeze(x, op.ints([0])), { perm: [0, 3, 1, 2] }),
      true,
    ],
  ])("is a single image: %s", async (_, dims, front, isLast) => {
    const graph = network("float32", dims, front);
    const expected = await explained(plain, first);
    const actual = await explained(graph, isLast ? last(first) : first);
    expect(actual.model).toMatchObject({ oneByOne: true, fileInput: { dims } });
    expectNear(actual.evidence, expected.evidence);
    const several = await explained(graph, isLast ? last(normalised) : normalised);
    expectNear(several.evidence, (await explained(plain, normalised)).evidence);
  });

  it("is several grey images where only channels are added", async () => {
    const grey = (dims: readonly Dim[], front: Front) =>
      network("float32", dims, (op, x) => op.Concat(...Array(3).fill(front(op, x)), { axis: 1 }));
    const input = randomTensor([2, 1, 8, 10], "grey");
    const expected = await explained(
      grey(["N", 1, 8, 10], (_, x) => x),
      input,
    );
    const actual = await explained(
      grey(["N", 8, 10], (op, x) => op.Unsqueeze(x, op.ints([1]))),
      input,
    );
    expect(actual.model.input.dims).toEqual(["N", 1, 8, 10]);
    expectNear(actual.evidence, expected.evidence);
  });
});

describe("a fixed batch", () => {
  const four: readonly Dim[] = [4, channels, 8, 10];

  it("is freed where that gives the file's results", async () => {
    const graph = network(
      "float32",
      four,
      (_, x) => x,
      (op, y) => op.Reshape(y, op.ints([4, 4])),
    );
    const actual = await explained(graph, normalised);
    expect(actual.model).toMatchObject({ oneByOne: false, input: { dims: ["N", channels, 8, 10] }, notes: [] });
    expectNear(actual.evidence, (await explained(plain, normalised)).evidence);
  });

  it("is filled up with copies where it cannot be freed, for more images than it holds, too", async () => {
    // The shape in the file is that of the batch, in a form that a rewriting does not know.
    const tail: Tail = (op, y) => op.Mul(y, op.constant(float32([4, 1], [1, 1, 1, 1])));
    const graph = network("float32", four, (_, x) => x, tail);
    const six = float32([6, channels, 8, 10], floats(randomTensor([6, channels, 8, 10], "six")));
    for (const input of [normalised, six]) {
      const [actual, expected] = [await explained(graph, input), await explained(plain, input)];
      expect(actual.model.input.dims).toEqual(four);
      expect(actual.model.notes).toEqual(["the file takes 4 images at a time: fewer are filled up with copies"]);
      expectNear(actual.evidence, expected.evidence);
      expectNear(actual.probabilities, expected.probabilities);
    }
  });
});

describe("open sizes", () => {
  const toPlanes: Front = (op, x) => op.Transpose(x, { perm: [0, 3, 1, 2] });
  const many: Front = (op, x) => op.layer("many/planes", "Identity", [x]);

  it.each<readonly [string, readonly Dim[] | undefined, Front, readonly Dim[]]>([
    ["of all four axes", ["", "", "", ""], (_, x) => x, ["N", 3, 8, 10]],
    ["with names, channels last", ["unk__1", "unk__2", "unk__3", "unk__4"], toPlanes, ["unk__1", 8, 10, 3]],
    ["without a rank", undefined, (_, x) => x, ["N", 3, 8, 10]],
    ["without a rank, channels last", undefined, toPlanes, ["N", 8, 10, 3]],
    ["of rows and columns", ["N", 3, "H", "W"], (_, x) => x, ["N", 3, 8, 10]],
    ["with twelve channels", ["N", "", "", ""], many, ["N", 12, 8, 10]],
  ])("are what the first convolution and the user's size tell: %s", async (_, dims, front, expected) => {
    const options: OpenModelOptions = { given: { origin: "as given", preprocessing: { height: 8, width: 10 } } };
    const model = await openModel(network("float32", dims, front), runtime, "model", options);
    expect(model.input.dims).toEqual(expected);
    if (expected[1] !== 3) return;
    expectNear((await explained(model, normalised)).evidence, (await explained(plain, normalised)).evidence);
  });
});

describe("other numbers of channels", () => {
  it.each<readonly [number, boolean]>([
    [2, false],
    [12, false],
    [2, true],
    [12, true],
    [4, true],
  ])("%i are explained as an array, channels last: %s", async (count, isLast) => {
    const op = new Builder();
    const x = op.input("x", "float32", isLast ? ["N", 8, 10, count] : ["N", count, 8, 10]);
    const planes = isLast ? op.Transpose(x, { perm: [0, 3, 1, 2] }) : x;
    const features = op.layer("features", "Relu", [op.Conv(planes, op.constant(randomTensor([6, count, 3, 3], "a")))]);
    op.output(op.Flatten(op.GlobalAveragePool(features), { axis: 1 }), "y");
    const model = await openModel(op.graph, runtime);
    const explainer = await createExplainer(model, { runtime, method: "gradient" });
    const { evidence } = await explainer.explain(randomTensor(isLast ? [1, 8, 10, count] : [1, count, 8, 10], "x"));
    expect(evidence.dims).toEqual([1, 1, 8, 10]);
    await explainer.close();
    if (count === 4) expect(preprocessingOf(model).preprocessing).toMatchObject({ channels: 4, layout: "nhwc" });
    else
      expect(() => preprocessingOf(model)).toThrow(
        /to make of a photo, got .*: give arrays of that shape as \.npy files/,
      );
  });
});
