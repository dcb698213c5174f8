/** @file `fovea merge`: the parts of a run with `--shard` as one result. */

import { Command } from "commander";
import type { MergeFlags } from "../merge/merger.js";
import { runJob } from "../terminal/job.js";

const examples = `
Examples:
  fovea report m.onnx photos --shard 0/2 --out parts
  fovea report m.onnx photos --shard 1/2 --out parts
  fovea merge parts --out report.html
  fovea merge parts --out results.parquet`;

export function mergeCommand(): Command {
  return new Command("merge")
    .description(
      "Put the parts of a run with --shard together: the same result, to the last byte, as of one run over everything.",
    )
    .argument("<folder>", "the folder with all parts")
    .option("-o, --out <file>", "the report, or as .parquet the table of all rows (default: report.html of a report)")
    .option("--title <text>", "title of the report")
    .option(
      "--label-queue <file>",
      "also write the labels to look at as CSV (path, old, new, verdict), to be filled in",
    )
    .option("--near-copies <file>", "also write pairs of images that are nearly the same picture, as CSV")
    .option("--json", "print the figures as JSON")
    .addHelpText("after", examples)
    .action((folder: string, flags: MergeFlags) =>
      runJob(flags, async (job) => (await import("../merge/merge.js")).merge(job, folder, flags)),
    );
}
