/** @file Which part of a dataset a run takes: named on the command line, or by the array job that it is a task of. */

import { FoveaError } from "../../foundation/error.js";
import { hashOf } from "../../foundation/random.js";

/** One of `count` parts, `index` counted from 0. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

const mostShards = 1e6;

/** @param text `i/n`, i counted from 0 @throws FoveaError `bad-input` */
export function parseShard(text: string, where = "--shard"): Shard {
  const [, index = "", count = ""] = /^(\d{1,7})\/(\d{1,7})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (index !== "" && shard.index < shard.count && shard.count <= mostShards) return shard;
  throw new FoveaError(
    "bad-input",
    `${where}: expected the shard, counted from 0, and how many there are, e.g. 0/7 to 6/7, got "${text}"`,
  );
}

/** Environment variables by name. */
type Variables = Readonly<Record<string, string | undefined>>;

/** An array job's name for its task, and for how many there are; `FOVEA_SHARDS` says it where the job does not. */
const arrays = [
  {
    index: "SLURM_ARRAY_TASK_ID",
    first: "SLURM_ARRAY_TASK_MIN",
    step: "SLURM_ARRAY_TASK_STEP",
    count: "SLURM_ARRAY_TASK_COUNT",
  },
  { index: "CLOUD_RUN_TASK_INDEX", count: "CLOUD_RUN_TASK_COUNT" },
  { index: "AWS_BATCH_JOB_ARRAY_INDEX", count: "FOVEA_SHARDS" },
  { index: "JOB_COMPLETION_INDEX", count: "FOVEA_SHARDS" },
] as const;

/**
 * The shard that an array job means: of Slurm, of Cloud Run, of AWS Batch, or an Indexed Job of Kubernetes. `FOVEA_SHARDS` is how many
 * there are, for jobs that do not tell their tasks.
 * @throws FoveaError `bad-input` for numbers that name none
 */
export function shardOfJob(variables: Variables): { readonly shard: Shard; readonly from: string } | undefined {
  for (const { index, count, ...slurm } of arrays) {
    const task = variables[index] || undefined;
    const tasks = variables.FOVEA_SHARDS || variables[count] || undefined;
    if (task === undefined || tasks === undefined) continue;
    const number = (name: string | undefined, otherwise: number) => Number((name && variables[name]) || otherwise);
    const [first, step] = "first" in slurm ? [number(slurm.first, 0), number(slurm.step, 1)] : [0, 1];
    return { shard: parseShard(`${(Number(task) - first) / step}/${tasks}`, index), from: index };
  }
  return undefined;
}

export function inWords({ index, count }: Shard): string {
  return `${index}/${count}`;
}

/**
 * Whether something is of a shard: by a hash of its path within the dataset, so that neither the order of a listing nor files that
 * are added later move it to another.
 * @param unit an image's name; of an image in an archive the archive's
 */
export function isOfShard({ index, count }: Shard, unit: string): boolean {
  return Math.floor(hashOf(`shard/${unit}`) * 2 ** 32) % count === index;
}

/** Tells what is of a shard; undefined where there is none, as all is then. */
export function ownUnits(shard: Shard | undefined): ((unit: string) => boolean) | undefined {
  return shard && ((unit) => isOfShard(shard, unit));
}
