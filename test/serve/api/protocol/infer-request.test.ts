/** @file Inference requests of the Open Inference Protocol: what is read, and everything that is refused. */

import { describe, expect, it } from "vitest";
import type { ModelFacts } from "../../../../src/serve/api/engine/messages.js";
import { readBody } from "../../../../src/serve/api/protocol/body.js";
import { inferAnswer } from "../../../../src/serve/api/protocol/infer-answer.js";
import { readInfer } from "../../../../src/serve/api/protocol/infer-request.js";
import { bytesOfFloats } from "../../../../src/serve/api/protocol/numbers.js";

const facts: ModelFacts = {
  name: "m",
  input: { name: "x", dims: [-1, 1, 2, 2] },
  takesImages: true,
  classCount: 3,
  properties: {},
  notes: [],
};
const tensor = { name: "x", shape: [1, 1, 2, 2], datatype: "FP32", data: [1, 2, 3, 4] };
const image = { name: "image", shape: [1], datatype: "BYTES", data: ["aGVsbG8="] };

function read(json: unknown, binary: Buffer = Buffer.alloc(0), model = facts) {
  return readInfer(model, { json, binary }, 4);
}

describe("readInfer", () => {
  it("makes an image of each row of a tensor", () => {
    const { images } = read({ inputs: [{ ...tensor, shape: [2, 1, 2, 2], data: [1, 2, 3, 4, 5, 6, 7, 8] }] });
    const rows = images.map((each) => ("tensor" in each ? each.tensor : undefined));
    expect(rows.map((row) => row?.dims)).toEqual([
      [1, 1, 2, 2],
      [1, 1, 2, 2],
    ]);
    expect([...new Float32Array(rows[1]?.bytes.slice().buffer ?? new ArrayBuffer(0))]).toEqual([5, 6, 7, 8]);
  });

  it("reads the same from bytes", () => {
    const binary = bytesOfFloats(Float32Array.of(1, 2, 3, 4));
    const { data: _, ...rest } = tensor;
    const asBytes = read({ inputs: [{ ...rest, parameters: { binary_data_size: 16 } }] }, binary);
    expect(asBytes.images).toEqual(read({ inputs: [tensor] }).images);
  });

  it("reads image files as base64, and raw behind their lengths", () => {
    const file = Buffer.from("hello");
    expect(read({ inputs: [image] }).images).toEqual([{ file }]);
    expect(read({ inputs: [{ ...image, shape: [1, 1], data: [["aGVsbG8="]] }] }).images).toEqual([{ file }]);
    const { data: _, ...rest } = image;
    const binary = Buffer.concat([Buffer.from([5, 0, 0, 0]), file]);
    expect(read({ inputs: [{ ...rest, parameters: { binary_data_size: 9 } }] }, binary).images).toEqual([{ file }]);
  });

  it("gives all outputs unless some are asked for, as JSON unless bytes are", () => {
    const named = (json: object) =>
      read({ inputs: [tensor], ...json }).outputs.map(({ name, binary }) => `${name} ${binary}`);
    expect(named({})).toEqual(["scores false", "probabilities false", "classes false"]);
    expect(named({ outputs: [] })).toEqual(["scores false", "probabilities false", "classes false"]);
    expect(named({ outputs: [{ name: "classes" }, { name: "scores", parameters: { binary_data: true } }] })).toEqual([
      "classes false",
      "scores true",
    ]);
    const parameters = { binary_data_output: true };
    expect(
      named({ parameters, outputs: [{ name: "scores" }, { name: "classes", parameters: { binary_data: false } }] }),
    ).toEqual(["scores true", "classes false"]);
  });

  it("calls the input of image files by another name where the model's own is called image", () => {
    const model = { ...facts, input: { ...facts.input, name: "image" } };
    expect(read({ inputs: [{ ...image, name: "image_file" }] }, undefined, model).images).toHaveLength(1);
    expect(read({ inputs: [{ ...tensor, name: "image" }] }, undefined, model).images).toHaveLength(1);
  });
});

const with_ = (input: object) => ({ inputs: [{ ...tensor, ...input }] });
const ofFiles = (input: object) => ({ inputs: [{ ...image, ...input }] });

describe("readInfer refuses", () => {
  it.each<[unknown, string]>([
    [null, "the body: expected an object, got null"],
    [[], "the body: expected an object, got a list"],
    [{}, "inputs: expected a list, got none"],
    [{ inputs: {} }, "inputs: expected a list, got an object"],
    [{ inputs: [] }, "inputs: expected one input, x (FP32 [-1, 1, 2, 2]) or image (BYTES), got 0"],
    [{ inputs: [tensor, image] }, "inputs: expected one input, x (FP32 [-1, 1, 2, 2]) or image (BYTES), got 2"],
    [{ inputs: ["x"] }, "inputs[0]: expected an object, got a text"],
    [{ id: 7, inputs: [tensor] }, "id: expected a text, got 7"],
    [{ parameters: [], inputs: [tensor] }, "parameters: expected an object, got a list"],
    [
      { parameters: { a: [] }, inputs: [tensor] },
      'parameters."a": expected a text, a number, or true or false, got a list',
    ],
    [
      { parameters: { binary_data_output: 1 }, inputs: [tensor] },
      "parameters.binary_data_output: expected true or false, got 1",
    ],
    [{ inputs: [tensor], outputs: {} }, "outputs: expected a list, got an object"],
    [{ inputs: [tensor], outputs: [{}] }, "outputs[0].name: expected scores, probabilities and classes, got undefined"],
    [
      { inputs: [tensor], outputs: [{ name: "y" }] },
      'outputs[0].name: expected scores, probabilities and classes, got "y"',
    ],
    [
      { inputs: [tensor], outputs: [{ name: "scores" }, { name: "scores" }] },
      "outputs: expected each output once, got scores twice",
    ],
    [with_({ name: "z" }), 'inputs[0].name: expected x (FP32 [-1, 1, 2, 2]) or image (BYTES), got "z"'],
    [with_({ name: 3 }), "inputs[0].name: expected a text, got 3"],
    [with_({ datatype: "FP64" }), 'inputs[0].datatype: expected FP32, got "FP64"'],
    [with_({ shape: [1, 1, 2] }), "inputs[0].shape: expected [-1, 1, 2, 2], got [1, 1, 2]"],
    [with_({ shape: [1, 1, 2, 3] }), "inputs[0].shape: expected [-1, 1, 2, 2], got [1, 1, 2, 3]"],
    [with_({ shape: [0, 1, 2, 2], data: [] }), "inputs[0].shape: expected [-1, 1, 2, 2], got [0, 1, 2, 2]"],
    [with_({ shape: [-1, 1, 2, 2] }), "inputs[0].shape[0]: expected a whole number from 0 on, got -1"],
    [with_({ shape: [1.5, 1, 2, 2] }), "inputs[0].shape[0]: expected a whole number from 0 on, got 1.5"],
    [with_({ shape: [5, 1, 2, 2] }), "inputs[0].shape[0]: expected 1 to 4 images, got 5"],
    [with_({ shape: [1e15, 1, 2, 2] }), "inputs[0].shape[0]: expected 1 to 4 images"],
    [with_({ shape: "4" }), "inputs[0].shape: expected a list, got a text"],
    [with_({ data: [1, 2, 3] }), "inputs[0].data: expected 4 elements, got 3"],
    [with_({ data: [1, 2, 3, true] }), "inputs[0].data[3]: expected a number, got true"],
    [with_({ data: undefined }), "inputs[0].data: expected a list, got none"],
    [
      with_({ parameters: { binary_data_size: 16 } }),
      "inputs[0].parameters.binary_data_size: expected 0, what follows the JSON, got 16",
    ],
    [
      with_({ parameters: { binary_data_size: 0 } }),
      "inputs[0].data: expected none beside binary_data_size, got a list",
    ],
    [
      with_({ parameters: { binary_data_size: 0 }, data: undefined }),
      "inputs[0].parameters.binary_data_size: expected 16, got 0",
    ],
    [ofFiles({ datatype: "FP32" }), 'inputs[0].datatype: expected BYTES, got "FP32"'],
    [ofFiles({ shape: [] }), "inputs[0].shape: expected [N] or [N, 1], got []"],
    [ofFiles({ shape: [1, 2] }), "inputs[0].shape: expected [N] or [N, 1], got [1, 2]"],
    [ofFiles({ shape: [2] }), "inputs[0].data: expected 2 images, got 1"],
    [ofFiles({ shape: [0], data: [] }), "inputs[0].shape[0]: expected 1 to 4 images, got 0"],
    [
      ofFiles({ data: ["https://example.com/cat.jpg"] }),
      "inputs[0].data[0]: expected an image file as base64, got another text",
    ],
    [ofFiles({ data: [7] }), "inputs[0].data[0]: expected an image file as base64, got 7"],
  ])("%j", (json, sentence) => {
    expect(() => read(json)).toThrow(sentence);
  });

  it("bytes that no input has, and lengths that do not add up", () => {
    expect(() => read({ inputs: [tensor] }, Buffer.alloc(3))).toThrow(
      "the body: expected nothing behind its JSON, got 3 bytes",
    );
    const { data: _, ...rest } = image;
    const cut = { inputs: [{ ...rest, parameters: { binary_data_size: 5 } }] };
    expect(() => read(cut, Buffer.from([9, 0, 0, 0, 1]))).toThrow("got an element that is cut off");
    const two = { inputs: [{ ...rest, parameters: { binary_data_size: 8 } }] };
    expect(() => read(two, Buffer.alloc(8))).toThrow("inputs[0]: expected 1 images, got 2");
  });

  it("image files for a model that takes none", () => {
    const model = { ...facts, takesImages: false };
    expect(() => read({ inputs: [image] }, undefined, model)).toThrow(
      'inputs[0].name: expected x (FP32 [-1, 1, 2, 2]), got "image"',
    );
  });
});

describe("readBody", () => {
  const body = Buffer.from('{"a":1}rest');
  it("takes the JSON and what follows it apart", () => {
    const { json, binary } = readBody(body, { "inference-header-content-length": "7" });
    expect([json, String(binary)]).toEqual([{ a: 1 }, "rest"]);
  });
  it.each([
    [{ "inference-header-content-length": "12" }, "expected a whole number up to the body's 11 bytes, got 12"],
    [
      { "inference-header-content-length": "-1" },
      "expected a whole number up to the body's 11 bytes, got another text",
    ],
    [{ "inference-header-content-length": "0" }, "the body: expected JSON, got none"],
    [{ "inference-header-content-length": "6" }, "the body: expected JSON, got something else"],
    [{}, "the body: expected JSON, got something else at position 7"],
    [{ "content-encoding": "gzip" }, "Content-Encoding: expected a body that is not compressed"],
  ])("refuses %j", (headers, sentence) => {
    expect(() => readBody(body, headers)).toThrow(sentence);
  });
});

describe("inferAnswer", () => {
  const scored = (label: string, ...values: number[]) => ({
    predicted: { index: 0, label, score: 0, probability: 0 },
    scores: Float32Array.from(values),
    probabilities: Float32Array.from(values, (value) => value / 10),
  });
  const results = [scored("cat", 1, 2), scored("dog", 3, 4)];

  it("has one row for each image", () => {
    const { json, binary } = inferAnswer(
      "m",
      read({ id: "7", inputs: [tensor], outputs: [{ name: "scores" }, { name: "classes" }] }),
      results,
    );
    expect(json).toEqual({
      model_name: "m",
      model_version: "1",
      id: "7",
      outputs: [
        { name: "scores", datatype: "FP32", shape: [2, 2], data: [1, 2, 3, 4] },
        { name: "classes", datatype: "BYTES", shape: [2], data: ["cat", "dog"] },
      ],
    });
    expect(binary).toBeUndefined();
  });

  it("puts bytes behind the JSON in the order of the outputs", () => {
    const parameters = { binary_data_output: true };
    const asked = read({ parameters, inputs: [tensor], outputs: [{ name: "classes" }, { name: "scores" }] });
    const { json, binary } = inferAnswer("m", asked, results);
    expect(json).toEqual({
      model_name: "m",
      model_version: "1",
      outputs: [
        { name: "classes", datatype: "BYTES", shape: [2], parameters: { binary_data_size: 14 } },
        { name: "scores", datatype: "FP32", shape: [2, 2], parameters: { binary_data_size: 16 } },
      ],
    });
    expect(binary?.length).toBe(30);
    expect(binary?.readFloatLE(14 + 8)).toBe(3);
  });
});
