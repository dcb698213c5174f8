/** @file `fovea bench`: the cost of a model's explanations. */

import { Command } from "commander";
import type { BenchFlags } from "../bench/bench.js";
import { withLayerOptions, withMethodOption, withModelOptions } from "../options/model-options.js";
import { batchSizes, numberFor } from "../options/numbers.js";
import { runJob } from "../terminal/job.js";

const help = `
Medians, and the quartiles of the ratio; run it on a machine that does nothing else.

Examples:
  fovea bench resnet50.onnx
  fovea bench resnet50.onnx --layer -2 --batch 1,16,64
  fovea bench resnet50.onnx --device all`;

const devices = {
  description: "what computes: one device as elsewhere, several with commas between, or all, to compare them",
  usual: "cpu",
};

export function benchCommand(): Command {
  const command = new Command("bench")
    .description("Measure what an explanation costs: plain inference and explanations of the same images, in turn.")
    .argument("<model>", "an ONNX or Keras file, or hf:owner/name")
    .option("--batch <sizes>", "images per run; several sizes with commas between", batchSizes, [1, 8])
    .option("--pairs <n>", "how often both take turns", numberFor("--pairs"), 15)
    .option("--json", "print machine-readable output");
  return withModelOptions(withLayerOptions(withMethodOption(command)), devices)
    .addHelpText("after", help)
    .action((path: string, flags: BenchFlags) =>
      runJob({ ...flags, device: "cpu" }, async (job) => (await import("../bench/bench.js")).bench(job, path, flags)),
    );
}
