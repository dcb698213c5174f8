/** @file What a network is for, told by the names and sizes of its outputs. */

import { describe, expect, it } from "vitest";
import { openModel } from "../../../src/model/open.js";
import type { OpenModelOptions } from "../../../src/model/passes/pass.js";
import { preprocessingOf } from "../../../src/model/preprocessing.js";
import { createDetector } from "../../../src/model/tasks/detection/detect.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { float32, int64 } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";
import { everything } from "../../support/share.js";

interface Output {
  readonly name: string;
  readonly dims: readonly number[];
}

/** A network with outputs of these sizes, of an image of 64x64. */
function network(outputs: readonly Output[], inputs: (op: Builder) => void = () => undefined): Graph {
  const op = new Builder();
  const x = op.input("images", "float32", [1, 3, 64, 64]);
  inputs(op);
  const one = op.ReduceMean(op.Relu(op.Conv(x, op.constant(float32([2, 3, 1, 1], [1, 2, 3, 4, 5, 6])))), {
    keepdims: 0,
  });
  for (const { name, dims } of outputs) op.output(op.Expand(op.Sigmoid(one), op.constant(int64([...dims]))), name);
  return op.graph;
}

const given = (classes: number) => ({
  given: { origin: "as given", classes: Array.from({ length: classes }, (_, i) => `class ${i}`) },
});
const taskOf = async (outputs: readonly Output[], options: OpenModelOptions = {}) => {
  const { task } = await openModel(network(outputs), runtime, "model", options);
  return task.name === "detection" ? [task.name, task.layout.title.split(":")[0], task.classCount] : [task.name];
};
const out = (...dims: number[]): Output => ({ name: "output0", dims });

describe("the task of a network", () => {
  it.each<[string, readonly Output[], OpenModelOptions, readonly unknown[]]>([
    ["class scores", [out(1, 10)], {}, ["classification"]],
    [
      "class scores, and something beside them",
      [out(1, 10), { name: "maps", dims: [1, 8, 16, 16] }],
      {},
      ["classification"],
    ],
    ["a score for each place", [out(1, 7, 64, 64)], {}, ["segmentation"]],
    ["scores of very few places", [out(1, 7, 2, 2)], {}, ["classification"]],
    ["one map", [out(1, 1, 64, 64)], {}, ["map"]],
    ["columns of cells", [out(1, 9, 84)], {}, ["detection", "YOLOv8", 5]],
    ["rows of cells", [out(1, 84, 9)], {}, ["detection", "YOLOv5", 4]],
    ["rows of cells without objectness, by the names", [out(1, 84, 9)], given(5), ["detection", "YOLOv8", 5]],
    ["three rows for each cell", [out(1, 252, 12)], {}, ["detection", "YOLOv5", 7]],
    ["boxes with masks", [out(1, 41, 84), { name: "output1", dims: [1, 32, 16, 16] }], {}, ["detection", "YOLOv8", 5]],
    ["boxes with poses, by the names", [out(1, 56, 84)], given(1), ["detection", "YOLOv8", 1]],
    ["turned boxes, by the names", [out(1, 12, 84)], given(7), ["detection", "YOLOv8", 7]],
    ["three rows for each of few cells, by the names", [out(1, 252, 12)], given(7), ["detection", "YOLOv5", 7]],
    ["as many queries as three rows for each cell", [out(1, 252, 11)], given(7), ["detection", "RT-DETR", 7]],
    ["chosen boxes", [out(1, 300, 6)], {}, ["detection", "YOLOv10", undefined]],
    ["chosen boxes with poses, by the names", [out(1, 300, 57)], given(1), ["detection", "YOLOv10", undefined]],
    ["queries, by the names", [out(1, 300, 9)], given(5), ["detection", "RT-DETR", 5]],
    [
      "queries of two outputs",
      [
        { name: "dets", dims: [1, 30, 4] },
        { name: "labels", dims: [1, 30, 9] },
      ],
      {},
      ["detection", "RT-DETR", 9],
    ],
    ["rows of something else", [out(1, 77, 9)], {}, ["classification"]],
  ])("is found of %s", async (_, outputs, options, expected) => {
    expect(await taskOf(outputs, options)).toEqual(expected);
  });

  it("is the user's, where the outputs fit it", async () => {
    expect(await taskOf([out(1, 9, 84)], { task: "classification" })).toEqual(["classification"]);
    await expect(taskOf([out(1, 10)], { task: "detection" })).rejects.toThrow(
      /^model: task detection: expected .*, got outputs output0 \[.*10\]$/,
    );
  });

  it("refuses names of another number than a box has classes", async () => {
    await expect(
      taskOf(
        [
          { name: "dets", dims: [1, 30, 4] },
          { name: "labels", dims: [1, 30, 9] },
        ],
        given(3),
      ),
    ).rejects.toThrow(/^model: class names as given: expected 9, got 3$/);
  });
});

describe("inputs that detectors have besides the image", () => {
  const outputs = ["boxes", "scores", "labels"].map((name) => ({ name, dims: name === "boxes" ? [1, 3, 4] : [1, 3] }));

  it("are those of the whole image, with a note", async () => {
    const graph = network(outputs, (op) => {
      const sizes = op.Cast(op.input("orig_target_sizes", "int64", [1, 2]), { to: 1 });
      const mask = op.Cast(op.input("pixel_mask", "int64", [1, 64, 64]), { to: 1 });
      op.output(op.Concat(sizes, op.ReduceMean(mask, op.ints([2]), { keepdims: 0 }), { axis: 1 }), "seen");
    });
    const model = await openModel(graph, runtime);
    expect(model.notes.join(" ")).toContain('"orig_target_sizes" and "pixel_mask" assumed');
    expect(model.task.name).toBe("detection");
    expect(Object.values(model.constants).map(({ dims }) => dims)).toEqual([
      [1, 2],
      [1, 64, 64],
    ]);
    expect(Array.from(model.constants.orig_target_sizes?.data ?? [], Number)).toEqual([64, 64]);
  });

  it("are the user's, where there are some", async () => {
    const graph = network(outputs, (op) => {
      op.output(op.Identity(op.input("orig_target_sizes", "int64", [1, 2])), "seen");
    });
    const model = await openModel(graph, runtime, "model", { inputs: { orig_target_sizes: int64([100, 50], [1, 2]) } });
    expect(model.notes.join(" ")).not.toContain("assumed");
    expect(Array.from(model.constants.orig_target_sizes?.data ?? [], Number)).toEqual([100, 50]);
  });
});

describe("the recipe of a detector", () => {
  const recipeOf = async (outputs: readonly Output[], options: OpenModelOptions = {}) =>
    preprocessingOf(await openModel(network(outputs), runtime, "model", options)).preprocessing;

  it("is its makers' where nobody says", async () => {
    expect(await recipeOf([out(1, 9, 84)])).toMatchObject({
      fit: "letterbox",
      padding: [114, 114, 114],
      std: [1, 1, 1],
    });
    const queries = [
      { name: "dets", dims: [1, 30, 4] },
      { name: "labels", dims: [1, 30, 9] },
    ];
    expect(await recipeOf(queries)).toMatchObject({ fit: "stretch", mean: [0.485, 0.456, 0.406] });
    expect(await recipeOf([out(1, 7, 64, 64)])).not.toHaveProperty("fit", "crop");
  });

  it("gives way to what the user says", async () => {
    const preprocessing = { fit: "stretch", mean: [0.5], std: [0.5] } as const;
    const said = { given: { origin: "as given", preprocessing } };
    expect(await recipeOf([out(1, 9, 84)], said)).toMatchObject({
      fit: "stretch",
      mean: [0.5, 0.5, 0.5],
      scale: 1 / 255,
    });
  });
});

describe("what a file's own metadata says", () => {
  it("settles an open input size and the number of classes", async () => {
    const op = new Builder();
    const x = op.input("images", "float32", ["N", 3, "h", "w"]);
    const one = op.Sigmoid(op.ReduceMean(op.Relu(x), { keepdims: 0 }));
    op.output(op.Expand(one, op.constant(int64([1, 41, 84]))), "output0");
    const said = {
      author: "Ultralytics",
      task: "segment",
      imgsz: "[64, 64]",
      names: "{0: 'cat', 1: \"driver's cab\"}",
    };
    for (const [key, text] of Object.entries(said)) op.graph.metadata.set(key, text);
    const { input, task, placeClasses } = await openModel(op.graph, runtime);
    expect(input.dims?.slice(1)).toEqual([3, 64, 64]);
    expect([task.name, task.name === "detection" && task.classCount]).toEqual(["detection", 2]);
    expect(placeClasses).toEqual(["cat", "driver's cab"]);
  });
});

describe("an input of open size", () => {
  const opened = async (dims: readonly (number | string)[], name = "output0", options: OpenModelOptions = {}) => {
    const op = new Builder();
    const x = op.input("images", "float32", ["N", 3, "h", "w"]);
    const one = op.Sigmoid(op.ReduceMean(op.Relu(x), { keepdims: 0 }));
    const sizes = dims.map((size) => (typeof size === "number" ? size : 84));
    op.output(op.Expand(one, op.constant(int64(sizes))), name);
    op.graph.outputs.splice(0, 1, { name, type: "float32", dims });
    return openModel(op.graph, runtime, "model", options);
  };

  it("is that which the rows of a detector tell, with a note", async () => {
    for (const dims of [
      [1, 84, 2100],
      [1, 6300, 85],
    ]) {
      const { input, task, notes } = await opened(dims);
      expect([task.name, ...(input.dims ?? [])]).toEqual(["detection", "N", 3, 320, 320]);
      expect(notes.join(" ")).toMatch(
        /input's size open: 320x320 is taken, as its \d+ rows tell \(--size takes another\)/,
      );
    }
  });

  it.runIf(everything)(
    "is the usual one where the names are those of a detector, or the user says that it is one",
    async () => {
      const sizesOf = async (...of: Parameters<typeof opened>) => (await opened(...of)).input.dims?.slice(2);
      expect(await sizesOf([1, 84, "rows"])).toEqual([640, 640]);
      expect(await sizesOf([1, 84, "rows"], "tokens")).toEqual(["h", "w"]);
      expect(await sizesOf([1, 10])).toEqual(["h", "w"]);
      expect(await sizesOf([1, 84, "rows"], "output0", { task: "classification" })).toEqual(["h", "w"]);
      const preprocessing = { height: 96, width: 64 };
      const given = { origin: "as given", preprocessing };
      expect(await sizesOf([1, 84, 2100], "output0", { given })).toEqual([96, 64]);
      await expect(opened([1, 10], "y", { task: "detection" })).rejects.toThrow(/task detection: expected/);
    },
  );

  it("is the usual one of lists of boxes", async () => {
    const op = new Builder();
    const x = op.input("image", "float32", ["N", 3, "h", "w"]);
    const one = op.ReduceMean(x, { keepdims: 0 });
    for (const [name, dims] of Object.entries({ boxes: [3, 4], labels: [3], scores: [3] }))
      op.output(op.Expand(one, op.constant(int64(dims))), name);
    const { input, task, notes } = await openModel(op.graph, runtime);
    expect([task.name, ...(input.dims?.slice(2) ?? [])]).toEqual(["detection", 640, 640]);
    expect(notes.join(" ")).toContain("640x640 is taken, as is usual with detectors");
  });
});

describe("boxes of queries in one output", () => {
  it("are centres and sizes from 0 to 1, with a probability for each class", async () => {
    const op = new Builder();
    const x = op.input("images", "float32", [1, 3, 32, 64]);
    const one = op.Exp(op.Mul(op.ReduceMean(x, { keepdims: 0 }), op.scalar(0)));
    const rows = Array.from({ length: 12 }, (_, i) =>
      i === 3 ? [0.5, 0.5, 0.25, 0.5, 0.1, 0.9, 0.2] : [0, 0, 0, 0, 0.1, 0.1, 0.1],
    );
    op.output(op.Mul(op.constant(float32([1, 12, 7], rows.flat())), one), "output0");
    const detector = createDetector(await openModel(op.graph, runtime, "model", given(3)), { runtime });
    const found = await detector.detect(float32([1, 3, 32, 64], new Float32Array(6144)));
    await detector.close();
    expect(found).toEqual([
      {
        left: 24,
        top: 8,
        right: 40,
        bottom: 24,
        score: expect.closeTo(0.9, 6),
        classIndex: 1,
        label: "class 1",
        row: 3,
      },
    ]);
  });
});

describe("several outputs with places", () => {
  it("are read by the first, whether its sizes are known or not", async () => {
    const op = new Builder();
    const x = op.input("images", "float32", ["N", 3, 16, 16]);
    const features = op.Relu(op.Conv(x, op.constant(float32([5, 3, 1, 1], new Float32Array(15).fill(0.1)))));
    const small = op.Slice(features, op.ints([0]), op.ints([4]), op.ints([1]));
    // Sizes that only a run tells, as exporters write them.
    const sizes = op.Concat(op.Shape(small, { start: 0, end: 2 }), op.Shape(x, { start: 2 }), { axis: 0 });
    op.output(op.Resize(small, undefined, undefined, sizes, { mode: "linear" }), "out");
    op.output(features, "features");
    const { task } = await openModel(op.graph, runtime);
    expect(task).toMatchObject({ name: "segmentation", output: "out", classCount: 4 });
  });
});

it("gives a turned box as the upright one that holds it", async () => {
  const op = new Builder();
  const images = op.input("images", "float32", [1, 3, 64, 64]);
  // A 20 by 8 box around (32, 24), turned by 30 degrees.
  const columns = [32, 24, 20, 8, 0.9, 0.1, Math.PI / 6];
  const cell = float32(
    [1, 7, 84],
    columns.flatMap((value, i) => [value, ...Array(83).fill(i < 4 ? 1 : 0)]),
  );
  const nothing = op.Mul(op.ReduceMean(images, { keepdims: 0 }), op.scalar(0));
  op.output(op.Add(op.constant(cell), nothing), "output0");
  const model = await openModel(op.graph, runtime, "model", given(2));
  const detector = createDetector(model, { runtime });
  const [box, ...others] = await detector.detect(float32([1, 3, 64, 64], new Float32Array(3 * 64 * 64)));
  await detector.close();
  const [across, down] = [10 * Math.cos(Math.PI / 6) + 4 * 0.5, 10 * 0.5 + 4 * Math.cos(Math.PI / 6)];
  expect(others).toEqual([]);
  expect(box).toMatchObject({ classIndex: 0, score: expect.closeTo(0.9, 5) });
  expect(box?.left).toBeCloseTo(32 - across, 3);
  expect(box?.right).toBeCloseTo(32 + across, 3);
  expect(box?.top).toBeCloseTo(24 - down, 3);
  expect(box?.bottom).toBeCloseTo(24 + down, 3);
});
