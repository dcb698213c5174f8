/** @file How the command takes hostile files: outcomes of mutated models, pictures, arrays and data. `npm run bench -- hostile [models] [files] [seed]` */

import { fileCases, modelCases } from "../test/support/hostile/cases.js";
import { type HostileCase, HostileRunner, isFailure, type Outcome, outcomes } from "../test/support/hostile/run.js";

const [models = 2000, files = 1000, seed = 1] = process.argv.slice(2).map(Number);
const workers = 2;

/** Runs cases 0 to count - 1, and prints what is to be mended. */
async function runAll(count: number, make: (number: number) => HostileCase): Promise<Outcome[]> {
  const results: Outcome[] = [];
  let next = 0;
  const work = async () => {
    const runner = new HostileRunner();
    while (next < count) {
      const hostile = make(next++);
      const outcome = await runner.run(hostile);
      results.push(outcome);
      if (isFailure(outcome))
        console.log(
          `${hostile.name}: ${outcome.how}\n  ${hostile.what}\n  ${hostile.args.join(" ")}\n  ${outcome.detail.slice(0, 600)}`,
        );
    }
    await runner.close();
  };
  await Promise.all(Array.from({ length: workers }, work));
  return results;
}

console.log(`seed ${seed}`);
for (const [title, count, make] of [
  ["models", models, await modelCases(seed)],
  ["files", files, await fileCases(seed)],
] as const) {
  const results = await runAll(count, make);
  const cells = outcomes.map((how) => `${how} ${results.filter((result) => result.how === how).length}`);
  const slowest = Math.max(0, ...results.map(({ milliseconds }) => milliseconds));
  console.log(`${count} ${title}: ${cells.join(", ")}; slowest ${(slowest / 1000).toFixed(1)} s`);
}
