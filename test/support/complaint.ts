/** @file What the reader says of a damaged model file. */

import { FoveaError } from "../../src/foundation/error.js";
import { readModel } from "../../src/onnx/read/read.js";

/** The error's code and message, or that there is none. */
export function complaint(bytes: Uint8Array): string {
  try {
    readModel(bytes, "net.onnx");
  } catch (error) {
    if (error instanceof FoveaError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "no complaint";
}
