/** @file The format of a model file, by its first bytes and its name, and advice for formats that are not read. */

import { FoveaError } from "../foundation/error.js";

/** Files that are read. */
export type Format = "hdf5" | "zip" | "json";

/** How many bytes from the start are looked at. */
export const headLength = 96;

/**
 * The format of a Keras or TensorFlow.js model; undefined for a file that may be ONNX.
 * @param head the first bytes, `headLength` of them where there are so many
 * @param name of the file, as errors call it
 * @throws FoveaError `unsupported-operator` for files of other frameworks, with advice
 */
export function formatOf(head: Uint8Array, name: string): Format | undefined {
  const text = String.fromCharCode(...head.subarray(0, headLength));
  const ends = (...extensions: readonly string[]) => extensions.some((each) => name.toLowerCase().endsWith(each));
  const isZip = text.startsWith("PK\x03\x04");
  // PyTorch writes a zip that begins with the pickled network, and wrote a pickle without a zip before.
  const isTorch = isZip && /^.{30}[^/]+\/data\.pkl/s.test(text);
  const isPickle = head[0] === 0x80 && [2, 3, 4, 5].includes(head[1] ?? 0);
  if (isTorch || isPickle || ends(".pt", ".pth")) throw foreignFileError(name, "a pickled PyTorch file", fromTorch);
  if (text.slice(8, 9) === "{" && ends(".safetensors"))
    throw foreignFileError(name, "weights without a network", fromTorch);
  if (text.slice(4, 8) === "TFL3" || ends(".tflite")) {
    throw foreignFileError(
      name,
      "a TensorFlow Lite file",
      `python -m tf2onnx.convert --tflite ${name} --output model.onnx`,
    );
  }
  // An ONNX file begins with its version, a TensorFlow graph with a node.
  if (text.startsWith("\n") && ends(".pb")) {
    const command = `python -m tf2onnx.convert --graphdef ${name} --inputs NAME:0 --outputs NAME:0 --output model.onnx`;
    throw foreignFileError(name, "a frozen TensorFlow graph", command);
  }
  if (text.startsWith("\x89HDF\r\n\x1a\n") || ends(".h5", ".hdf5")) return "hdf5";
  if (isZip || ends(".keras")) return "zip";
  return ends(".json") || text.startsWith("{") ? "json" : undefined;
}

const fromTorch = 'export it where its code is: torch.onnx.export(model, example, "model.onnx")';

/** @param kind of the file @param advice to make an ONNX file of it */
export function foreignFileError(where: string, kind: string, advice: string): FoveaError {
  return new FoveaError("unsupported-operator", `${where}: expected an ONNX or Keras file, got ${kind}: ${advice}`);
}
