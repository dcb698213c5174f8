/** @file Names of models on the hub, and which file of a repository they mean. */

import { describe, expect, it } from "vitest";
import { chooseModel } from "../../src/hub/choose-model.js";
import { filesBeside } from "../../src/hub/files-beside.js";
import { isBareName, readHubName, shownName, withFile } from "../../src/hub/name.js";

describe("readHubName", () => {
  it.each([
    ["hf:ada/cats", "ada/cats", "main", undefined, "cats"],
    ["HF:ada/cats", "ada/cats", "main", undefined, "cats"],
    ["hf:resnet", "resnet", "main", undefined, "resnet"],
    ["hf:ada/cats@v1.0", "ada/cats", "v1.0", undefined, "cats"],
    ["hf:ada/cats:onnx/model_fp16.onnx", "ada/cats", "main", "onnx/model_fp16.onnx", "cats-model_fp16"],
    ["hf:ada/a_b.c-1@refs/pr/1:model.keras", "ada/a_b.c-1", "refs/pr/1", "model.keras", "a_b.c-1-model.keras"],
    ["hf:ada/cats:a@b.onnx", "ada/cats", "main", "a@b.onnx", "cats-a@b"],
  ])("reads %s", (text, repo, revision, file, shown) => {
    const name = readHubName(text);
    expect(name).toEqual({ text, repo, revision, file });
    expect(shownName(name)).toBe(shown);
    if (file !== undefined) expect(readHubName(withFile(name, file))).toMatchObject({ repo, revision, file });
  });

  it.each([
    ...[
      "hf:",
      "hf:/cats",
      "hf:ada/",
      "hf:ada/cats/dogs",
      "hf://ada/cats",
      "hf:ada--x/cats",
      "hf:a..b/c",
      "hf:ada/c.git",
    ],
    ...[
      "hf:-ada/cats",
      "hf:ada/ca ts",
      `hf:ada/${"x".repeat(97)}`,
      "hf:ada/../cats",
      "hf:ada/cats@",
      "hf:ada/cats@a/../b",
    ],
    ...["hf:ada/cats@/a", "hf:ada/cats:", "hf:ada/cats:../model.onnx", "hf:ada/cats:/etc/passwd", "hf:ada/cats:a\\b"],
    ...["hf:ada/cats:C:\\m.onnx", "hf:ada/cats:a\0b", "hf:ada/cats@a\nb", "hf:ada/cats:a//b", "hf:ada/cats:./m.onnx"],
  ])("refuses %j", (text) => {
    expect(() => readHubName(text)).toThrow(/: expected hf:owner\/name, hf:owner\/name@revision or hf:owner/);
  });
});

it.each([
  ["ada/cats", true],
  ["cats", false],
  ["photos/cat.jpg", false],
  ["ada/cats/dogs", false],
  ["../cats", false],
  ["photos/*", false],
  ["openai/clip-vit-base-patch32", true],
])("isBareName(%j) is %j", (text, expected) => {
  expect(isBareName(text)).toBe(expected);
});

const settings = ["config.json", "preprocessor_config.json"];
const choose = (files: readonly string[], name = "hf:ada/cats") => chooseModel(files, readHubName(name));

describe("the model of a repository", () => {
  it.each([
    [["onnx/model.onnx", "onnx/model_fp16.onnx", "model.onnx", "tf_model.h5", "model.safetensors"], "onnx/model.onnx"],
    [["model.onnx", "onnx/model_quantized.onnx"], "model.onnx"],
    [["onnx/text_model.onnx", "onnx/vision_model.onnx", "onnx/vision_model_fp16.onnx"], "onnx/vision_model.onnx"],
    [["weights/resnet50.onnx", "model.safetensors"], "weights/resnet50.onnx"],
    [["onnx/model_quantized.onnx"], "onnx/model_quantized.onnx"],
    [["visual.onnx", "textual.onnx", "visual.onnx.data"], "visual.onnx"],
    [["clip/image_encoder.onnx", "clip/text_encoder.onnx"], "clip/image_encoder.onnx"],
    [["pets.keras", "README.md"], "pets.keras"],
    [["pets.h5", "pets.weights.h5", "tf_model.h5"], "pets.h5"],
    [["model.json", "group1-shard1of1.bin"], "model.json"],
  ])("among %j is %s", (files, expected) => {
    expect(choose([...settings, ...files])).toBe(expected);
  });

  it("is asked for where there are several, by a name that can be copied", () => {
    const several = ["a.onnx", "b.onnx", "c.keras"];
    expect(() => choose(several, "hf:ada/cats@v1")).toThrow(
      "hf:ada/cats@v1: expected one model in the repository, got 2: a.onnx, b.onnx; name one: hf:ada/cats@v1:a.onnx",
    );
    expect(() => choose(Array.from({ length: 9 }, (_, i) => `${i}.onnx`))).toThrow("5.onnx and 3 others; name one");
  });

  it("is to be exported where there are weights for Python alone", () => {
    const expected =
      "hf:ada/cats: expected an ONNX file in the repository, got weights of a program in Python (model.safetensors): export them with optimum-cli export onnx --model ada/cats cats, and give cats/model.onnx";
    expect(() => choose([...settings, "model.safetensors"])).toThrow(expected);
    expect(() => choose(["pytorch_model.bin"])).toThrow("weights of a program in Python (pytorch_model.bin)");
    expect(() => choose(["tf_model.h5"])).toThrow("weights of a program in Python (tf_model.h5)");
    expect(() => choose(["m.onnx", "model.safetensors"], "hf:ada/cats:model.safetensors")).toThrow("export them with");
  });

  it("is missed where there is nothing of it, and the sentence says what there is", () => {
    expect(() => choose(["model.gguf", "README.md"])).toThrow("file in the repository, got model.gguf");
    expect(() => choose([])).toThrow("got no files");
    expect(() => choose(["README.md"], "hf:ada/cats:README.md")).toThrow(
      "expected an ONNX, Keras or TensorFlow.js file",
    );
    expect(() => choose(["a.onnx", "README.md"], "hf:ada/cats:b.onnx")).toThrow(
      "got none called b.onnx: it has a.onnx",
    );
  });
});

describe("what comes along with a model", () => {
  const others = [
    "README.md",
    "model.safetensors",
    "sub/config.json",
    "onnx/other.txt",
    "cat.jpg",
    "training_args.bin",
  ];
  const beside = (model: string, files: readonly string[]) => filesBeside(model, [model, ...others, ...files]);

  it("is told by the names that exporters, Fovea and tokenizers use, one folder up as well where it is called onnx", () => {
    const own = ["onnx/model.onnx_data", "onnx/model.onnx_data_1", "onnx/labels.txt", "onnx/fovea.json"];
    const above = [
      ...settings,
      "fovea.json",
      "tokenizer.json",
      "tokenizer_config.json",
      "special_tokens_map.json",
      "labels.txt",
    ];
    expect(beside("onnx/model.onnx", [...own, ...above, "onnx/model_fp16.onnx", "onnx/model_fp16.onnx_data"])).toEqual([
      ...own,
      ...above,
    ]);
    expect(beside("weights/model.onnx", ["weights/config.json", "config.json"])).toEqual(["weights/config.json"]);
  });

  it("are the other tower and its weights", () => {
    const towers = [
      "onnx/text_model.onnx",
      "onnx/text_model.onnx_data",
      "onnx/vision_model.onnx_data",
      "tokenizer.json",
    ];
    expect(beside("onnx/vision_model.onnx", [...towers, "onnx/text_model_fp16.onnx"])).toEqual(towers);
    expect(beside("visual.onnx", ["textual.onnx", "all.data", "tokenizer.json"])).toHaveLength(3);
    expect(beside("onnx/vision_model_fp16.onnx", [...towers, "onnx/text_model_fp16.onnx"])).toEqual([
      "tokenizer.json",
      "onnx/text_model_fp16.onnx",
    ]);
  });

  it("are weights by other names where there is one model in the folder", () => {
    expect(beside("model.onnx", ["model.data", "model.onnx.data"])).toEqual(["model.data", "model.onnx.data"]);
    expect(beside("resnet.onnx", ["weights.pb", "all.data"])).toEqual(["weights.pb", "all.data"]);
    expect(beside("resnet.onnx", ["vit.onnx", "all.data"])).toEqual([]);
  });

  it("are the shards of a model of TensorFlow.js", () => {
    const shards = ["group1-shard1of2.bin", "group1-shard2of2.bin", "metadata.json"];
    expect(beside("model.json", [...shards, "pytorch_model.bin"])).toEqual(shards);
    expect(beside("model.json", ["weights.bin"])).toEqual(["weights.bin"]);
  });
});
