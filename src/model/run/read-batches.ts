/** @file Reads sources ahead, in groups that share a run, and runs them. */

import { FoveaError } from "../../foundation/error.js";
import { type Items, mapAhead } from "../../foundation/map-ahead.js";

/** A source with its image, or with the error of reading it. */
export type Read<Source, Image> =
  | { readonly source: Source; readonly image: Image; readonly error?: undefined }
  | { readonly source: Source; readonly error: FoveaError; readonly image?: undefined };

/** Sources that are read at the same time, however large a batch may be. */
const mostAhead = 64;
/** Bytes of a group's images: their activations take many times as much. */
const mostBytes = 2 ** 28;

/** How many images a group has where all are of that size. */
export function fullGroup(batch: number, bytes: number): number {
  return Math.min(batch, Math.max(1, Math.ceil(mostBytes / bytes)));
}

/**
 * Groups of at most `batch` sources in order, the last one perhaps smaller; of large images fewer, so that a group's take no more
 * than 256 MiB. Of the next as many, and at most 64, are read while one is used. A source that cannot be read is there with its
 * error.
 * @param bytesOf an image's size in memory
 */
export async function* readBatches<Source, Image>(
  sources: Items<Source>,
  read: (source: Source) => Promise<Image>,
  batch: number,
  bytesOf: (image: Image) => number,
): AsyncGenerator<Read<Source, Image>[]> {
  let group: Read<Source, Image>[] = [];
  let bytes = 0;
  for await (const each of mapAhead(sources, Math.min(batch, mostAhead), (source) => attempt(source, read))) {
    group.push(each);
    bytes += each.error ? 0 : bytesOf(each.image);
    if (group.length < batch && bytes < mostBytes) continue;
    yield group;
    [group, bytes] = [[], 0];
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
