/** @file The names of two networks of one model. */

import { expect, it } from "vitest";
import { textTowerNames } from "../../../src/model/texts/tower-names.js";

it.each([
  ["vision_model.onnx", [], ["text_model.onnx"]],
  ["clip_visual.onnx", [], ["clip_textual.onnx"]],
  ["IMAGE-encoder.onnx", [], ["TEXT-encoder.onnx"]],
  ["model.onnx", ["text_model.onnx"], []],
  [
    "vision_model_fp16.onnx",
    ["text_model_quantized.onnx", "text_model_q4.onnx", "text_model.onnx", "text_model_fp16.onnx", "text_other.onnx"],
    ["text_model_fp16.onnx", "text_model.onnx", "text_model_quantized.onnx", "text_model_q4.onnx"],
  ],
])("the network of texts beside %s may be called so", (name, there, expected) => {
  expect(textTowerNames(name, there)).toEqual(expected);
});
