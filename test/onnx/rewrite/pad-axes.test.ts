/** @file Pads before pools: an optimised session computes what the operators say, and what PyTorch does. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compileExplanation } from "../../../src/explain/compile.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import { openModel } from "../../../src/model/open.js";
import { type Attributes, Builder } from "../../../src/onnx/builder.js";
import { emptyGraph, type Graph, type Value } from "../../../src/onnx/graph.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { namePadAxes } from "../../../src/onnx/rewrite/pad-axes.js";
import { float32, floats, int64, numbers, Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { inferTypes } from "../../../src/runtime/infer-types.js";
import { readNpy } from "../../support/goldens/npy.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";

type Part = (op: Builder, x: Value) => Value;

const ones = [0, 0, 1, 1, 0, 0, 1, 1];
const zero = (op: Builder) => op.constant(float32([], [0]));
const max =
  (attributes: Attributes): Part =>
  (op, x) =>
    op.node("MaxPool", [x], { kernel_shape: [3, 3], strides: [2, 2], ...attributes })[0];
const average =
  (attributes: Attributes): Part =>
  (op, x) =>
    op.AveragePool(x, { kernel_shape: [2, 2], strides: [2, 2], ...attributes });
const convolution: Part = (op, x) =>
  op.Conv(x, op.constant(randomTensor([2, 4, 3, 3], "weights")), { pads: [0, 0, 0, 0] });

const pads: Record<string, Part> = {
  "of zeros, unsaid": (op, x) => op.Pad(x, op.ints(ones)),
  "of zeros": (op, x) => op.Pad(x, op.ints(ones), zero(op)),
  "of computed size": (op, x) => op.Pad(x, op.Reshape(op.ints(ones), op.ints([-1])), zero(op)),
  "of ones": (op, x) => op.Pad(x, op.ints(ones), op.scalar(1)),
  "of two axes": (op, x) => op.Pad(x, op.ints([1, 1, 1, 1]), zero(op), op.ints([2, 3])),
  "of the edge": (op, x) => op.Pad(x, op.ints(ones), { mode: "edge" }),
};

const readers: Record<string, Part> = {
  "a maximum": max({}),
  "a maximum with zero pads": max({ pads: [0, 0, 0, 0] }),
  "a maximum with pads of its own": max({ pads: [1, 1, 1, 1] }),
  "a maximum of sizes rounded up": max({ kernel_shape: [2, 2], ceil_mode: 1 }),
  "a maximum behind a cast": (op, x) => max({ pads: [0, 0, 0, 0] })(op, op.Cast(x, { to: 1 })),
  "a maximum behind a copy": (op, x) => max({})(op, op.Identity(x)),
  "an average": average({ pads: [0, 0, 0, 0] }),
  "an average with pads of its own": average({ pads: [1, 1, 1, 1] }),
  "an average that counts its pads": average({ pads: [1, 1, 1, 1], count_include_pad: 1 }),
  "an average of sizes rounded up": average({ pads: [0, 0, 0, 0], ceil_mode: 1 }),
  "a convolution": convolution,
  "a convolution's weights": (op, x) => op.Conv(op.constant(randomTensor([1, 4, 12, 12], "image")), x),
  "two readers": (op, x) =>
    op.Concat(max({ pads: [0, 0, 0, 0], strides: [1, 1] })(op, x), convolution(op, x), { axis: 1 }),
};

/** Below zero, so that a zero on the edge is the maximum. */
const image = randomTensor([1, 4, 9, 9], "below zero", { interval: [-1.5, -0.2] });

async function runBoth(graph: Graph, feeds: Record<string, Tensor>): Promise<[Tensor, Tensor]> {
  const results = [false, true].map(async (optimize) => {
    const session = await runtime.open(graph, { optimize });
    const { y } = await session.run(feeds);
    await session.close();
    return y as Tensor;
  });
  return (await Promise.all(results)) as [Tensor, Tensor];
}

function graphOf(opset: number, build: Part, dims: readonly number[] = image.dims): Graph {
  const graph = emptyGraph("test");
  graph.opsets.set("", opset);
  const op = new Builder(graph);
  op.output(build(op, op.input("x", "float32", dims)), "y");
  return graph;
}

describe.each(Object.keys(pads))("a Pad %s", (pad) => {
  it.each(Object.keys(readers))("before %s is computed alike with and without optimisation", async (reader) => {
    for (const opset of [18, 23]) {
      const graph = graphOf(opset, (op, x) => (readers[reader] as Part)(op, (pads[pad] as Part)(op, x)));
      const [plain, optimised] = await runBoth(graph, { x: image });
      expect(optimised.dims).toEqual(plain.dims);
      const error = Math.max(...floats(plain).map((value, i) => Math.abs(value - (floats(optimised)[i] ?? 0))));
      expect(error).toBeLessThan(1e-5);
    }
  });
});

it("leaves a Pad whose only readers are convolutions of it, which are right and faster merged", () => {
  const graph = graphOf(18, (op, x) => max({})(op, convolution(op, (pads["of zeros"] as Part)(op, x))));
  expect(namePadAxes(graph).nodes[0]?.inputs).toHaveLength(3);
});

it.each(["constant", "reflect"])("a Pad (%s) of some axes survives the move of a Transpose", async (mode) => {
  const graph = graphOf(
    18,
    (op, x) => {
      const planes = op.Transpose(x, { perm: [0, 3, 1, 2] });
      return op.Transpose(op.Pad(planes, op.ints([1, 2, 3, 4]), undefined, op.ints([-2, 3]), { mode }), {
        perm: [0, 2, 3, 1],
      });
    },
    [1, 9, 7, 4],
  );
  const [plain, optimised] = await runBoth(await inferTypes(graph, runtime), { x: randomTensor([1, 9, 7, 4], "x") });
  expect(optimised.dims).toEqual([1, 13, 13, 4]);
  expect(floats(optimised)).toEqual(floats(plain));
});

it("names axes in the body of a Loop too, by the weights around it", async () => {
  const body = emptyGraph("body");
  body.inputs = [
    { name: "i", type: "int64", dims: [] },
    { name: "go", type: "bool", dims: [] },
  ];
  body.outputs = [{ name: "on", type: "bool", dims: [] }, { name: "pooled" }];
  const graph = graphOf(18, (op, x) => {
    op.constant(int64(ones), "sizes");
    const inner = new Builder(body, "", op);
    inner.named("on", "go");
    inner.named("pooled", max({})(inner, inner.Pad(x, "sizes")));
    const [stacked] = op.node("Loop", [op.int(2), op.constant(new Tensor("bool", [], Uint8Array.of(1)), "always")], {
      body: { type: "graph", value: body },
    });
    return stacked;
  });
  const [plain, optimised] = await runBoth(graph, { x: image });
  expect(floats(optimised)).toEqual(floats(plain));
  expect(Math.max(...floats(plain))).toBe(0);
});

describe("a network with a Pad of zeros before its MaxPool", () => {
  const folder = new URL("../../fixtures/cases/pad-maxpool/", import.meta.url);
  const source = readFileSync(new URL("model.onnx", folder));
  const golden = (name: string) => {
    const { dims, data } = readNpy(new URL(name, folder));
    return float32(dims, Float32Array.from(data));
  };
  const far = (actual: readonly number[], expected: readonly number[]) =>
    Math.max(...expected.map((value, i) => Math.abs(value - (actual[i] ?? Number.NaN))));

  it("has PyTorch's scores and Grad-CAM", async () => {
    const explainer = await createExplainer(await openModel(source, runtime), { runtime });
    const { scores, maps } = await explainer.explain(golden("input.npy"), { classes: [1] });
    expect(far(numbers(scores), numbers(golden("logits.npy")))).toBeLessThan(1e-6);
    const expected = numbers(golden("gradcam-class-1.npy")).map((value) => Math.max(0, value));
    expect(far(numbers(maps), expected)).toBeLessThan(1e-6);
    await explainer.close();
  });

  it("has PyTorch's scores in a compiled file that any onnxruntime opens with its optimisations", async () => {
    const compiled = writeModel(compileExplanation(await openModel(source, runtime)));
    const session = await runtime.open(compiled);
    const { logits } = await session.run({ input: golden("input.npy") });
    await session.close();
    expect(far(numbers(logits as Tensor), numbers(golden("logits.npy")))).toBeLessThan(1e-6);
  });

  it("is written as it was read where no Pad is", () => {
    const graph = readModel(writeModel(graphOf(18, max({}))));
    expect(namePadAxes(graph)).toBe(graph);
  });
});
