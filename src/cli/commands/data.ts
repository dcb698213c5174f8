/** @file `fovea data`: fetch a dataset and verify it, or describe a folder of photos. */

import { Command } from "commander";
import { photosInWords } from "../../data/sources/kinds.js";
import type { DataFlags } from "../data/describe-data.js";
import { numberFor } from "../options/numbers.js";
import { runJob } from "../terminal/job.js";

const examples = `
Examples:
  fovea data mnist
  FOVEA_DATA=~/datasets fovea data mnist    reads ~/datasets/mnist
  fovea data ./photos
  fovea data scenes --count 50 --out scenes`;

export function dataCommand(): Command {
  return new Command("data")
    .description(
      "Fetch a dataset and verify its checksums, what is already there is used; or tell what a folder of photos holds.",
    )
    .argument("<data>", `mnist, fashion-mnist, digits or scenes; ${photosInWords}`)
    .option("--seed <seed>", "what photos without splits are split by; of scenes what is drawn", "1")
    .option("-o, --out <folder>", "scenes: write them as pictures, with annotations.json, a list of their objects")
    .option("--count <n>", "scenes: how many (default 200)", numberFor("--count"))
    .option("--json", "print machine-readable output")
    .addHelpText("after", examples)
    .action((name: string, flags: DataFlags) =>
      runJob(flags, async (job) => (await import("../data/describe-data.js")).describeData(job, name, flags)),
    );
}
