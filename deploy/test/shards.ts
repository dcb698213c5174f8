/** @file The tests that every engine of shards has to pass: killed workers, a lost node, and throughput. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { random } from "../../src/foundation/random.js";
import type { Cluster, Engine, ShardedJob } from "./cluster.js";
import { check, say } from "./outcome.js";
import { type Ended, killingWhile } from "./processes.js";
import { inOneProcess, lastWrittenAt, merged, noted, report, type Subject, startsIn } from "./subject.js";

export interface Subjects {
  /** For what is counted. */
  readonly light: Subject;
  /** Photos of `light`. */
  readonly photos: number;
  /** For what is timed. */
  readonly heavy: Subject;
  /** How often both are timed, in turn. */
  readonly rounds: number;
}

const killed = { shards: 8, times: 8, every: 1500 };
const lost = { shards: 9 };
const timed = { shards: 6 };
/** Of the throughput of one process with two threads. */
const leastThroughput = 0.9;

/** @param folder an empty one */
export async function testShards(engine: Engine, subjects: Subjects, folder: string): Promise<void> {
  say(`${engine.name}`);
  const expected = await inOneProcess(subjects.light, join(folder, "expected"), 1);
  const cluster = await engine.start(2, join(folder, "engine"));
  try {
    await testKilled(cluster, subjects, expected.bytes, folder);
    await testThroughput(cluster, subjects.heavy, subjects.rounds, folder);
    await cluster.addNode();
    await testLostNode(cluster, subjects, expected.bytes, folder);
  } finally {
    await cluster.stop();
  }
}

function jobOf(folder: string, name: string, shards: number, subject: Subject) {
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  const log = join(own, "starts");
  const job: ShardedJob = { shards, parts: join(own, "parts"), command: noted(log, report(subject)) };
  return { job, own, log };
}

function tellEnd({ code, out, err }: Ended): void {
  if (code !== 0) say(`${out}\n${err}`.slice(-3000));
}

async function testKilled(
  cluster: Cluster,
  { light, photos }: Subjects,
  expected: Buffer,
  folder: string,
): Promise<void> {
  const { job, own, log } = jobOf(folder, "killed", killed.shards, light);
  const { ended } = cluster.submit(job);
  const deaths = await killingWhile(ended, {
    ...killed,
    random: random(7),
    victims: () => cluster.victims(job),
  });
  tellEnd(await ended);
  const { bytes, rows } = await merged(job.parts, own);
  check(
    deaths >= 3,
    `${deaths} processes were killed at random, ${startsIn(log).length} starts for ${killed.shards} shards`,
  );
  check(rows === photos, `each photo is in one row: ${rows} of ${photos}`);
  check(bytes.equals(expected), "the merged report is that of one process, to the last byte");
}

async function testLostNode(
  cluster: Cluster,
  { light, photos }: Subjects,
  expected: Buffer,
  folder: string,
): Promise<void> {
  const { job, own, log } = jobOf(folder, "lost", lost.shards, light);
  const { ended } = cluster.submit(job);
  let [goesOn, onNode] = [true, 0];
  const end = () => {
    goesOn = false;
  };
  ended.then(end, end);
  // In the middle: each node has begun its second shard, or is about to, and the one to lose computes.
  while (goesOn && (onNode === 0 || startsIn(log).length < 4)) {
    await setTimeout(50);
    onNode = cluster.onLastNode(job).length;
  }
  await cluster.loseNode();
  tellEnd(await ended);
  const { bytes, rows } = await merged(job.parts, own);
  const starts = startsIn(log).length;
  check(
    onNode > 0 && starts <= lost.shards + 1,
    `a node lost in the middle costs only its running shard: ${starts} starts for ${lost.shards} shards`,
  );
  check(rows === photos && bytes.equals(expected), "nothing is lost or counted twice");
}

/**
 * One process with two threads, and two nodes with one each, in turn, so that a drift of the machine's speed hits both. The time of the
 * engine counts from its first shard, with all that lies between shards; what it takes to begin is told beside it.
 */
async function testThroughput(cluster: Cluster, heavy: Subject, rounds: number, folder: string): Promise<void> {
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const alone = await inOneProcess(heavy, join(folder, `alone-${round}`), 2);
    const { job, log } = jobOf(folder, `timed-${round}`, timed.shards, heavy);
    const submitted = Date.now();
    tellEnd(await cluster.submit(job).ended);
    const began = Number(startsIn(log)[0]?.split(" ")[0]);
    const seconds = (lastWrittenAt(job.parts) - began) / 1000;
    ratios.push(alone.seconds / seconds);
    const before = ((began - submitted) / 1000).toFixed(1);
    say(
      `         one process, two threads ${alone.seconds.toFixed(1)} s; two nodes ${seconds.toFixed(1)} s, and ${before} s to begin`,
    );
  }
  const median = ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 0;
  check(median >= leastThroughput, `${median.toFixed(2)} of the throughput of one process with two threads`);
}
