/** @file The error for a file that is no ONNX model. */

import { FoveaError } from "../../foundation/error.js";
import { startInWords } from "../../foundation/text-start.js";

/** @param start the first bytes of the file */
export function unreadable(where: string, start: Uint8Array, byteLength: number, cause: unknown): FoveaError {
  const damaged = `${byteLength} bytes that are cut short, damaged or something else: download or export it again`;
  const message = `${where}: not a readable ONNX file: expected a whole protobuf ModelProto, got ${startInWords(start) ?? damaged}`;
  return new FoveaError("bad-file", message, { cause });
}
