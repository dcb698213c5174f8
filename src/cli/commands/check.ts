/** @file `fovea check`: proofs that a model is explained rightly. */

import { Command } from "commander";
import type { CheckFlags } from "../check/check.js";
import { withLayerOptions, withModelOptions } from "../options/model-options.js";
import { numberFor } from "../options/numbers.js";
import { runJob } from "../terminal/job.js";

const devices = {
  description:
    "the graphics cards whose maps are compared with the processor's: a device, several with commas between, or all",
  usual: "all",
};

export function checkCommand(): Command {
  const command = new Command("check")
    .description(
      "Prove that a model is explained rightly: its scores are the file's, its gradient the finite difference's, its maps on a graphics card the processor's.",
    )
    .argument("<model>", "an ONNX or Keras file, or hf:owner/name")
    .option("--seed <n>", "seed of the noise that is the input, and of the directions", numberFor("--seed"), 1)
    .option("--json", "print machine-readable output");
  return withModelOptions(withLayerOptions(command), devices)
    .addHelpText("after", "\nExamples:\n  fovea check resnet50.onnx\n  fovea check vit.onnx --layer -1 --json")
    .action((path: string, flags: CheckFlags) =>
      runJob({ ...flags, device: "cpu" }, async (job) => (await import("../check/check.js")).check(job, path, flags)),
    );
}
