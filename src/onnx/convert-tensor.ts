/** @file Tensors with the same numbers in another element type. */

import { emptyData, type NumericType, numbers, Tensor } from "./tensor.js";

/** The types whose arrays hold bits of another kind than their numbers. */
const encoded: readonly NumericType[] = ["float16", "bfloat16"];

/**
 * The numbers of a tensor as another type, floats rounded to its precision; undefined where the type cannot hold one of them: a
 * fraction or a number out of its range among whole numbers, anything but 0 and 1 among truth values.
 */
export function convertTensor(tensor: Tensor, type: NumericType): Tensor | undefined {
  if (tensor.type === type) return tensor;
  if (encoded.includes(type)) return undefined;
  const values = numbers(tensor);
  const data = emptyData(type, values.length);
  if (type === "bool" && values.some((value) => value !== 0 && value !== 1)) return undefined;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    if (!values.every(Number.isSafeInteger)) return undefined;
    values.forEach((value, i) => {
      data[i] = BigInt(value);
    });
    return new Tensor(type, tensor.dims, data);
  }
  data.set(values);
  const isFloat = type === "float32" || type === "float64";
  if (!isFloat && values.some((value, i) => data[i] !== value)) return undefined;
  return new Tensor(type, tensor.dims, data);
}
