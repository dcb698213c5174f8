/**
 * @file What commands leave that are killed at random moments, and whether the next run ends as an undisturbed one:
 * `npm run build && npm run bench -- power-cut [count] [seed]`
 */

import { cutPower } from "../test/support/power-cut/run.js";

const [count = 200, seed = 1] = process.argv.slice(2).map(Number);
console.log(`${count} moments, seed ${seed}`);
const outcomes = await cutPower(count, seed, (fault) => console.log(fault));
for (const { scenario, cuts, atWrites, faults } of outcomes)
  console.log(`${scenario.padEnd(14)} killed ${cuts} times, ${atWrites} at changes of files: ${faults.length} faults`);
const total = (of: (each: (typeof outcomes)[number]) => number) => outcomes.reduce((sum, each) => sum + of(each), 0);
console.log(`together       ${total(({ cuts }) => cuts)} times: ${total(({ faults }) => faults.length)} faults`);
process.exitCode = total(({ faults }) => faults.length) > 0 ? 1 : 0;
