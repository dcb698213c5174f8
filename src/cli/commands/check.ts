/** @file `fovea check`: proofs that a model is explained rightly. */

import { Command } from "commander";
import { type CheckFlags, check } from "../check/check.js";
import { withLayerOptions, withModelOptions } from "../options/model-options.js";
import { numberFor } from "../options/numbers.js";
import { runJob } from "../terminal/job.js";

export function checkCommand(): Command {
  const command = new Command("check")
    .description(
      "Prove that a model is explained rightly: its scores are the file's, its gradient the finite difference's.",
    )
    .argument("<model>", "an ONNX or Keras file, or hf:owner/name")
    .option("--seed <n>", "seed of the noise that is the input, and of the directions", numberFor("--seed"), 1)
    .option("--json", "print machine-readable output");
  return withModelOptions(withLayerOptions(command))
    .addHelpText("after", "\nExamples:\n  fovea check resnet50.onnx\n  fovea check vit.onnx --layer -1 --json")
    .action((path: string, flags: CheckFlags) => runJob(flags, (job) => check(job, path, flags)));
}
