/** @file Operators of older opsets mean the same after they were raised: both forms are run and compared. */

import { describe, expect, it } from "vitest";
import { type Attributes, Builder, float } from "../../../src/onnx/builder.js";
import { emptyGraph, type Value } from "../../../src/onnx/graph.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { float32, int64, numbers, type Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runFresh } from "../../support/models/run.js";
import { runtime } from "../../support/runtime.js";

interface OldForm {
  readonly op: string;
  readonly opset: number;
  readonly x: readonly number[];
  readonly inputs?: readonly (Tensor | undefined)[];
  readonly attributes?: Attributes;
  readonly outputs?: number;
  /** Declare the sizes of x only as a run-time matter. */
  readonly hidden?: boolean;
  /** Largest difference of the results. Default 0. */
  readonly rounding?: number;
}

const floats = (...value: number[]) => ({ type: "floats", value }) as const;
const c3 = (...values: number[]) => float32([3], values);
const x = [2, 3, 4, 4];

const forms: readonly OldForm[] = [
  ...[7, 10].map((opset) => ({ op: "Clip", opset, x, attributes: { min: float(-0.5), max: float(0.25) } })),
  { op: "Clip", opset: 9, x, attributes: { min: float(0) } },
  { op: "Clip", opset: 9, x, attributes: { max: float(0) } },
  { op: "Clip", opset: 9, x },
  { op: "Clip", opset: 11, x, inputs: [undefined, float32([], [0.5])] },
  { op: "Squeeze", opset: 9, x: [1, 3, 1], attributes: { axes: [0] } },
  { op: "Squeeze", opset: 11, x: [1, 3, 1] },
  { op: "Squeeze", opset: 13, x: [1, 3, 1], inputs: [int64([2])] },
  { op: "Unsqueeze", opset: 11, x: [2, 3], attributes: { axes: [0, 3] } },
  ...["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2"].flatMap((op) => [
    { op, opset: 11, x, attributes: { axes: [1, 2], keepdims: 0 } },
    { op, opset: 11, x, attributes: { axes: [-1] } },
    { op, opset: 11, x },
  ]),
  { op: "ReduceLogSumExp", opset: 17, x, attributes: { axes: [1] } },
  { op: "ReduceSumSquare", opset: 13, x, attributes: { axes: [1] } },
  { op: "ReduceMean", opset: 17, x, attributes: { axes: [2, 3], keepdims: 1 } },
  { op: "ReduceSum", opset: 13, x, inputs: [int64([2, 3])], attributes: { keepdims: 0 } },
  { op: "Dropout", opset: 7, x, attributes: { ratio: float(0.3) } },
  { op: "Dropout", opset: 10, x, attributes: { ratio: float(0.3) } },
  { op: "Dropout", opset: 13, x, inputs: [float32([], [0.3])] },
  ...[7, 9, 13].map((opset) => ({
    op: "BatchNormalization",
    opset,
    x,
    inputs: [c3(1, 2, 3), c3(0, 1, -1), c3(0.1, 0.2, 0.3), c3(1, 2, 0.5)],
    attributes: { epsilon: float(1e-3), momentum: float(0.9), ...(opset === 7 ? { spatial: 1 } : {}) },
  })),
  ...["Softmax", "LogSoftmax", "Hardmax"].flatMap((op) => [
    { op, opset: 11, x: [2, 5] },
    { op, opset: 11, x, attributes: { axis: 1 } },
    { op, opset: 9, x, attributes: { axis: 2 } },
    { op, opset: 11, x, attributes: { axis: 3 } },
    { op, opset: 11, x, attributes: { axis: -1 } },
    { op, opset: 11, x, attributes: { axis: -2 } },
    { op, opset: 11, x: [2, 5, 1, 1], attributes: { axis: 1 } },
    { op, opset: 11, x, attributes: { axis: 0 } },
    { op, opset: 12, x, attributes: { axis: 1 }, hidden: true },
    { op, opset: 12, x: [2, 5], hidden: true },
    { op, opset: 13, x, attributes: { axis: 1 } },
  ]),
  { op: "Pad", opset: 10, x, attributes: { pads: [0, 0, 1, 0, 0, 0, 2, 1], value: float(0.5) } },
  { op: "Pad", opset: 9, x, attributes: { pads: [0, 0, 1, 1, 0, 0, 1, 1], mode: "reflect" } },
  { op: "Slice", opset: 9, x, attributes: { starts: [1, 0], ends: [3, -1], axes: [2, 3] } },
  { op: "Slice", opset: 9, x, attributes: { starts: [1], ends: [1000] } },
  { op: "Split", opset: 11, x, attributes: { axis: 2, split: [1, 3] }, outputs: 2 },
  { op: "Split", opset: 11, x, attributes: { axis: 3 }, outputs: 2 },
  { op: "Split", opset: 13, x, inputs: [int64([3, 1])], attributes: { axis: 3 }, outputs: 2 },
  { op: "Split", opset: 13, x, attributes: { axis: 3 }, outputs: 4 },
  { op: "TopK", opset: 9, x, attributes: { k: 2 }, outputs: 2 },
  { op: "Upsample", opset: 7, x, attributes: { scales: floats(1, 1, 2, 2) } },
  { op: "Upsample", opset: 9, x, inputs: [float32([4], [1, 1, 2, 3])], attributes: { mode: "nearest" } },
  { op: "Upsample", opset: 9, x, inputs: [float32([4], [1, 1, 2, 2])], attributes: { mode: "linear" } },
  { op: "Resize", opset: 10, x, inputs: [float32([4], [1, 1, 2, 0.5])], attributes: { mode: "nearest" } },
  { op: "Resize", opset: 10, x, inputs: [float32([4], [1, 1, 1.5, 2])], attributes: { mode: "linear" } },
  {
    op: "Resize",
    opset: 11,
    x,
    inputs: [float32([0], []), float32([4], [1, 1, 2, 2])],
    attributes: { mode: "linear" },
  },
  {
    op: "Resize",
    opset: 11,
    x,
    inputs: [float32([0], []), float32([4], [1, 1, 2, 0.5])],
    attributes: { coordinate_transformation_mode: "tf_half_pixel_for_nn", nearest_mode: "floor" },
  },
  {
    op: "Resize",
    opset: 11,
    x,
    inputs: [float32([0], []), float32([0], []), int64([2, 3, 7, 3])],
    attributes: { mode: "cubic" },
  },
  { op: "TopK", opset: 10, x, inputs: [int64([3])], attributes: { axis: 1 }, outputs: 2 },
  { op: "TopK", opset: 11, x, inputs: [int64([2])], attributes: { largest: 0 }, outputs: 2 },
  { op: "DepthToSpace", opset: 9, x: [1, 8, 2, 3], attributes: { blocksize: 2 } },
  { op: "Cast", opset: 9, x, attributes: { to: 7 } },
  ...[18, 20].map((opset) => ({
    op: "GroupNormalization",
    opset,
    x: [2, 4, 3, 2],
    inputs: [float32([2], [1, 2]), float32([2], [0.5, -1])],
    attributes: { num_groups: 2, epsilon: float(1e-3) },
    rounding: 1e-5,
  })),
  { op: "Scatter", opset: 9, x: [3], inputs: [int64([2, 0]), float32([2], [5, 6])], attributes: { axis: 0 } },
  { op: "Flatten", opset: 7, x },
  { op: "Gemm", opset: 7, x: [2, 3], inputs: [float32([3, 1], [1, 2, 3]), float32([1], [1])] },
];

function oldModel({
  op,
  opset,
  x: dims,
  inputs = [],
  attributes = {},
  outputs = 1,
  hidden = false,
}: OldForm): Uint8Array {
  const builder = new Builder(emptyGraph("old"));
  builder.graph.opsets.set("", opset);
  const input = builder.input("x", "float32", hidden ? undefined : dims);
  const tensors = inputs.map((tensor) => tensor && builder.constant(tensor));
  const first = hidden ? builder.Relu(input) : input;
  for (const output of builder.node(op, [first, ...tensors], attributes, outputs)) builder.output(output);
  return writeModel(builder.graph);
}

describe("an operator of an older opset computes the same after reading", () => {
  it.each(forms.map((form) => [form.op, form.opset, JSON.stringify(form.attributes ?? {}), form] as const))(
    "%s of opset %i with %s",
    async (_op, _opset, _attributes, form) => {
      const bytes = oldModel(form);
      const graph = readModel(bytes);
      expect(graph.opsets.get("")).toBe(Math.max(18, form.opset));
      const feeds = { x: randomTensor(form.x, "upgrade") };
      const session = await runtime.open(bytes, { optimize: false, threads: 1 });
      const before = await session.run(feeds);
      const after = await runFresh(graph, feeds);
      for (const { name } of graph.outputs) {
        expect(after[name]?.dims).toEqual(before[name]?.dims);
        const [found, expected] = [after, before].map((results) => numbers(results[name] as Tensor)) as [
          number[],
          number[],
        ];
        if (form.rounding === undefined) expect(found).toEqual(expected);
        for (const [i, value] of expected.entries()) {
          expect(Math.abs((found[i] as number) - value)).toBeLessThanOrEqual(form.rounding ?? 0);
        }
      }
    },
  );

  it("within a subgraph, too", async () => {
    const branch = (bound: number) => {
      const op = new Builder(emptyGraph(`branch${bound}`));
      op.output(op.node("Clip", ["x"], { max: float(bound) })[0] as Value, `clipped${bound}`);
      return { type: "graph", value: op.graph } as const;
    };
    const op = new Builder();
    op.graph.opsets.set("", 10);
    op.input("x", "float32", [2]);
    const condition = op.Greater(op.ReduceSum("x", { keepdims: 0 }), op.scalar(0));
    op.output(op.node("If", [condition], { then_branch: branch(1), else_branch: branch(-1) })[0] as Value, "y");
    const bytes = writeModel(op.graph);
    for (const [feed, expected] of [
      [
        [3, -1],
        [1, -1],
      ],
      [
        [-3, 1],
        [-3, -1],
      ],
    ] as const) {
      const feeds = { x: float32([2], feed) };
      const session = await runtime.open(bytes, { optimize: false });
      expect(numbers((await session.run(feeds)).y as Tensor)).toEqual(expected);
      expect(numbers((await runFresh(readModel(bytes), feeds)).y as Tensor)).toEqual(expected);
    }
  });

  it("an attribute that is no numbers is refused, and an operator without inputs stays one", () => {
    const axes = { type: "string", value: "2" } as const;
    const refused = () => readModel(oldModel({ op: "ReduceMean", opset: 11, x, attributes: { axes } }), "m.onnx");
    expect(refused).toThrow(/ReduceMean.*: attribute axes: expected numbers, got string/);
    const op = new Builder();
    op.graph.opsets.set("", 11);
    op.output(op.node("ReduceMean", [], { axes: [1] })[0] as Value, "y");
    expect(readModel(writeModel(op.graph)).nodes[0]?.inputs).toEqual(["", expect.any(String)]);
  });

  it("one Softmax stays one Softmax where only axes of size 1 follow, or the rank is plain", () => {
    const ops = (dims: readonly number[], attributes: OldForm["attributes"]) =>
      readModel(oldModel({ op: "Softmax", opset: 11, x: dims, ...(attributes ? { attributes } : {}) })).nodes.map(
        ({ op }) => op,
      );
    expect(ops([2, 5], { axis: 1 })).toEqual(["Softmax"]);
    expect(ops([2, 5, 1, 1], { axis: 1 })).toEqual(["Softmax"]);
    expect(ops([2, 5, 2, 1], { axis: 1 })).toEqual(["Flatten", "Softmax", "Shape", "Reshape"]);
    const op = new Builder();
    op.graph.opsets.set("", 9);
    op.output(op.Softmax(op.Gemm(op.input("x", "float32"), op.constant(float32([1, 1], [1])))));
    expect(readModel(writeModel(op.graph)).nodes.map((node) => node.op)).toEqual(["Gemm", "Softmax"]);
  });

  it("a newer opset than ours stays as it is", () => {
    const op = new Builder();
    op.graph.opsets.set("", 21);
    op.output(op.Relu(op.input("x", "float32", [1])));
    expect(readModel(writeModel(op.graph)).opsets.get("")).toBe(21);
  });
});
