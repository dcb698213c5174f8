/** @file Reads sources ahead, in groups that share a run, and runs them. */

import { FoveaError } from "../../foundation/error.js";
import { type Items, mapAhead } from "../../foundation/map-ahead.js";

/** A source with its image, or with the error of reading it. */
export type Read<Source, Image> =
  | { readonly source: Source; readonly image: Image; readonly error?: undefined }
  | { readonly source: Source; readonly error: FoveaError; readonly image?: undefined };

/**
 * Groups of `batch` sources in order, the last one perhaps smaller; the next is read while one is used. A source that cannot
 * be read is there with its error.
 */
export async function* readBatches<Source, Image>(
  sources: Items<Source>,
  read: (source: Source) => Promise<Image>,
  batch: number,
): AsyncGenerator<Read<Source, Image>[]> {
  let group: Read<Source, Image>[] = [];
  for await (const each of mapAhead(sources, batch, (source) => attempt(source, read))) {
    group.push(each);
    if (group.length < batch) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

async function attempt<Source, Image>(
  source: Source,
  read: (source: Source) => Promise<Image>,
): Promise<Read<Source, Image>> {
  try {
    return { source, image: await read(source) };
  } catch (error) {
    if (error instanceof FoveaError) return { source, error };
    throw error;
  }
}

/** One run for all; where that is refused one for each, to tell which of them is at fault. */
export async function runTogether<Input, Result>(
  inputs: readonly Input[],
  run: (inputs: readonly Input[]) => Promise<readonly Result[]>,
): Promise<(Result | FoveaError)[]> {
  try {
    return [...(await run(inputs))];
  } catch (error) {
    if (!(error instanceof FoveaError) || error.code === "closed") throw error;
    if (inputs.length === 1) return [error];
    const each: (Result | FoveaError)[] = [];
    for (const input of inputs) each.push(...(await runTogether([input], run)));
    return each;
  }
}
