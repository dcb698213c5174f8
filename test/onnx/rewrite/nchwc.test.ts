/** @file Operators on blocks of channels, written out: convolutions get back the weights that were put in blocks. */

import { describe, expect, it } from "vitest";
import { createExplainer } from "../../../src/explain/explainer.js";
import { openModel } from "../../../src/model/open.js";
import { type Attributes, Builder } from "../../../src/onnx/builder.js";
import { emptyGraph, type Graph, type GraphNode, type Value } from "../../../src/onnx/graph.js";
import { type BlockSize, blockProbe, blockSizeOf, expandNchwc, hasNchwc } from "../../../src/onnx/rewrite/nchwc.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { run } from "../../support/models/run.js";
import { runtime } from "../../support/runtime.js";

const toBlocks = (count: number, block: number) => Math.ceil(count / block) * block;

/** [O, I, h, w] with outputs, and inputs too if they come in blocks, filled up with zeros and moved innermost. */
function inBlocks({ dims, ...weights }: Pick<Tensor, "dims"> & { data: Float32Array }, block: number, inputs: boolean) {
  const [outer = 0, inner = 0, height = 0, width = 0] = dims;
  const sizes = [toBlocks(outer, block), inputs ? toBlocks(inner, block) : inner, height, width] as const;
  const values: number[] = [];
  for (let o = 0; o < sizes[0]; o += block)
    for (let i = 0; i < sizes[1]; i += inputs ? block : 1)
      for (let place = 0; place < height * width; place++)
        for (let bi = 0; bi < (inputs ? block : 1); bi++)
          for (let bo = 0; bo < block; bo++) {
            const there = o + bo < outer && i + bi < inner;
            values.push(there ? (weights.data[((o + bo) * inner + i + bi) * height * width + place] ?? 0) : 0);
          }
  return float32(sizes, values);
}

interface Form {
  readonly input: readonly [number, number, number, number];
  readonly weights: readonly [number, number, number, number];
  readonly group?: number;
  readonly channelsLast?: boolean;
  readonly activation?: string;
}

const forms: Record<string, Form> = {
  "a convolution of an image": { input: [2, 3, 6, 5], weights: [20, 3, 3, 3] },
  "a convolution of blocks": { input: [2, 32, 6, 5], weights: [24, 32, 3, 3], activation: "Relu" },
  "a convolution of an unfinished block": { input: [2, 20, 6, 5], weights: [12, 20, 1, 1] },
  "a convolution by channels": { input: [2, 28, 6, 5], weights: [28, 1, 3, 3], group: 28 },
  "a convolution by groups": { input: [2, 32, 6, 5], weights: [64, 16, 3, 3], group: 2 },
  "channels last": { input: [2, 20, 6, 5], weights: [12, 20, 3, 3], channelsLast: true },
};

/** As onnxruntime writes it for a block size, and as it was before. */
function graphsOf({ input, weights, group = 1, channelsLast = false, activation }: Form, block: BlockSize) {
  const [, channels] = input;
  const [outputs, inner] = weights;
  const byChannel = group > 1 && inner === 1;
  const direct = group === 1 && inner < block;
  const [w, b] = [randomTensor(weights, "w"), randomTensor([outputs], "b")];
  const dims = channelsLast ? [input[0], input[2], input[3], channels] : input;

  const before = new Builder(emptyGraph("before"));
  const planes = before.input("x", "float32", dims);
  const first = channelsLast ? before.Transpose(planes, { perm: [0, 3, 1, 2] }) : planes;
  const convolved = before.Conv(first, before.constant(w), before.constant(b), { group, pads: [1, 1, 1, 1] });
  const active = activation ? before.node(activation, [convolved])[0] : convolved;
  const pooled = before.AveragePool(active, { kernel_shape: [2, 2] });
  before.output(channelsLast ? before.Transpose(pooled, { perm: [0, 2, 3, 1] }) : pooled, "y");

  const after = new Builder(emptyGraph("after"));
  const own = (op: string, inputs: readonly (Value | undefined)[], attributes: Attributes = {}): Value => {
    const value = after.node(op, inputs, attributes)[0];
    const node = after.graph.nodes.pop() as GraphNode;
    after.graph.nodes.push({ ...node, domain: "com.microsoft.nchwc" });
    return value;
  };
  const last = { channels_last: channelsLast ? 1 : 0 };
  const x = after.input("x", "float32", dims);
  const blocks = inBlocks({ dims: w.dims, data: floats(w) }, block, !direct && !byChannel);
  const bias = float32([blocks.dims[0] ?? 0], [...floats(b), ...Array((blocks.dims[0] ?? 0) - outputs).fill(0)]);
  const groups = byChannel ? blocks.dims[0] : group;
  const made = own(
    "Conv",
    [direct ? x : own("ReorderInput", [x], last), after.constant(blocks), after.constant(bias)],
    {
      group: groups,
      pads: [1, 1, 1, 1],
      ...(activation ? { activation } : {}),
    },
  );
  after.output(
    own("ReorderOutput", [own("AveragePool", [made], { kernel_shape: [2, 2] })], { ...last, channels: outputs }),
    "y",
  );
  return { before: before.graph, after: after.graph, x: randomTensor(dims, "x") };
}

describe.each([8, 16] as const)("in blocks of %i", (block) => {
  it.each(Object.entries(forms))("%s computes what it did before", async (_, form) => {
    const { before, after, x } = graphsOf(form, block);
    const written: Graph = expandNchwc(after, block);
    expect([hasNchwc(after), hasNchwc(written)]).toEqual([true, false]);
    const [expected, actual] = [(await run(before, { x })).y, (await run(written, { x })).y];
    expect(actual?.dims).toEqual(expected?.dims);
    floats(expected as Tensor).forEach((value, i) => {
      expect(floats(actual as Tensor)[i]).toBeCloseTo(value, 5);
    });
  });
});

it("reads the block size where numbers of channels tell it", () => {
  const sizeOf = (form: Form | undefined, block: BlockSize) => form && blockSizeOf(graphsOf(form, block).after);
  expect(sizeOf(forms["a convolution of blocks"], 8)).toBe(8);
  expect(sizeOf(forms["a convolution of an image"], 8)).toBe(8);
  expect(sizeOf({ input: [1, 12, 6, 5], weights: [32, 12, 1, 1] }, 16)).toBe(16);
  expect(sizeOf(forms["a convolution by groups"], 16)).toBeUndefined();
});

it("asks the runtime for the block size of this machine", async () => {
  const { graph, input, output } = blockProbe();
  const session = await runtime.open(graph, { optimize: false });
  const results = await session.run({ x: input });
  await session.close();
  expect([8, 16]).toContain(results[output]?.dims[1]);
});

it("names an operator of onnxruntime's own that is not written out, and says which file to use", async () => {
  const op = new Builder();
  op.graph.opsets.set("com.microsoft", 1);
  const features = op.Relu(
    op.Conv(op.input("x", "float32", ["N", 3, 8, 8]), op.constant(randomTensor([4, 3, 3, 3], "w"))),
  );
  const [sample] = op.node("SampleOp", [op.Flatten(op.GlobalAveragePool(features))]);
  const { nodes } = op.graph;
  op.graph.nodes = nodes.map((node) => (node.op === "SampleOp" ? { ...node, domain: "com.microsoft" } : node));
  op.output(op.Gemm(sample, op.constant(randomTensor([4, 3], "head"))), "y");
  const model = await openModel(op.graph, runtime);
  await expect(createExplainer(model, { runtime })).rejects.toThrow(
    /^node "SampleOp": operator com\.microsoft\.SampleOp is onnxruntime's own, which it writes when it optimises a file \(reached by .*\): use the file before it was optimised; /,
  );
});
