/** @file Which files are inputs of networks for signals, volumes and clips, and those among the arguments of a command. */

import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { FoundInput, FoundInputs } from "../../../data/find-inputs.js";
import { filesIn, filesMatching, isPattern } from "../../../data/walk.js";
import { holds, startOf } from "../../../files/kinds/kind.js";
import { arrayKind } from "../../../files/kinds/other-kinds.js";
import { startOfFile } from "../../../files/kinds/start-of-file.js";
import { FoveaError } from "../../../foundation/error.js";
import { givenInputs } from "../standard-input.js";

const dicm = holds("DICM", 128);

export function isDicom(head: Uint8Array): boolean {
  return dicm(startOf(head));
}

/** By the size of its header; one that is packed by its name. */
export function isNifti(path: string, head: Uint8Array): boolean {
  const [a, b, c, d] = head;
  const isHeader = [348, 540].some((size) => {
    const [low, high] = [size & 0xff, size >> 8];
    return (a === low && b === high && c === 0 && d === 0) || (a === 0 && b === 0 && c === high && d === low);
  });
  return isHeader || (/\.nii\.gz$/i.test(path) && a === 0x1f && b === 0x8b);
}

/**
 * The inputs that arguments mean: files; folders, which are a DICOM series each, or hold arrays and NIfTI files; patterns; and streams.
 * @throws FoveaError as `givenInputs`
 */
export async function findGrids(args: readonly string[]): Promise<FoundInputs> {
  const groups: FoundInput[][] = [];
  const others: string[] = [];
  let several = args.length > 1;
  for (const argument of args) {
    const status = await stat(argument).catch(() => undefined);
    if (status?.isDirectory()) {
      const found = await inFolder(argument);
      several ||= found.length > 1;
      groups.push(found);
    } else if (status === undefined && isPattern(argument)) {
      groups.push(await matching(argument));
      several = true;
    } else others.push(argument);
  }
  if (others.length === 0) return { inputs: groups.flat(), many: several };
  const found = await givenInputs(others);
  return { ...found, inputs: [...groups.flat(), ...found.inputs], many: several || found.many };
}

/** A folder with DICOM files is one input, and each other file that can be read one of its own. */
async function inFolder(folder: string): Promise<FoundInput[]> {
  const { names } = await filesIn(folder);
  const files = names
    .map((name) => join(folder, name))
    .map((path) => ({ path, head: startOfFile(path) ?? new Uint8Array() }));
  const single = files.filter(({ path, head }) => arrayKind.is(startOf(head)) || isNifti(path, head));
  const series = files.some(({ head }) => isDicom(head)) ? [{ path: folder }] : [];
  const found = [...series, ...single.map(({ path }) => ({ path, folder }))];
  return found.length > 0 ? found : [nothing(folder, "a DICOM series, NIfTI files or arrays in the folder")];
}

async function matching(pattern: string): Promise<FoundInput[]> {
  const { names } = await filesMatching(pattern);
  const found = names.filter((name) => /\.(npy|nii|nii\.gz|dcm)$/i.test(name)).map((path) => ({ path }));
  return found.length > 0 ? found : [nothing(pattern, "arrays, NIfTI or DICOM files that match the pattern")];
}

function nothing(path: string, expected: string): FoundInput {
  return { path, error: new FoveaError("not-found", `${path}: expected ${expected}, found none`) };
}
