/** @file Ray: a cluster of several nodes on this machine, and its workers. */

import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Cluster, Engine, ShardedJob } from "./cluster.js";
import { commandsOf, descendants, processes, start } from "./processes.js";
import { deploy } from "./subject.js";

const env = { RAY_USAGE_STATS_ENABLED: "0", PYTHONWARNINGS: "ignore" };

export interface RayCluster extends Cluster {
  readonly address: string;
  /** Processes of workers with this name. */
  workers(name: string): ReturnType<typeof processes>;
}

/** @param python an interpreter that has Ray */
export function ray(python: string): Engine {
  return { name: "Ray, a task for each shard", start: (nodes) => startRay(python, nodes) };
}

export async function startRay(python: string, nodes: number): Promise<RayCluster> {
  const { child, ended } = start([python, join(deploy, "test/ray_cluster.py"), String(nodes)], { env });
  if (child.stdout === null || child.stdin === null) throw new Error("ray: no pipes");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`ray: the cluster did not start\n${(await ended).err.slice(-2000)}`);
    return String(value);
  };
  const tell = async (line: string) => {
    child.stdin?.write(`${line}\n`);
    lastNode = Number(await answer());
  };
  const address = await answer();
  let lastNode = Number(await answer());
  const workers = (name: string) => descendants(child.pid ?? 0).filter(({ line }) => line.startsWith(`ray::${name}`));
  return {
    address,
    workers,
    submit: ({ shards, parts, command }: ShardedJob) =>
      start(
        [
          python,
          join(deploy, "ray/run_shards.py"),
          "--address",
          address,
          "--shards",
          String(shards),
          "--out",
          parts,
          "--",
          ...command,
        ],
        { env },
      ),
    victims: (job) => [...workers("run_shard"), ...commandsOf(job, processes())],
    addNode: () => tell("add"),
    onLastNode: (job) => commandsOf(job, descendants(lastNode)),
    loseNode: () => tell("remove"),
    stop: async () => {
      child.stdin?.write("stop\n");
      await ended;
    },
  };
}
