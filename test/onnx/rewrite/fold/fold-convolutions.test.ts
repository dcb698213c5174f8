/** @file Paddings and batch normalisations go into convolutions, and scores and gradients stay as they are. */

import { describe, expect, it } from "vitest";
import { differentiate } from "../../../../src/autodiff/differentiate.js";
import { createExplainer } from "../../../../src/explain/explainer.js";
import { present } from "../../../../src/foundation/present.js";
import { openModel } from "../../../../src/model/open.js";
import { type Attributes, Builder, float } from "../../../../src/onnx/builder.js";
import type { Graph, Value } from "../../../../src/onnx/graph.js";
import { prune } from "../../../../src/onnx/prune.js";
import { foldConvolutions } from "../../../../src/onnx/rewrite/fold/fold-convolutions.js";
import { float32, floats } from "../../../../src/onnx/tensor.js";
import { inferTypes } from "../../../../src/runtime/infer-types.js";
import { randomTensor } from "../../../support/models/random-tensor.js";
import { runtime } from "../../../support/runtime.js";

const size = 9;

interface Options {
  readonly pads?: readonly number[];
  readonly filling?: number;
  readonly mode?: string;
  readonly bias?: boolean;
  readonly attributes?: Attributes;
  /** A second reader of the convolution, or of the padding. */
  readonly also?: "conv" | "pad";
}

/** Padding, a strided convolution of each channel, its normalisation, ReLU6, and a convolution of all channels with its own. */
function network({
  pads = [0, 0, 0, 0, 0, 0, 1, 1],
  filling = 0,
  mode = "constant",
  bias,
  attributes,
  also,
}: Options = {}) {
  const op = new Builder();
  const weight = (dims: number[], seed: string) => op.constant(randomTensor(dims, seed), seed);
  const positive = (count: number) => op.constant(float32([count], Array(count).fill(0.7)), "variance");
  const norm = (x: Value, count: number, seed: string) => {
    const [scale, offset, mean] = ["scale", "offset", "mean"].map((name) => weight([count], `${seed}.${name}`));
    return op.node("BatchNormalization", [x, scale, offset, mean, positive(count)], { epsilon: float(0.01) })[0];
  };
  const x = op.input("x", "float32", ["N", 3, size, size]);
  const padded = op.named("padded", x);
  const pad = op.layer("pad", "Pad", [padded, op.ints(pads), op.scalar(filling)], { mode });
  const conv = op.layer("conv", "Conv", [pad, weight([3, 1, 3, 3], "w"), bias ? weight([3], "b") : undefined], {
    strides: [2, 2],
    group: 3,
    ...attributes,
  });
  const first = op.Clip(norm(conv, 3, "first"), op.scalar(0), op.scalar(6));
  const second = norm(op.layer("second", "Conv", [first, weight([4, 3, 1, 1], "w2")]), 4, "second");
  const read = also === "conv" ? [op.ReduceMean(conv)] : also === "pad" ? [op.ReduceMean(pad)] : [];
  const pooled = op.Flatten(op.GlobalAveragePool(op.Relu(second)), { axis: 1 });
  op.output(
    read.reduce((sum, value) => op.Add(sum, value), op.Gemm(pooled, weight([4, 2], "head"))),
    "y",
  );
  return inferTypes(op.graph, runtime);
}

/** The scores, and the gradient of their sum. */
async function numbersOf(graph: Graph): Promise<number[]> {
  const { graph: both, gradients } = differentiate(graph, { of: "y", wrt: ["x"] });
  const gradient = present(gradients.get("x"), "gradient");
  const session = await runtime.open(prune(both, ["y", gradient]));
  const results = await session.run({ x: randomTensor([2, 3, size, size], "images") });
  await session.close();
  return ["y", gradient].flatMap((name) => [...floats(present(results[name], name))]);
}

/** Operators that compute the scores. */
function operators(graph: Graph): string {
  const { nodes } = prune(graph, ["y"]);
  return ["Pad", "BatchNormalization", "Conv"].map((op) => nodes.filter((node) => node.op === op).length).join(" ");
}

describe("foldConvolutions", () => {
  // Paddings, batch normalisations and convolutions that are left.
  const cases: Record<string, readonly [Options, string]> = {
    "a padding of two sides, and both normalisations": [{}, "0 0 2"],
    "a convolution with a bias and pads of its own": [{ bias: true, attributes: { pads: [1, 0, 2, 1] } }, "0 0 2"],
    "a padding before a convolution that asks for none": [{ attributes: { auto_pad: "VALID" } }, "0 0 2"],
    "no padding before one that pads by itself": [{ attributes: { auto_pad: "SAME_UPPER" } }, "1 0 2"],
    "no padding with other numbers": [{ filling: 1 }, "1 0 2"],
    "no padding with copies of the edge": [{ mode: "edge" }, "1 0 2"],
    "no padding that cuts off": [{ pads: [0, 0, -1, 0, 0, 0, 1, 1] }, "1 0 2"],
    "no normalisation of what others read": [{ also: "conv" }, "0 1 2"],
    "a padding that others read as well": [{ also: "pad" }, "1 0 2"],
  };
  it.each(Object.entries(cases))("takes in %s", async (_, [options, left]) => {
    const graph = await network(options);
    const folded = foldConvolutions(graph, ["x"]);
    expect(operators(folded.graph)).toBe(left);
    const [before, after] = [await numbersOf(graph), await numbersOf(folded.graph)];
    expect(before.some((value) => value !== 0)).toBe(true);
    before.forEach((value, i) => {
      expect(after[i]).toBeCloseTo(value, 5);
    });
  });

  it("leaves values that are kept, and says which ones scores no longer go through", async () => {
    const graph = await network();
    expect(operators(foldConvolutions(graph, ["conv", "pad"]).graph)).toBe("1 1 2");
    expect([...foldConvolutions(graph, []).replaced].toSorted()).toEqual(["conv", "pad", "second"]);
  });
});

describe("an explainer of a network with batch normalisations", () => {
  const left = async (options: { readonly method: string; readonly layer?: string }) => {
    const explainer = await createExplainer(await openModel(await network(), runtime), { runtime, ...options });
    const count = explainer.graphs.tail.nodes.filter(({ op }) => op === "BatchNormalization").length;
    await explainer.close();
    return count;
  };
  it("folds those behind the layer, but not where the method looks at every layer", async () => {
    expect(await left({ method: "gradient" })).toBe(0);
    expect(await left({ method: "integrated-gradients" })).toBe(0);
    expect(await left({ method: "grad-cam", layer: "second" })).toBe(1);
    expect(await left({ method: "lrp" })).toBe(2);
  });
});
