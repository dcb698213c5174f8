/** @file Model files in memory: those that become graphs, and those of other frameworks. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { embeddedModelPath, loadModel } from "../../src/explain/node.js";
import { graphOf } from "../../src/formats/graph-of.js";
import { FoveaError } from "../../src/foundation/error.js";
import { runtime } from "../support/runtime.js";

const fixture = (path: string) => readFileSync(fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url)));
const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe("graphOf(bytes)", () => {
  it.each(["keras/nested_deep/model.keras", "keras/nested_deep/model.h5"])(
    "reads %s without its name",
    async (path) => {
      const graph = await graphOf(fixture(path));
      expect(graph?.outputs[0]?.dims).toEqual(["N", 5]);
    },
  );

  it("reads a model.json with its shards, and refuses it without them", async () => {
    const json = fixture("tfjs/nasnet/model.json");
    expect(await graphOf(json, "m.json", (path) => fixture(`tfjs/nasnet/${path}`))).toBeDefined();
    const message = 'm.json: expected weights beside the model, got only the description, which names "weights.bin"';
    await expect(graphOf(json, "m.json")).rejects.toThrow(message);
  });

  it("leaves an ONNX file to others", async () => {
    expect(await graphOf(readFileSync(embeddedModelPath))).toBeUndefined();
  });

  const zipOf = (name: string) => `PK\x03\x04${"\0".repeat(26)}${name}`;
  it.each([
    ["model.pt", zipOf("archive/data.pkl"), "a pickled PyTorch file: export it where its code is: torch.onnx.export("],
    ["m.bin", zipOf("pytorch_model/data.pkl"), "a pickled PyTorch file"],
    ["old.pth", "\x80\x02\x8a\nl\xfc\x9cF", "a pickled PyTorch file"],
    ["m.safetensors", '\x40\0\0\0\0\0\0\0{"w":{}}', "weights without a network: export it where its code is"],
    ["m.tflite", "", "a TensorFlow Lite file: python -m tf2onnx.convert --tflite m.tflite --output model.onnx"],
    ["m", "\x1c\0\0\0TFL3", "a TensorFlow Lite file"],
    [
      "frozen.pb",
      "\n\x3e\n\x05input",
      "a frozen TensorFlow graph: python -m tf2onnx.convert --graphdef frozen.pb --inputs",
    ],
  ])("refuses %s with what to do instead", async (name, text, got) => {
    const error = (await graphOf(latin(text), name).catch((reason: unknown) => reason)) as FoveaError;
    expect(error).toBeInstanceOf(FoveaError);
    expect(error.code).toBe("unsupported-operator");
    expect(error.message.startsWith(`${name}: expected an ONNX or Keras file, got ${got}`)).toBe(true);
  });

  it("refuses JSON that is no model", async () => {
    const message =
      "config.json: expected the model.json of a TensorFlow.js layers model, got JSON without modelTopology";
    await expect(graphOf(latin('{"a": 1}'), "config.json")).rejects.toThrow(message);
  });
});

it("loadModel(bytes) takes a Keras file as well", async () => {
  const model = await loadModel(fixture("keras/nested_deep/model.keras"), { runtime });
  expect([model.classCount, model.ending]).toEqual([5, "softmax"]);
});
