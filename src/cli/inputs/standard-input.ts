/** @file Streams in the place of an argument, `-` or `<(...)` of a shell: an image, an array, or paths of them. */

import { type FoundInput, type FoundInputs, findInputs } from "../../data/find-inputs.js";
import { ownDescriptor } from "../../files/input/own-descriptor.js";
import { readInput, readStream } from "../../files/input/read-input.js";
import { describeFile, recogniseFile } from "../../files/kinds/file-kind.js";
import { FoveaError } from "../../foundation/error.js";
import { isText } from "../../foundation/text-start.js";

/** The argument that stands for standard input. */
const dash = "-";

/**
 * The inputs that arguments mean, as `findInputs` finds them. `-` is an image or an array on standard input, or paths of such, one
 * in a line; so is any other stream that the process was given (`/dev/stdin`, `/dev/fd/63`).
 * @param read standard input, whole
 * @throws FoveaError `bad-input` for anything else on a stream, `bad-file` for more bytes than an array has
 */
export async function givenInputs(
  args: readonly string[],
  read: () => Promise<Uint8Array> = readStandardInput,
): Promise<FoundInputs> {
  const streams = new Set(args.filter((argument) => argument === dash || ownDescriptor(argument) !== undefined));
  if (streams.size === 0) return findInputs(args);
  const files: FoundInput[] = [];
  const lists = new Map<string, readonly string[]>();
  for (const argument of streams) {
    const where = argument === dash ? standardInput : argument;
    const bytes = argument === dash ? await read() : await readInput(argument, "array", where);
    const holds = recogniseFile(bytes)?.holds;
    if (holds === "picture" || holds === "array")
      files.push({ path: nameOf(argument), file: { read: async () => bytes } });
    else lists.set(argument, pathsIn(bytes, where));
  }
  const paths = args.flatMap((argument) => lists.get(argument) ?? (streams.has(argument) ? [] : [argument]));
  const found = await findInputs(paths);
  const inputs = [...found.inputs, ...files];
  return { ...found, inputs, many: lists.size > 0 || inputs.length > 1 };
}

/** How errors call it. */
const standardInput = "standard input";

/** How a picture that came that way is called, on the screen and in the names of results. */
function nameOf(argument: string): string {
  const [number] = /\d+$/.exec(argument) ?? [];
  return number === undefined || number === "0" ? "stdin" : `pipe-${number}`;
}

function pathsIn(bytes: Uint8Array, where: string): string[] {
  const isOther = recogniseFile(bytes) !== undefined || !isText(bytes);
  if (isOther) {
    const expected = "expected an image, or paths of images, one in a line";
    throw new FoveaError("bad-input", `${where}: ${expected}, got ${describeFile(bytes)}`);
  }
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  return lines.filter((line) => line.trim() !== "");
}

function readStandardInput(): Promise<Uint8Array> {
  return readStream(process.stdin, "array", standardInput);
}
