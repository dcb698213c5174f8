/** @file What the tests ask of an engine: a cluster of nodes on this machine, each with one processor. */

import type { Process, Running } from "./processes.js";

/** A command that is run in shards. */
export interface ShardedJob {
  readonly shards: number;
  /** The folder of the parts. */
  readonly parts: string;
  readonly command: readonly string[];
}

export interface Cluster {
  /** Starts the program of `deploy` that runs the shards. */
  submit(job: ShardedJob): Running;
  /** What may be killed while the job runs, and has to be made good: workers of the engine, and the command itself. */
  victims(job: ShardedJob): Process[];
  addNode(): Promise<void>;
  /** What runs of the job on the node that was added last. */
  onLastNode(job: ShardedJob): Process[];
  /** Ends the node that was added last, with all that runs there, at once. */
  loseNode(): Promise<void>;
  stop(): Promise<void>;
}

export interface Engine {
  readonly name: string;
  /** @param folder an empty one for what the engine keeps */
  start(nodes: number, folder: string): Promise<Cluster>;
}
