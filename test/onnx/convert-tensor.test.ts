/** @file Tensors with the same numbers in another element type. */

import { expect, it } from "vitest";
import { convertTensor } from "../../src/onnx/convert-tensor.js";
import { float32, int64, type NumericType, numbers, Tensor } from "../../src/onnx/tensor.js";

it.each<readonly [NumericType]>([["int32"], ["uint8"], ["int64"], ["float32"], ["float64"], ["uint16"]])(
  "whole numbers stay what they are as %s",
  (type) => {
    const converted = convertTensor(int64([0, 1, 255], [3, 1]), type);
    expect(converted).toMatchObject({ type, dims: [3, 1] });
    expect(numbers(converted as Tensor)).toEqual([0, 1, 255]);
  },
);

it("what a type cannot hold is refused", () => {
  expect(convertTensor(int64([256]), "uint8")).toBeUndefined();
  expect(convertTensor(int64([-1]), "uint8")).toBeUndefined();
  expect(convertTensor(float32([1], [0.5]), "int32")).toBeUndefined();
  expect(convertTensor(float32([1], [0.5]), "int64")).toBeUndefined();
  expect(convertTensor(int64([2]), "bool")).toBeUndefined();
  expect(convertTensor(int64([1]), "float16")).toBeUndefined();
});

it("floats are rounded to the precision of the type, and truth values are 0 and 1", () => {
  const third = new Tensor("float64", [1], Float64Array.of(1 / 3));
  expect(numbers(convertTensor(third, "float32") as Tensor)).toEqual([Math.fround(1 / 3)]);
  expect(numbers(convertTensor(int64([0, 1]), "bool") as Tensor)).toEqual([0, 1]);
});
