/** @file The images of archives and of places in the net, as inputs. */

import { posix } from "node:path";
import { refuseAddress, schemeOf } from "../files/address.js";
import { FoveaError } from "../foundation/error.js";
import type { FoundGroup, FoundInput } from "./found-input.js";
import { isArchive, isList } from "./sources/kinds.js";
import { openSource } from "./sources/open-source.js";

/**
 * Its images in their order; those of archives are read when they are needed. What leads to nothing is one input with its error.
 * @throws FoveaError `bad-input` for an address that is not fetched: pictures are not brought from the web
 */
export async function storedInputs(argument: string): Promise<FoundGroup> {
  const web = ["http", "https"].includes(schemeOf(argument) ?? "");
  const name = argument.replace(/[?#].*$/s, "");
  try {
    if (web && !isArchive(name) && !isList(name)) refuseAddress(argument);
    return await inputsIn(argument);
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    return { inputs: [{ path: argument, error }], notes: [] };
  }
}

async function inputsIn(argument: string): Promise<FoundGroup> {
  const source = await openSource(argument);
  const inputs: FoundInput[] = [];
  for await (const { name, path, file } of source.images()) {
    // Results mirror places from here on; there is no place beside an image in the net.
    const folder = path.endsWith(name) ? path.slice(0, path.length - name.length) : posix.dirname(path);
    inputs.push({ path, folder, ...(file ? { file } : {}) });
  }
  if (inputs.length > 0) return { inputs, notes: source.notes };
  throw new FoveaError("not-found", `${argument}: expected images in it, found none`);
}
