/** @file Tasks of the whole image, and maps: told by metadata, names, endings and sizes. */

import { describe, expect, it } from "vitest";
import { openModel } from "../../../src/model/open.js";
import type { OpenModelOptions } from "../../../src/model/passes/pass.js";
import { type TaskName, taskNames } from "../../../src/model/tasks/found-task.js";
import { tasks } from "../../../src/model/tasks/index.js";
import { missingOf, taskInWords } from "../../../src/model/tasks/task-words.js";
import { Builder } from "../../../src/onnx/builder.js";
import { int64 } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";

type Append = (op: Builder, features: string) => void;

/** A network on [N, 3, 16, 16] whose features are [N, 4, 16, 16]. */
async function opened(append: Append, options: OpenModelOptions = {}, metadata: Record<string, string> = {}) {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, 16, 16]);
  append(op, op.Relu(op.Conv(x, op.constant(randomTensor([4, 3, 1, 1], "kernel")))));
  for (const [key, text] of Object.entries(metadata)) op.graph.metadata.set(key, text);
  return openModel(op.graph, runtime, "model", options);
}

const mean = (op: Builder, features: string) => op.ReduceMean(features, op.ints([2, 3]), { keepdims: 0 });
const scores = (op: Builder, features: string, count: number) =>
  op.Gemm(mean(op, features), op.constant(randomTensor([4, count], "head")));
const vector =
  (name: string, count: number, then: (op: Builder, scores: string) => string = (_, value) => value): Append =>
  (op, features) =>
    void op.output(then(op, op.Identity(scores(op, features, count))), name);
const plane =
  (name: string, then: (op: Builder, value: string) => string = (_, value) => value): Append =>
  (op, features) =>
    void op.output(then(op, op.ReduceMax(features, op.ints([1]), { keepdims: 1 })), name);
const sigmoid = (op: Builder, value: string) => op.Sigmoid(value);
const softmax = (op: Builder, value: string) => op.Softmax(value, { axis: 1 });
const named = (count: number) => ({
  given: { origin: "as given", classes: Array.from({ length: count }, (_, i) => `class ${i}`) },
});
const divided = (op: Builder, value: string) =>
  op.Div(value, op.Max(op.Sqrt(op.ReduceSum(op.Mul(value, value), op.ints([1]), { keepdims: 1 })), op.scalar(1e-12)));
const anomalib: Append = (op, features) => {
  const map = op.Sigmoid(op.ReduceMax(features, op.ints([1]), { keepdims: 1 }));
  op.output(op.ReduceMax(map, op.ints([1, 2, 3]), { keepdims: 0 }), "pred_score");
  op.output(op.Cast(op.Greater(map, op.scalar(0.6)), { to: 1 }), "pred_mask");
  op.output(map, "anomaly_map");
};

describe("the task of a network", () => {
  it.each<[string, Append, OpenModelOptions, TaskName]>([
    ["a softmax", vector("y", 5, softmax), {}, "classification"],
    ["scores without an ending", vector("y", 5), {}, "classification"],
    ["one sigmoid", vector("y", 1, sigmoid), {}, "classification"],
    ["one number that is called a score", vector("logits", 1), {}, "classification"],
    ["several sigmoids", vector("y", 5, sigmoid), {}, "multi-label"],
    ["one number", vector("y", 1), {}, "regression"],
    ["numbers that are called so", vector("landmarks", 10), {}, "regression"],
    ["numbers that are called so in part", vector("headPose", 3), {}, "regression"],
    ["numbers whose name only holds such letters", vector("images", 3), {}, "classification"],
    ["as many numbers as class names", vector("pose", 3), named(3), "classification"],
    ["a vector that is called an embedding", vector("image_embeds", 8), {}, "embedding"],
    ["a vector that is called features", vector("features", 8), {}, "embedding"],
    ["a vector that is divided by its length", vector("y", 8, divided), {}, "embedding"],
    ["features that are as many as class names", vector("features", 8), named(8), "classification"],
    ["features that are as many as ImageNet's classes", vector("features", 1000), {}, "classification"],
    ["one plane", plane("y"), {}, "map"],
    ["one plane of probabilities", plane("saliency", sigmoid), {}, "map"],
    [
      "rows and columns alone, called depth",
      plane("predicted_depth", (op, value) => op.Squeeze(value, op.ints([1]))),
      {},
      "map",
    ],
    [
      "rows and columns alone, called anything",
      plane("y", (op, value) => op.Squeeze(value, op.ints([1]))),
      {},
      "classification",
    ],
    ["a score with a map of anomalies", anomalib, {}, "map"],
  ])("is found of %s", async (_, append, options, expected) => {
    expect((await opened(append, options)).task.name).toBe(expected);
  });

  it("is the user's where the outputs allow it", async () => {
    const insisted = async (task: TaskName, append: Append) => (await opened(append, { task })).task.name;
    for (const task of ["multi-label", "regression", "embedding", "image-text", "classification"] as const)
      expect(await insisted(task, vector("y", 5))).toBe(task);
    expect(
      await insisted(
        "map",
        plane("y", (op, value) => op.Squeeze(value, op.ints([1]))),
      ),
    ).toBe("map");
    await expect(insisted("map", vector("y", 5))).rejects.toThrow(
      /^model: task map: expected an output \[N, 1, height, width\] or \[N, height, width\], got outputs y \[N, 5\]$/,
    );
    await expect(insisted("multi-label", vector("y", 1))).rejects.toThrow(/expected scores \[N, classes\] of two/);
    await expect(insisted("embedding", vector("y", 1))).rejects.toThrow(/of two numbers or more, got outputs y/);
  });

  it("is what the metadata say, where the outputs allow it", async () => {
    const said = async (text: string, append: Append, key = "task") =>
      (await opened(append, {}, { [key]: text })).task.name;
    expect(await said("multi_label_classification", vector("y", 5))).toBe("multi-label");
    expect(await said("regression", vector("y", 5), "fovea.task")).toBe("regression");
    expect(await said("image-feature-extraction", vector("y", 5), "pipeline_tag")).toBe("embedding");
    expect(await said("classify", vector("y", 5, sigmoid))).toBe("classification");
    expect(await said("detect", vector("y", 5))).toBe("classification");
    expect(await said("something", vector("y", 5, sigmoid))).toBe("multi-label");
    expect((await opened(vector("y", 5), { task: "embedding" }, { task: "regression" })).task.name).toBe("embedding");
  });

  it("makes sigmoids of scores where several classes may be there and the file leaves the ending out", async () => {
    const model = await opened(vector("y", 5), { task: "multi-label" });
    expect([model.ending, model.classCount, model.scores]).toEqual(["sigmoid", 5, "y"]);
  });

  it("holds the score and the map of anomalies, and says nothing of a choice between them", async () => {
    const { task, notes } = await opened(anomalib);
    expect(task).toEqual({ name: "map", output: "anomaly_map", score: "pred_score" });
    expect(notes.join(" ")).not.toContain("is explained");
  });
});

describe("a network that compares images with texts", () => {
  const clip = (): Builder => {
    const op = new Builder();
    const ids = op.input("input_ids", "int64", ["T", "L"]);
    const x = op.input("pixel_values", "float32", ["N", 3, 16, 16]);
    const mask = op.input("attention_mask", "int64", ["T", "L"]);
    const image = op.ReduceMean(
      op.Relu(op.Conv(x, op.constant(randomTensor([4, 3, 1, 1], "kernel")))),
      op.ints([2, 3]),
      {
        keepdims: 0,
      },
    );
    const words = op.Gather(op.constant(randomTensor([20, 4], "words")), ids, { axis: 0 });
    const read = op.Mul(words, op.Cast(op.Unsqueeze(mask, op.ints([2])), { to: 1 }));
    const text = op.ReduceMean(read, op.ints([1]), { keepdims: 0 });
    op.output(op.Identity(text), "text_embeds");
    op.output(op.Identity(image), "image_embeds");
    op.output(op.MatMul(image, op.Transpose(text, { perm: [1, 0] })), "logits_per_image");
    return op;
  };

  it("is opened without texts, and says which inputs it lacks", async () => {
    const model = await openModel(clip().graph, runtime);
    expect(model.task).toEqual({
      name: "image-text",
      output: "logits_per_image",
      missing: ["input_ids"],
      areCosines: false,
    });
    expect(missingOf(model.task)).toMatch(
      /expected some \(--text "a dog" --text "a cat"\), or their tokens \(--input input_ids=FILE.npy\), got none$/,
    );
    expect(model.notes.join(" ")).toContain('"input_ids" and "attention_mask" assumed: all ones');
  });

  it("scores the texts whose tokens are given, all of them to be read", async () => {
    const inputs = { input_ids: int64([1, 2, 3, 4, 5, 6], [2, 3]) };
    const model = await openModel(clip().graph, runtime, "model", { inputs });
    expect(model.task).toEqual({ name: "image-text", output: "logits_per_image", missing: [], areCosines: false });
    expect([model.classCount, missingOf(model.task)]).toEqual([2, undefined]);
    expect(model.constants.attention_mask?.dims).toEqual([2, 3]);
  });

  it("is another where the outputs do not tell that", async () => {
    const op = new Builder();
    const x = op.input("pixel_values", "float32", ["N", 3, 16, 16]);
    const ids = op.input("input_ids", "int64", ["T", "L"]);
    const sum = op.ReduceSum(op.Cast(ids, { to: 1 }), { keepdims: 0 });
    op.output(op.Mul(op.ReduceMean(x, op.ints([2, 3]), { keepdims: 0 }), sum), "logits");
    await expect(openModel(op.graph, runtime)).rejects.toThrow(/expected one image input, got .*input_ids/);
  });
});

describe("the table of tasks", () => {
  it("has each task once, ends with the one that fits everything, and has a sentence for each", () => {
    expect(tasks.map(({ name }) => name).toSorted()).toEqual([...taskNames].toSorted());
    expect(tasks.at(-1)?.name).toBe("classification");
    for (const { does, expects } of tasks) {
      expect(does).toMatch(/^[A-Z][^.]*\.$/);
      expect(expects).toMatch(/^[a-z].*[^.]$/);
    }
  });

  it("says what the outputs are", async () => {
    const words = async (append: Append, options: OpenModelOptions = {}) =>
      taskInWords((await opened(append, options)).task);
    expect(await words(vector("age", 1))).toBe('of "age", 1 number');
    expect(await words(vector("image_embeds", 8))).toBe('of "image_embeds", 8 numbers');
    expect(await words(anomalib)).toBe('"anomaly_map", with the score "pred_score"');
    expect(await words(plane("y"))).toBe('"y"');
    expect(await words(vector("y", 5, sigmoid))).toBe("classes of the image, each with a probability of its own");
    expect(await words(vector("y", 5))).toBe("classes of the image");
  });
});
