/** @file The sources that a model is loaded from, and its texts with theirs. */

import type { TextOptions } from "../../model/texts/text-options.js";
import type { TokenizerFiles } from "../../model/texts/tokenizer.js";

/** A model file: its path on Node and its address in a page, its URL, its bytes, or a `File` or other `Blob`. */
export type ModelSource = string | URL | Uint8Array | Blob;

/** Texts, with what makes numbers of them where it does not lie beside the model. */
export interface LoadTextOptions extends TextOptions {
  /**
   * The path or address of a tokenizer.json, or its JSON (with that of tokenizer_config.json). Default: the one in the model's metadata,
   * else the one beside the model, or one folder up where the model's folder is called `onnx`.
   */
  readonly tokenizer?: string | Omit<TokenizerFiles, "where"> | undefined;
  /** The network of texts, where the model's file holds that of images alone. Default: the one beside it, such as text_model.onnx. */
  readonly textModel?: ModelSource | undefined;
}

/** The name in errors of a model that has no other. */
export function nameOfFile(source: Uint8Array | Blob): string {
  return source instanceof File && source.name !== "" ? source.name : "model";
}

/** The bytes of a file in memory. */
export async function bytesOf(source: Uint8Array | Blob): Promise<Uint8Array> {
  return source instanceof Blob ? new Uint8Array(await source.arrayBuffer()) : source;
}
