/** @file The format of a model file, by its first bytes, and advice for files that are no model. */

import { FoveaError } from "../foundation/error.js";

/** Files that are read. */
export type Format = "hdf5" | "zip" | "json";

const expected = "an ONNX or Keras file";

/**
 * The format of a Keras or TensorFlow.js model; undefined for a file that may be ONNX. The name decides only where the first bytes
 * tell nothing.
 * @param head the first bytes, `startLength` of them where there are so many
 * @param name of the file, as errors call it
 * @throws FoveaError for what is no model, with what it is and what to do: `unsupported-operator` for files of other frameworks,
 *   else `bad-file`
 */
export async function formatOf(head: Uint8Array, name: string): Promise<Format | undefined> {
  const { recogniseFile, wrongFile } = await import("../files/kinds/file-kind.js");
  const file = recogniseFile(head, name);
  if (file?.holds === "hdf5" || file?.holds === "zip") return file.holds;
  if (file?.holds === "onnx") return undefined;
  if (file) throw wrongFile(name, expected, head);
  const text = new TextDecoder().decode(head);
  const ends = (...extensions: readonly string[]) => extensions.some((each) => name.toLowerCase().endsWith(each));
  if (/^\s*\{/.test(text) || ends(".json")) return "json";
  if (ends(".h5", ".hdf5")) return "hdf5";
  return ends(".keras") ? "zip" : undefined;
}

/** @param kind of the file @param advice to make an ONNX file of it */
export function foreignFileError(where: string, kind: string, advice: string): FoveaError {
  return new FoveaError("unsupported-operator", `${where}: expected ${expected}, got ${kind}: ${advice}`);
}
