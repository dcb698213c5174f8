/** @file `fovea demo`: the whole story offline: a bias is found, verified, repaired and proved; then another architecture. */

import { Command } from "commander";
import { numberFor } from "../options/numbers.js";
import { runJob } from "../terminal/job.js";

interface DemoFlags {
  readonly out: string;
  readonly seed: number;
  readonly images: number;
  readonly quiet?: boolean;
}

export function demoCommand(): Command {
  return new Command("demo")
    .description(
      "Train a network on digits with a stamp, see its maps on the stamp, verify, repair and prove the better one; then compare architectures: embedded data, no network, under three minutes.",
    )
    .option("-o, --out <folder>", "where models, pictures and reports go", "fovea-demo")
    .option("--seed <n>", "decides digits, weights, order and what is drawn", numberFor("--seed"), 1)
    .option("--images <n>", "drawn to learn from; fewer are quicker and show less", numberFor("--images"), 4000)
    .addHelpText(
      "after",
      "\nExit code 3: nothing was verified, or no repair was proved.\n\nExamples:\n  fovea demo\n  fovea demo --out /tmp/story --seed 7",
    )
    .action(({ out, seed, images, ...flags }: DemoFlags) => {
      const command = `fovea demo --seed ${seed}${images === 4000 ? "" : ` --images ${images}`}`;
      return runJob(flags, async (job) => (await import("../demo/demo.js")).demo(job, { out, seed, images, command }), {
        narrates: true,
      });
    });
}
