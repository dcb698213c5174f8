/** @file `fovea demo`: the whole story offline: train, measure, explain, improve, report. */

import { Command } from "commander";
import { demo } from "../demo/demo.js";
import { numberFor } from "../options/numbers.js";
import { runJob } from "../terminal/job.js";

interface DemoFlags {
  readonly out: string;
  readonly seed: number;
  readonly quiet?: boolean;
}

export function demoCommand(): Command {
  return new Command("demo")
    .description(
      "Train, measure, explain, improve and report on embedded, drawn digits: no network, no files needed, about two minutes.",
    )
    .option("-o, --out <folder>", "where models, pictures and report go", "fovea-demo")
    .option("--seed <n>", "decides digits, weights, order and distortions", numberFor("--seed"), 1)
    .addHelpText("after", "\nExamples:\n  fovea demo\n  fovea demo --out /tmp/story --seed 7")
    .action(({ out, seed, ...flags }: DemoFlags) => runJob(flags, (job) => demo(job, out, seed), { narrates: true }));
}
