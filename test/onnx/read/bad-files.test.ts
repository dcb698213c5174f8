/** @file Files that are no models, or contradict themselves: one clear line each. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Builder } from "../../../src/onnx/builder.js";
import { TensorProto_DataLocation, TensorProto_DataType as Type } from "../../../src/onnx/proto/onnx_pb.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { complaint } from "../../support/complaint.js";
import { modelBytes } from "../../support/models/model-proto.js";

const text = (content: string) => new TextEncoder().encode(content);
const w = (more: object) => modelBytes({ initializer: [{ name: "w", dims: [2n], ...more }], output: [{ name: "w" }] });
const relu = (name: string, input: string, output: string) => ({
  name,
  opType: "Relu",
  input: [input],
  output: [output],
});

const bad: Readonly<Record<string, Uint8Array>> = {
  "an empty file": new Uint8Array(),
  "a text file": text('{ "format": "layers-model" }\n'),
  "a pointer to a file elsewhere": text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
  zeros: new Uint8Array(64),
  "a model without a graph": modelBytes({}),
  "a value that is made twice": modelBytes({
    node: [relu("a", "x", "y"), relu("b", "x", "y")],
    output: [{ name: "y" }],
  }),
  "a cycle": modelBytes({ node: [relu("a", "z", "y"), relu("b", "y", "z")], output: [{ name: "y" }] }),
  "too few elements": w({ dataType: Type.FLOAT, floatData: [1] }),
  "too few bytes": w({ dataType: Type.FLOAT, rawData: new Uint8Array(7) }),
  "negative sizes": modelBytes({
    initializer: [{ name: "w", dims: [-1n], dataType: Type.FLOAT }],
    output: [{ name: "w" }],
  }),
  "texts for weights": w({ dataType: Type.STRING, stringData: [text("a"), text("b")] }),
  "an element type from the future": w({ dataType: 99, rawData: new Uint8Array(2) }),
  "weights in another file": w({ dataType: Type.FLOAT, dataLocation: TensorProto_DataLocation.EXTERNAL }),
  "an ancient opset": modelBytes({ node: [relu("a", "x", "y")] }, { opsetImport: [{ domain: "", version: 6n }] }),
};

it("each kind of bad file gets a line of its own", () => {
  expect(
    Object.fromEntries(Object.entries(bad).map(([name, bytes]) => [name, complaint(bytes)])),
  ).toMatchInlineSnapshot(`
    {
      "a cycle": "bad-graph: net.onnx: node "a" depends on its own output: expected no cycle",
      "a model without a graph": "bad-file: net.onnx: not an ONNX model: expected a graph, got none in 10 bytes",
      "a pointer to a file elsewhere": "bad-file: net.onnx: not a readable ONNX file: expected a whole protobuf ModelProto, got text that begins "version https://git-lfs."",
      "a text file": "bad-file: net.onnx: not a readable ONNX file: expected a whole protobuf ModelProto, got text that begins "{ \\"format\\": \\"layers-mode"",
      "a value that is made twice": "bad-graph: net.onnx: value "y" is made twice: expected one node per value",
      "an ancient opset": "bad-graph: net.onnx: opset 6: expected 7 or newer: export the model again",
      "an element type from the future": "bad-graph: net.onnx: tensor "w": element type 99: expected a numeric type",
      "an empty file": "bad-file: net.onnx: not an ONNX model: expected a graph, got none in 0 bytes",
      "negative sizes": "bad-graph: net.onnx: tensor "w": sizes [-1]: expected whole numbers ≥ 0",
      "texts for weights": "bad-graph: net.onnx: tensor "w": element type 8: expected a numeric type",
      "too few bytes": "bad-graph: net.onnx: tensor "w": float32 tensor [2]: expected 8 bytes, got 7",
      "too few elements": "bad-graph: net.onnx: tensor "w": float32 tensor [2]: expected 8 bytes, got 4",
      "weights in another file": "bad-file: net.onnx: tensor "w": its data lies in another file: expected a model with its weights inside",
      "zeros": "bad-file: net.onnx: not a readable ONNX file: expected a whole protobuf ModelProto, got 64 bytes that are cut short, damaged or something else: download or export it again",
    }
  `);
});

describe("readModel never fails in another way", () => {
  const op = new Builder();
  op.output(
    op.MatMul(op.input("x", "float32", ["N", 4]), op.constant(float32([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]), "w")),
    "y",
  );
  const whole = writeModel(op.graph);

  it("for a file that was cut off anywhere", () => {
    for (let length = 0; length < whole.length; length++) expect(() => complaint(whole.slice(0, length))).not.toThrow();
    expect(complaint(whole.slice(0, whole.length / 2))).toMatch(/^bad-file: net\.onnx: /);
  });

  it("for random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => complaint(bytes) !== ""),
      { numRuns: 500, seed: 1 },
    );
  });

  it("for a model with bytes changed", () => {
    const change = fc.record({ at: fc.nat(whole.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = whole.slice();
        for (const { at, to } of changes) bytes[at] = to;
        return complaint(bytes) !== "";
      }),
      { numRuns: 1000, seed: 1 },
    );
  });
});
