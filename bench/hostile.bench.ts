/**
 * @file How the command takes hostile files. `npm run bench -- hostile` with
 *   --count N       cases of each seed, default 2000
 *   --seeds 1,2,3   default 1
 *   --families A,B  default all
 *   --only NAMES    just these, as `1/keras/17`, with what was done and what was said
 *   --workers N     processes, default as many as there are cores
 *   --log FILE      a line of JSON for each case; what stands there already is not run again
 */

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { CaseMaker, caseNames, families, familyOf } from "../test/support/hostile/cases.js";
import { isFailure, type Outcome, outcomes } from "../test/support/hostile/judge.js";
import { HostileRunner } from "../test/support/hostile/run.js";

/** A line of the log. */
interface Entry extends Outcome {
  readonly name: string;
  readonly what: string;
  readonly args: string;
}

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "2000" },
    seeds: { type: "string", default: "1" },
    families: { type: "string" },
    only: { type: "string" },
    workers: { type: "string", default: String(availableParallelism()) },
    log: { type: "string" },
  },
});

const chosen = values.families?.split(",");
const wanted = families.filter(({ name }) => chosen?.includes(name) ?? true);
const names =
  values.only?.split(",") ?? values.seeds.split(",").flatMap((seed) => caseNames(Number(values.count), seed, wanted));
const done = values.log && existsSync(values.log) ? linesOf(values.log) : [];
const entries: Entry[] = done.filter(({ name }) => names.includes(name));

/** The whole lines of a log: the last one may have been cut off. */
function linesOf(path: string): Entry[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Entry];
      } catch {
        return [];
      }
    });
}

function tell({ name, how, what, args, detail, computed, milliseconds }: Entry): void {
  const took = `${(computed / 1000).toFixed(1)} s of computing in ${(milliseconds / 1000).toFixed(1)} s`;
  console.log(`${name}: ${how}, ${took}\n  ${what.slice(0, 400)}\n  ${args.slice(0, 400)}\n  ${detail.slice(0, 600)}`);
}

async function runAll(waiting: readonly string[]): Promise<void> {
  const maker = new CaseMaker();
  let next = 0;
  const work = async () => {
    const runner = new HostileRunner();
    while (next < waiting.length) {
      const name = waiting[next++] as string;
      const hostile = await maker
        .make(name)
        .catch((error) => void console.log(`${name}: cannot be made: ${error.stack}`));
      if (hostile === undefined) continue;
      const outcome = await runner.run(hostile);
      const { detail, ...rest } = outcome;
      const entry: Entry = { name, ...rest, what: hostile.what, args: hostile.args.join(" "), detail };
      entries.push(entry);
      const shown = {
        ...entry,
        what: entry.what.slice(0, 400),
        args: entry.args.slice(0, 400),
        detail: detail.slice(0, 800),
      };
      if (values.log) appendFileSync(values.log, `${JSON.stringify(shown)}\n`);
      if (isFailure(outcome) || values.only) tell(entry);
    }
    await runner.close();
  };
  await Promise.all(Array.from({ length: Number(values.workers) }, work));
}

const began = performance.now();
const ran = new Set(entries.map(({ name }) => name));
const waiting = names.filter((name) => !ran.has(name));
const progress = setInterval(() => {
  const own = entries.length - ran.size;
  const rate = own / ((performance.now() - began) / 1000);
  const left = Math.round((waiting.length - own) / rate / 60);
  const failed = entries.filter(isFailure).length;
  console.error(
    `${entries.length} of ${names.length}, ${rate.toFixed(1)} a second, ${left} minutes left, ${failed} to be mended`,
  );
}, 30_000);
await runAll(waiting);
clearInterval(progress);

const seconds = (performance.now() - began) / 1000;
for (const { name } of wanted) {
  const own = entries.filter((entry) => familyOf(entry.name) === name);
  if (own.length === 0) continue;
  const cells = outcomes.flatMap((how) => {
    const count = own.filter((entry) => entry.how === how).length;
    return count > 0 ? [`${how} ${count}`] : [];
  });
  const mean = Math.round(own.reduce((sum, { computed }) => sum + computed, 0) / own.length);
  const slowest = Math.max(...own.map(({ computed }) => computed)) / 1000;
  console.log(`${name}: ${own.length}: ${cells.join(", ")}; computes ${mean} ms, ${slowest.toFixed(1)} s at most`);
}
console.log(
  `${entries.length} cases, ${entries.filter(isFailure).length} to be mended; ${waiting.length} run in ${Math.round(seconds)} s`,
);
const own = process.cpuUsage();
console.log(`making and judging them took ${Math.round((own.user + own.system) / 1e6)} s of computing`);
process.exitCode = entries.some(isFailure) ? 1 : 0;
