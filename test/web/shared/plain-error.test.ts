/** @file Errors as sentences with the next step. */

import { describe, expect, it } from "vitest";
import { plainError } from "../../../web/src/shared/plain-error.js";

describe("plainError(error)", () => {
  it.each([
    [
      "a.tflite: expected an ONNX or Keras file, got a TensorFlow Lite file: python -m tf2onnx.convert --tflite a.tflite --output model.onnx",
      "a.tflite is a TensorFlow Lite file. It should be an ONNX or Keras file. To convert it, run:",
      "python -m tf2onnx.convert --tflite a.tflite --output model.onnx",
    ],
    [
      'net.pt: expected an ONNX or Keras file, got a pickled PyTorch file: export it where its code is: torch.onnx.export(model, example, "model.onnx")',
      "net.pt is a pickled PyTorch file. It should be an ONNX or Keras file. Export it where its code is:",
      'torch.onnx.export(model, example, "model.onnx")',
    ],
    [
      'iris.onnx: input "x": expected images [N, 1 or 3, H, W] or [N, H, W, 1 or 3], got [1, 4]: give arrays of that shape as .npy files',
      'iris.onnx: input "x" takes numbers of the shape [1, 4], not pictures. This page explains models of pictures. Give arrays of that shape as .npy files.',
      undefined,
    ],
    [
      'text.onnx: not a readable ONNX file: expected a whole protobuf ModelProto, got text that begins "version"',
      'text.onnx: got text that begins "version". It should be an ONNX model.',
      undefined,
    ],
    ["cat.png: image: expected one at http://x, got none", "cat.png: image: one at http://x is missing.", undefined],
    ["split.onnx: expected its weights in w.data: drop both files together", undefined, undefined],
  ])("of `%s`", (message, text, command) => {
    const plain = plainError(new Error(message));
    expect(plain.text).toBe(text ?? message);
    expect(plain.command).toBe(command);
  });
});
