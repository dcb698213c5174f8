/** @file Standard input in the place of an argument, `-`: an image, an array, or paths of them. */

import { type FoundInputs, findInputs } from "../../data/find-inputs.js";
import { describeFile, recogniseFile } from "../../files/kinds/file-kind.js";
import { FoveaError } from "../../foundation/error.js";
import { isText } from "../../foundation/text-start.js";

/** The argument that stands for it. */
const dash = "-";

/** How a picture that came that way is called, on the screen and in the names of results. */
const pipedName = "stdin";

/**
 * The inputs that arguments mean, as `findInputs` finds them; `-` is an image or an array on standard input, or paths of such, one
 * in a line.
 * @param read standard input, whole
 * @throws FoveaError `bad-input` for anything else on standard input
 */
export async function givenInputs(
  args: readonly string[],
  read: () => Promise<Uint8Array> = readStandardInput,
): Promise<FoundInputs> {
  if (!args.includes(dash)) return findInputs(args);
  const bytes = await read();
  const holds = recogniseFile(bytes)?.holds;
  if (holds === "picture" || holds === "array") {
    const { inputs, ...found } = await findInputs(args.filter((argument) => argument !== dash));
    return { ...found, inputs: [...inputs, { path: pipedName, bytes }], many: inputs.length > 0 };
  }
  const paths = pathsIn(bytes);
  const found = await findInputs(args.flatMap((argument) => (argument === dash ? paths : [argument])));
  return { ...found, many: true };
}

function pathsIn(bytes: Uint8Array): string[] {
  const isOther = recogniseFile(bytes) !== undefined || !isText(bytes);
  if (isOther) {
    const expected = "expected an image, or paths of images, one in a line";
    throw new FoveaError("bad-input", `standard input: ${expected}, got ${describeFile(bytes)}`);
  }
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  return lines.filter((line) => line.trim() !== "");
}

async function readStandardInput(): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of process.stdin) pieces.push(piece);
  return Buffer.concat(pieces);
}
