/** @file The shard of a run: as the command line says, else as an array job does. */

import { note } from "../terminal/print.js";
import { inWords, parseShard, type Shard, shardOfJob } from "./shard.js";

/** The shard that the command line names, else that of the array job; undefined for all of the dataset. */
export function shardFrom(
  text: string | undefined,
  variables: Readonly<Record<string, string | undefined>>,
): Shard | undefined {
  if (text !== undefined) return parseShard(text);
  const found = shardOfJob(variables);
  if (found === undefined || found.shard.count === 1) return undefined;
  note(`shard ${inWords(found.shard)}, as ${found.from} says (--shard 0/1 takes all)`);
  return found.shard;
}
