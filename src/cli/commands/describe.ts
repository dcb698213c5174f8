/** @file `fovea describe`: write down once what a model's file does not say. */

import { Command } from "commander";
import type { DescribeFlags } from "../describe/describe.js";
import { withIsolation } from "../options/isolation-options.js";
import { generalOptions, withSettings } from "../options/model-options.js";
import { runJob } from "../terminal/job.js";

const examples = `
The settings stand in fovea.json beside the model; every command, the library and the studio read them there. Settings that are there
already stay, except for those that are given.

Examples:
  fovea describe m.onnx --preprocess caffe --labels names.txt
  fovea describe m.onnx --scale 1/255 --mean 0.5 --std 0.5 --crop none`;

export function describeCommand(): Command {
  const command = new Command("describe")
    .description("Write a model's preprocessing and class names to fovea.json beside it, for all commands.")
    .argument("<model>", "an ONNX, Keras or TensorFlow.js file")
    .option("--json", "print machine-readable output");
  return withIsolation(withSettings(command), generalOptions)
    .addHelpText("after", examples)
    .action((path: string, flags: DescribeFlags) =>
      runJob(flags, async (job) => (await import("../describe/describe.js")).describe(job, path, flags)),
    );
}
