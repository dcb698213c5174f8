/** @file Requests of KServe's first protocol: what is read, and everything that is refused. */

import { describe, expect, it } from "vitest";
import { readChoice, readInstances } from "../../../../src/serve/api/protocol/instances.js";

const facts = {
  name: "m",
  input: { name: "x", dims: [-1, 1, 2, 2] },
  takesImages: true,
  classCount: 3,
  properties: {},
  notes: [],
};
const read = (json: unknown, model = facts) => readInstances(model, json, 2);
const nested = [
  [
    [1, 2],
    [3, 4],
  ],
];

describe("readInstances", () => {
  it("reads image files and nested lists, mixed", () => {
    const [file, tensor] = read({ instances: [{ image: { b64: "aGVsbG8=" } }, nested] });
    expect(file).toEqual({ file: Buffer.from("hello") });
    expect(tensor).toMatchObject({ tensor: { type: "float32", dims: [1, 1, 2, 2] } });
  });

  it.each<[unknown, string]>([
    [7, "the body: expected an object, got 7"],
    [{}, "instances: expected a list, got none"],
    [{ instances: [] }, "instances: expected 1 to 2 images, got 0"],
    [{ instances: [nested, nested, nested] }, "instances: expected 1 to 2 images, got 3"],
    [
      { instances: [{}] },
      'instances[0]: expected an image as {"image": {"b64": "..."}}, or nested lists of numbers, got an object',
    ],
    [{ instances: ["https://example.com/cat.jpg"] }, "instances[0]: expected an object, got a text"],
    [{ instances: [{ image: "aGVsbG8=" }] }, "instances[0].image: expected an object, got a text"],
    [{ instances: [{ image: {} }] }, "instances[0].image.b64: expected an image file as base64, got none"],
    [
      { instances: [{ image: { url: "https://example.com" } }] },
      "instances[0].image.b64: expected an image file as base64, got none",
    ],
    [{ instances: [[1, 2]] }, "instances[0]: expected [-1, 1, 2, 2], got [1, 2]"],
    [{ instances: [[]] }, "instances[0]: expected a list of numbers, got an empty one"],
    [{ instances: [[[[1, 2], [3]]]] }, "instances[0][0][1]: expected 2 elements, got 1"],
  ])("refuses %j", (json, sentence) => {
    expect(() => read(json)).toThrow(sentence);
  });

  it("refuses image files for a model that takes none", () => {
    expect(() => read({ instances: [{ image: { b64: "aGVsbG8=" } }] }, { ...facts, takesImages: false })).toThrow(
      "instances[0]: expected nested lists of numbers, got an object",
    );
  });
});

describe("readChoice", () => {
  it("explains the predicted class as fovea explain does unless asked otherwise", () => {
    expect(readChoice({})).toEqual({
      ...{ classes: ["predicted"], layer: "auto", method: "grad-cam" },
      ...{ against: false, signed: false, overlay: false },
    });
  });

  it("takes classes and layers as texts and numbers", () => {
    expect(readChoice({ parameters: { class: ["cat", 3], layer: -2 } })).toMatchObject({
      classes: ["cat", "3"],
      layer: "-2",
    });
    expect(readChoice({ parameters: { class: "top-2" } })).toMatchObject({ classes: ["top-2"] });
  });

  it.each<[unknown, string]>([
    [{ parameters: 1 }, "parameters: expected an object, got 1"],
    [
      { parameters: { clas: "cat" } },
      'parameters: expected class, layer, method, against, signed, overlay, got "clas"',
    ],
    [{ parameters: { class: {} } }, "parameters.class: expected a text, got an object"],
    [{ parameters: { layer: true } }, "parameters.layer: expected a text, got true"],
    [{ parameters: { method: 1 } }, "parameters.method: expected a text, got 1"],
    [{ parameters: { overlay: "yes" } }, "parameters.overlay: expected true or false, got a text"],
  ])("refuses %j", (json, sentence) => {
    expect(() => readChoice(json)).toThrow(sentence);
  });
});
