/** @file One contest: each side in a process of its own, one of them computing at a time, in rounds. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readNpy } from "../../src/data/npy.js";
import { floats, type Tensor } from "../../src/onnx/tensor.js";
import { nearness } from "./numbers.js";
import { settings, tools } from "./plan.js";
import type { Row } from "./results.js";
import { WorkerClient } from "./worker-client.js";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Where things are. */
export interface Places {
  readonly python: string;
  /** A folder of snapshots. */
  readonly peers: string;
  /** The networks' folders. */
  readonly networks: string;
}

export interface Budget {
  /** At most. */
  readonly rounds: number;
  /** Of all rounds of one batch; three rounds are run in any case. */
  readonly seconds: number;
}

export interface Task {
  readonly network: string;
  readonly method: string;
  readonly tools: readonly string[];
  readonly batches: readonly number[];
}

/** A side that is ready. */
interface Side {
  readonly name: string;
  readonly worker: WorkerClient;
  /** Set once it has failed: what it said. */
  error?: string;
}

const ours = "Fovea";
const fewestRounds = 3;
/** Milliseconds that the runs of one turn take at least. */
const turn = 400;
/** Milliseconds between two turns: idle threads of the last side have stopped by then. */
const pause = 250;

/** Measures all batches of a contest. @param found gets each row once it is measured */
export async function measure(
  task: Task,
  places: Places,
  budget: Budget,
  found: (row: Row) => void,
): Promise<Readonly<Record<string, string>>> {
  const scratch = mkdtempSync(join(tmpdir(), "fovea-peers-"));
  const sides = [ours, ...task.tools].map((name): Side => ({ name, worker: start(name, places) }));
  try {
    const job = { folder: join(places.networks, task.network), method: task.method, settings };
    const versions = await Promise.all(sides.map((side) => attempt(side, () => side.worker.prepare(job))));
    for (const batch of task.batches) {
      const times = await measureBatch(sides, batch, budget, scratch);
      for (const side of sides.slice(1)) found(rowOf(task, batch, { sides, side, times, scratch }));
    }
    return Object.assign({}, ...versions);
  } finally {
    for (const { worker } of sides) worker.stop();
    rmSync(scratch, { recursive: true });
  }
}

function start(name: string, { python, peers }: Places): WorkerClient {
  if (name === ours) return new WorkerClient(process.execPath, ["--import", "tsx", at("fovea-worker.ts")], {});
  const tool = tools.find((each) => each.name === name);
  const folders = (tool?.folders ?? []).map((folder) => join(peers, folder));
  const env = { PYTHONPATH: folders.join(":"), PYTHONDONTWRITEBYTECODE: "1" };
  return new WorkerClient(python, [at("python/worker.py"), tool?.folders[0] ?? name], env);
}

/** Does something of a side that has not failed yet; it has failed where this does. */
async function attempt<Result>(side: Side, what: () => Promise<Result>): Promise<Result | undefined> {
  if (side.error !== undefined) return undefined;
  try {
    return await what();
  } catch (error) {
    side.error = error instanceof Error ? error.message : String(error);
    return undefined;
  }
}

/** Milliseconds of one run in each round, by side. */
type Times = ReadonlyMap<Side, readonly number[]>;

async function measureBatch(sides: readonly Side[], batch: number, budget: Budget, scratch: string): Promise<Times> {
  const first = new Map<Side, number>();
  for (const side of sides) {
    const save = join(scratch, `${side.name}-${batch}`);
    const ms = await attempt(side, async () => {
      // What is compiled or allocated at the first run is not in the second, which says how many fill a turn.
      const once = await side.worker.run({ batch, runs: 1, lead: 0, save });
      return once > 5000 ? once : side.worker.run({ batch, runs: 1, lead: 1 });
    });
    if (ms !== undefined) first.set(side, ms);
  }
  const runs = new Map([...first].map(([side, ms]) => [side, Math.min(50, Math.max(1, Math.ceil(turn / ms)))]));
  const round = [...first].reduce((sum, [side, ms]) => sum + ms * ((runs.get(side) ?? 1) + 1) + pause, 0);
  const rounds = Math.max(fewestRounds, Math.min(budget.rounds, Math.floor((1000 * budget.seconds) / round)));
  const times = new Map<Side, number[]>([...first.keys()].map((side) => [side, []]));
  for (let i = 0; i < Math.min(rounds, budget.rounds); i++) {
    for (const side of turned([...first.keys()], i)) {
      await sleep(pause);
      const ms = await attempt(side, () => {
        // Of a long run the caches' first moments are no part worth a run of their own.
        const lead = (first.get(side) ?? 0) < turn ? 1 : 0;
        return side.worker.run({ batch, runs: runs.get(side) ?? 1, lead });
      });
      if (ms !== undefined) times.get(side)?.push(ms);
    }
  }
  return times;
}

/** The list, begun at another item: each side is the first of some round. */
export function turned<Item>(items: readonly Item[], by: number): Item[] {
  const from = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(from), ...items.slice(0, from)];
}

interface Measured {
  readonly sides: readonly Side[];
  readonly side: Side;
  readonly times: Times;
  readonly scratch: string;
}

function rowOf({ network, method }: Task, batch: number, { sides, side, times, scratch }: Measured): Row {
  const [fovea] = sides;
  const date = new Date().toISOString().slice(0, 10);
  const key = { network, method, batch, tool: side.name, date };
  const failed = [fovea, side].find((each) => each?.error !== undefined);
  if (fovea === undefined || failed !== undefined)
    return { ...key, theirs: [], ours: [], error: `${failed?.name}: ${failed?.error}` };
  return {
    ...key,
    theirs: rounded(times.get(side)),
    ours: rounded(times.get(fovea)),
    theirPeak: side.worker.peak(),
    ourPeak: fovea.worker.peak(),
    ...compared(join(scratch, `${ours}-${batch}`), join(scratch, `${side.name}-${batch}.npy`)),
  };
}

const rounded = (times: readonly number[] = []) => times.map((ms) => Number(ms.toPrecision(5)));

/** The numbers of both sides: maps of the layer's size or the picture's, whichever the tool gives, or areas under curves. */
function compared(mine: string, their: string): Partial<Row> {
  const array = (path: string) => readNpy(readFileSync(path), path);
  const theirs = array(their);
  const own = array(`${mine}.own.npy`);
  if (theirs.dims.length < 3) {
    const list = (tensor: Tensor) => [...floats(tensor)].map((value) => Number(value.toFixed(5)));
    return { values: { theirs: list(theirs), ours: list(own) } };
  }
  const picture = `${mine}.picture.npy`;
  const alike = [own, ...(existsSync(picture) ? [array(picture)] : [])].find(
    ({ dims }) => `${dims}` === `${theirs.dims}`,
  );
  if (alike === undefined) return {};
  const { correlation, difference } = nearness(alike, theirs);
  const plain = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(7)) : null);
  return { correlation: plain(correlation), difference: plain(difference) };
}
