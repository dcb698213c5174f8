/** @file The types of whole numbers that an image input may have. */

import type { DataType } from "../../onnx/tensor.js";

/** Whole numbers that an image input may have for elements, with the smallest and the largest. */
export const wholeTypes: Readonly<Partial<Record<DataType, readonly [number, number]>>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 128],
  uint32: [0, 2 ** 32 - 256],
  int64: [-(2 ** 53), 2 ** 53],
};

/** Whether an element type holds whole numbers that images can be given in. */
export function isWholeType(type: DataType | undefined): boolean {
  return type !== undefined && wholeTypes[type] !== undefined;
}
