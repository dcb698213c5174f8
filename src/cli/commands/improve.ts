/** @file `fovea improve`: find what a model goes by besides the object, verify it, repair it, prove it. */

import { Command, Option } from "commander";
import { photosInWords } from "../../data/sources/kinds.js";
import type { ImproveFlags } from "../improve/improve.js";
import { withModelOptions } from "../options/model-options.js";
import { numberFor } from "../options/numbers.js";
import { runJob } from "../terminal/job.js";

const help = `
There are no shards of it: --only discover looks at 60 images of each class at most, however large the dataset is.
Exit code 3: nothing was verified, or no repair was proved; no model is written.

Examples:
  fovea improve m.onnx stamped-digits --out better.onnx
  fovea improve pets.onnx ./photos --out better.onnx
  fovea improve pets.onnx ./photos --accept label-changes.csv --out better.onnx
  fovea improve m.onnx mnist --only discover
  fovea improve m.onnx mnist --only verify --protocol m.improve.json`;

export function improveCommand(): Command {
  const command = new Command("improve")
    .description(
      "Find what a model goes by besides the object, verify it by exchanging it between images, repair it, and prove the repair on sealed images.",
    )
    .argument("<model>", "an ONNX or Keras file, or hf:owner/name")
    .argument("<data>", `mnist, fashion-mnist or digits; ${photosInWords}`)
    .option("-o, --out <file>", "the better model to write (default MODEL-better.onnx)")
    .option("--accept <file>", "label-changes.csv: labels that a person confirmed to be wrong are replaced")
    .addOption(new Option("--only <step>", "stop after a step; nothing is repaired").choices(["discover", "verify"]))
    .option("--protocol <file>", "where all is written down, and gone on from (default: beside --out)")
    .option("--pictures <folder>", "where pictures of what was found go (default: beside the protocol)")
    .option("--cache <folder>", "where decoded photos are kept between runs")
    .option("--seed <n>", "of the split and of everything that is drawn", numberFor("--seed"), 1)
    .option("--json", "print the protocol");
  return withModelOptions(command)
    .addHelpText("after", help)
    .action((path: string, data: string, flags: ImproveFlags) =>
      runJob(flags, async (job) => (await import("../improve/improve.js")).improve(job, path, data, flags)),
    );
}
