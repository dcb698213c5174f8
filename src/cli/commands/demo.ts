/** @file `fovea demo`: the whole story offline: train, measure, explain, improve, report. */

import { Command } from "commander";
import { demo } from "../demo/demo.js";
import { runJob } from "../terminal/job.js";

export function demoCommand(): Command {
  return new Command("demo")
    .description(
      "Train, measure, explain, improve and report on embedded, drawn digits: no network, no files needed, about two minutes.",
    )
    .option("--out <folder>", "where models, pictures and report go", "fovea-demo")
    .option("--seed <n>", "decides digits, weights, order and distortions", Number, 1)
    .addHelpText("after", "\nExamples:\n  fovea demo\n  fovea demo --out /tmp/story --seed 7")
    .action(({ out, seed }: { out: string; seed: number }) => runJob({}, (job) => demo(job, out, seed)));
}
