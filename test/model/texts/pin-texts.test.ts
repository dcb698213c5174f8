/** @file Networks of images and texts with texts as their classes: what is read, made of it, and refused. */

import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { differentiate } from "../../../src/autodiff/differentiate.js";
import type { LoadTextOptions } from "../../../src/explain/loading/model-source.js";
import { loadModel } from "../../../src/explain/node.js";
import { withScores } from "../../../src/model/texts/text-scores.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { inferTypes } from "../../../src/runtime/infer-types.js";
import { runOnce } from "../../../src/runtime/run-once.js";
import { workFolder } from "../../cli/fovea.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";
import { share } from "../../support/share.js";
import { compareTexts } from "../../support/texts.js";

const fixtures = "test/fixtures/image-text";
const folder = workFolder();
const dog = "a photo of a dog";
const cats = "two cats";

const opened = (path: string, texts: readonly string[] | LoadTextOptions) =>
  loadModel(`${fixtures}/${path}`, { runtime, texts });
const image = randomTensor([1, 3, 32, 32], "image");

/** A copy of a fixture's folder, with some files under other names or left out. */
function copyOf(fixture: string, name: string, files: Readonly<Record<string, string | undefined>>): string {
  const copy = join(folder, name);
  cpSync(`${fixtures}/${fixture}`, copy, { recursive: true });
  for (const [from, to] of Object.entries(files)) {
    if (to === undefined) rmSync(join(copy, from));
    else {
      mkdirSync(join(copy, to, ".."), { recursive: true });
      renameSync(join(copy, from), join(copy, to));
    }
  }
  return copy;
}

describe.each(
  share(
    [
      ["clip", "model"],
      ["clip-split", "vision_model"],
      ["siglip", "model"],
      ["open-clip-resnet", "model"],
    ],
    2,
  ),
)("%s beside PyTorch", (name, file) => {
  it("has its scores, and its maps at the layer that is chosen", async () => {
    const { scores, maps } = await compareTexts(`${fixtures}/${name}`, file, runtime);
    expect(scores).toBeLessThan(1e-5);
    expect(Object.keys(maps).length).toBe(name === "open-clip-resnet" ? 4 : 6);
    for (const [what, difference] of Object.entries(maps)) expect(difference, what).toBeLessThan(1e-4);
  });
});

describe("texts of a model", () => {
  it("become its classes, and its file an ordinary one", async () => {
    const model = await opened("clip/model.onnx", [dog, cats]);
    expect(model.card.classes).toEqual([dog, cats]);
    expect([model.task.name, model.ending, model.target, model.constants]).toEqual([
      "classification",
      "sigmoid",
      undefined,
      {},
    ]);
    expect(model.graph.inputs.map(({ name }) => name)).toEqual(["pixel_values"]);
    const again = await loadModel(writeModel(model.graph), { runtime });
    expect([again.card.classes, again.task.name, again.ending]).toEqual([[dog, cats], "classification", "sigmoid"]);
  });

  it("share a probability of 1 in CLIP, and have one each in SigLIP", async () => {
    const shares = async (path: string) => {
      const model = await opened(path, [dog, cats, "a tree"]);
      const classifier = model.classifier();
      const values = floats(await classifier.classify(image));
      await classifier.close();
      return { task: model.task.name, sum: values.reduce((a, b) => a + b, 0) };
    };
    expect(await shares("clip/model.onnx")).toEqual({ task: "classification", sum: expect.closeTo(1, 5) });
    const { task, sum } = await shares("siglip/model.onnx");
    expect([task, Math.abs(sum - 1) > 0.05]).toEqual(["multi-label", true]);
  });

  it("alone are compared by the cosine, which is no probability", async () => {
    const model = await opened("clip/model.onnx", [dog]);
    expect([model.task.name, model.target, model.ending]).toEqual([
      "image-text",
      "similarity of image and text",
      "none",
    ]);
    const [name = ""] = model.graph.outputs.map((output) => output.name);
    const results = await runOnce(runtime, model.graph, { pixel_values: image });
    expect([name, Math.abs(floats(results.similarity ?? float32([], [2]))[0] ?? 2) <= 1]).toEqual(["similarity", true]);
  });

  it("alone have an opposite by SigLIP's probability", async () => {
    const model = await opened("siglip/model.onnx", { texts: [dog], score: "sigmoid" });
    expect(model.card.classes).toEqual([`not ${dog}`, dog]);
  });

  it("are put into a template, and keep their names", async () => {
    const scoresOf = async (options: LoadTextOptions) => {
      const model = await opened("clip/model.onnx", options);
      expect(model.card.classes).toEqual(options.texts.map((text) => text.trim()));
      const { [model.output]: scores } = await runOnce(runtime, model.graph, { pixel_values: image });
      return [...floats(scores ?? float32([0], []))];
    };
    const put = await scoresOf({ texts: [" dog ", "tree"], template: "a photo of a {}", score: "cosine" });
    const model = await opened("clip/model.onnx", { texts: [dog, "a photo of a tree"], score: "cosine" });
    const { [model.output]: whole } = await runOnce(runtime, model.graph, { pixel_values: image });
    expect(put).toEqual([...floats(whole ?? float32([0], []))]);
  });

  it.each([2, 3, 4, 9, 16])("of any number, %i, leave the layer that is chosen", async (count) => {
    const texts = Array.from({ length: count }, (_, i) => `text ${i}`);
    const explainer = await (await opened("clip/model.onnx", texts)).explainer();
    await explainer.close();
    expect(explainer.layer.name).toContain("layers.2/layer_norm1");
  });

  it("are told apart by a gradient also where one has nearly all", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 3]);
    const graph = withScores(op, { score: "softmax", value: op.Identity(x), names: ["a", "b", "c"], batch: "N" });
    const [scores = ""] = graph.nodes.flatMap(({ op: kind, inputs }) => (kind === "Sigmoid" ? inputs : []));
    const { graph: both, gradients } = differentiate(await inferTypes(graph, runtime), {
      of: scores,
      wrt: ["x"],
    });
    both.outputs = [{ name: scores }, { name: gradients.get("x") ?? "" }, ...graph.outputs];
    const logits = [
      [40, 2, 1],
      [0.5, 0.25, 0],
    ];
    const results = await runOnce(runtime, both, { x: float32([2, 3], logits.flat()) });
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    const odds = logits.map((row) => row.map((y, i) => y - Math.log(sum(row.filter((_, j) => j !== i).map(Math.exp)))));
    const found = floats(results[scores] ?? float32([0], []));
    for (const [i, value] of odds.flat().entries()) expect(found[i]).toBeCloseTo(value, 4);
    const shares = floats(results[graph.outputs[0]?.name ?? ""] ?? float32([0], []));
    const [, second = []] = logits;
    for (const [i, y] of second.entries())
      expect(shares[3 + i]).toBeCloseTo(Math.exp(y) / sum(second.map(Math.exp)), 6);
    // Of the sum of all three log-odds of the first row: 1 of its own, less the shares among the others of each.
    const part = Math.exp(2) / (Math.exp(2) + Math.exp(1));
    const gradient = floats(results[gradients.get("x") ?? ""] ?? float32([0], []));
    expect(gradient[0]).toBeCloseTo(1 - 2, 5);
    expect(gradient[1]).toBeCloseTo(1 - part, 5);
  });

  it("do not depend on how many there are, or on their order", async () => {
    const cosines = async (texts: readonly string[]) => {
      const model = await opened("siglip/model.onnx", { texts, score: "cosine" });
      const { [model.output]: scores } = await runOnce(runtime, model.graph, { pixel_values: image });
      return Object.fromEntries(texts.map((text, i) => [text, floats(scores ?? float32([0], []))[i]]));
    };
    expect(await cosines([cats, dog])).toEqual(await cosines([dog, cats]));
    const { [dog]: alone } = await cosines([dog]);
    expect((await cosines([dog, cats, "x"]))[dog]).toBeCloseTo(alone ?? Number.NaN, 6);
  });
});

describe("files beside a model", () => {
  const texts = [dog, cats];
  const classesOf = async (path: string) => (await loadModel(path, { runtime, texts })).card.classes;

  it("are found one folder up where its own is called onnx, and in other precisions", async () => {
    const copy = copyOf("clip-split", "hub", {
      "vision_model.onnx": "onnx/vision_model_fp16.onnx",
      "text_model.onnx": "onnx/text_model_quantized.onnx",
    });
    expect(await classesOf(join(copy, "onnx/vision_model_fp16.onnx"))).toEqual(texts);
  });

  it("are found in the folders of both networks", async () => {
    const copy = copyOf("clip-split", "immich", {
      "vision_model.onnx": "visual/model.onnx",
      "text_model.onnx": "textual/model.onnx",
      "tokenizer.json": "textual/tokenizer.json",
      "tokenizer_config.json": "textual/tokenizer_config.json",
      "preprocessor_config.json": "visual/preprocessor_config.json",
    });
    expect(await classesOf(join(copy, "visual/model.onnx"))).toEqual(texts);
  });

  it("may lie elsewhere where they are named, or be in memory", async () => {
    const copy = copyOf("clip-split", "apart", {
      "text_model.onnx": "x/t.onnx",
      "tokenizer.json": "x/tokenizer.json",
      "tokenizer_config.json": undefined,
    });
    const [path, textModel] = [join(copy, "vision_model.onnx"), join(copy, "x/t.onnx")];
    expect((await loadModel(path, { runtime, texts: { texts, textModel } })).card.classes).toEqual(texts);
    const tokenizer = JSON.parse(readFileSync(join(copy, "x/tokenizer.json"), "utf8"));
    const bytes = { texts, textModel: new Uint8Array(readFileSync(textModel)), tokenizer: { tokenizer } };
    const inMemory = await loadModel(new Uint8Array(readFileSync(path)), { runtime, texts: bytes });
    expect(inMemory.card.classes).toEqual(texts);
  });

  it("are missed in one sentence", async () => {
    const alone = copyOf("clip-split", "alone", { "text_model.onnx": undefined });
    await expect(classesOf(join(alone, "vision_model.onnx"))).rejects.toThrow(
      /vision_model.onnx: texts: expected a network that compares images with texts, or one of images with text_model.onnx beside it, got one from pixel_values/,
    );
    const mute = copyOf("clip", "mute", { "tokenizer.json": undefined });
    await expect(classesOf(join(mute, "model.onnx"))).rejects.toThrow(
      /expected a tokenizer, tokenizer.json, beside the model, got none/,
    );
    const broken = copyOf("clip", "broken", {});
    writeFileSync(join(broken, "tokenizer.json"), "{");
    await expect(classesOf(join(broken, "model.onnx"))).rejects.toThrow(/tokenizer.json: expected JSON/);
  });

  it("must be of one model", async () => {
    const textModel = await vectors("text", 8);
    await expect(opened("clip-split/vision_model.onnx", { texts, textModel })).rejects.toThrow(
      /vectors of 16 numbers, as its own "image_embeds" has, got 8/,
    );
  });
});

/** A network of texts with vectors of some length. */
async function vectors(name: string, length: number): Promise<Uint8Array> {
  const op = new Builder();
  const ids = op.input("ids", "int64", ["T", "L"]);
  const words = op.Gather(op.constant(randomTensor([400, length], name)), ids, { axis: 0 });
  op.output(op.ReduceMean(words, op.ints([1]), { keepdims: 0 }), "text_features");
  return writeModel(op.graph);
}

describe("texts that cannot be compared", () => {
  const cases: readonly [string, readonly string[] | LoadTextOptions, RegExp][] = [
    ["none", [], /texts: expected 1 to 10000 of them, got 0/],
    ["an empty one", [dog, " "], /text: expected some words, such as "a dog", got " "/],
    ["one that is there twice", [dog, ` ${dog}`], /expected different ones, got "a photo of a dog" twice/],
    ["a template without a place", { texts: [dog], template: "a photo" }, /template: expected a text with \{\}/],
    [
      "a softmax of one",
      { texts: [dog], score: "softmax" },
      /expected two texts or more, got "a photo of a dog" alone/,
    ],
  ];
  it.each(cases)("%s", async (_, texts, told) => {
    await expect(opened("clip/model.onnx", texts)).rejects.toThrow(told);
  });

  it("by a classifier, or by SigLIP's probability of vectors alone", async () => {
    await expect(loadModel(undefined, { runtime, texts: [dog] })).rejects.toThrow(
      /expected a network that compares images with texts, .*, got one from images \[N, 1, 28, 28\] to probabilities \[N, 10\]/,
    );
    await expect(opened("clip-split/vision_model.onnx", { texts: [dog], score: "sigmoid" })).rejects.toThrow(
      /score sigmoid: expected a file that holds what is added to the scores/,
    );
  });

  it("by what is no list", async () => {
    const texts = "a dog" as unknown as readonly string[];
    await expect(opened("clip/model.onnx", texts)).rejects.toThrow(
      /texts: expected an array of texts, or options with one/,
    );
  });
});
