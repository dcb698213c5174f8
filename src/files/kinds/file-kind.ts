/** @file What a file is by its first bytes, and what to do with one that is another than expected. */

import { FoveaError } from "../../foundation/error.js";
import { isText, startInWords } from "../../foundation/text-start.js";
import { type FileKind, startOf } from "./kind.js";
import { modelKinds } from "./model-kinds.js";
import { otherKinds, standIns } from "./other-kinds.js";

/** A file that was recognised. */
export interface RecognisedFile {
  /** With its article, e.g. `a Git LFS pointer to a file of 46327 bytes`. */
  readonly what: string;
  readonly holds: FileKind["holds"];
  /** What to do where another file was expected; empty where that goes without saying. */
  readonly advice: string;
}

const kinds: readonly FileKind[] = [...standIns, ...modelKinds, ...otherKinds];

/**
 * What a file is by its first bytes; where these tell nothing, by how its name ends.
 * @param head the first bytes, `startLength` of them where there are so many
 * @param name of the file, which advice names
 */
export function recogniseFile(head: Uint8Array, name = ""): RecognisedFile | undefined {
  const start = startOf(head);
  const byName = () =>
    isText(head)
      ? undefined
      : kinds.find(({ named = [] }) => named.some((ending) => name.toLowerCase().endsWith(ending)));
  // An empty file of another framework would be of no more use if it were whole.
  const kind = (start.text === "" ? byName() : undefined) ?? kinds.find(({ is }) => is(start)) ?? byName();
  if (kind === undefined) return undefined;
  const { what, holds, advice } = kind;
  return { what: typeof what === "string" ? what : what(start), holds, advice: advice.replaceAll("NAME", name) };
}

/** The file in words: its kind, or how it begins. */
export function describeFile(head: Uint8Array, name?: string): string {
  const { what, advice } = recogniseFile(head, name) ?? { what: startInWords(head) ?? "something else", advice: "" };
  return advice === "" ? what : `${what}: ${advice}`;
}

/** The error about a file that is another than expected. @param where begins the error, best the file's name */
export function wrongFile(where: string, expected: string, head: Uint8Array): FoveaError {
  const code = recogniseFile(head, where)?.holds === "foreign" ? "unsupported-operator" : "bad-file";
  return new FoveaError(code, `${where}: expected ${expected}, got ${describeFile(head, where)}`);
}
