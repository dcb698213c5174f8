/** @file The kinds of files that users, and files of others, name; and how many bytes of each are read. */

import { FoveaError } from "../../foundation/error.js";
import { bytesInWords } from "../../foundation/words.js";

export interface InputKind {
  /** How errors call it. */
  readonly what: string;
  /** Bytes; far above any that makes sense, and few enough for the memory of a small machine. */
  readonly most: number;
}

const mebibyte = 2 ** 20;

export const inputKinds = {
  /** Pixels are limited besides (`DecodeImageOptions`). */
  image: { what: "image", most: 512 * mebibyte },
  /** A NIfTI file, or one file of a DICOM series. */
  volume: { what: "volume", most: 1024 * mebibyte },
  /** An `.npy` file. */
  array: { what: "array", most: 768 * mebibyte },
  /** Class names. */
  labels: { what: "labels", most: 16 * mebibyte },
  /** Side-car files: preprocessing and class names beside a model. */
  settings: { what: "settings", most: 16 * mebibyte },
  /** A tokenizer in JSON, of the largest vocabularies too. */
  tokenizer: { what: "tokenizer", most: 128 * mebibyte },
  /** What a part of a run says of itself. */
  part: { what: "header of a part", most: 256 * mebibyte },
  /** CSV and JSON lists of photos, and of the objects on them. */
  list: { what: "list of photos", most: 256 * mebibyte },
  /** The objects of one photo, as XML. */
  annotation: { what: "annotation", most: 16 * mebibyte },
  /** A file of MNIST's kind, before and after it is unpacked. */
  idx: { what: "IDX file", most: 1024 * mebibyte },
  /** A description of a network in JSON: of TensorFlow.js, or inside a Keras file. */
  description: { what: "description of a network", most: 64 * mebibyte },
  /** A network that is read whole: protobuf and HDF5's library for JavaScript know no more. */
  model: { what: "model", most: 2048 * mebibyte },
  /** A secret that clients of a server send. */
  token: { what: "token", most: mebibyte },
  font: { what: "font", most: 64 * mebibyte },
  /** The state of an unfinished training. */
  checkpoint: { what: "checkpoint", most: 1024 * mebibyte },
  /** What an improvement has found so far. */
  protocol: { what: "protocol", most: 256 * mebibyte },
  /** What a report has found so far. */
  results: { what: "results", most: 1024 * mebibyte },
} as const satisfies Readonly<Record<string, InputKind>>;

export type InputKindName = keyof typeof inputKinds;

/**
 * @param where begins the error
 * @param byteLength of the file, or of what was read of it so far
 * @throws FoveaError `bad-file` for more bytes than are read of such a file
 */
export function refuseSize(byteLength: number, kind: InputKindName, where: string): void {
  const { most } = inputKinds[kind];
  if (byteLength <= most) return;
  const expected = `expected a file of at most ${bytesInWords(most)}`;
  throw new FoveaError("bad-file", `${where}: ${expected}, got ${bytesInWords(byteLength)} or more`);
}
