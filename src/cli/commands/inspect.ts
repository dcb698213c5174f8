/** @file `fovea inspect`: the contents of a model file. */

import { Command } from "commander";
import type { InspectFlags } from "../inspect/inspect.js";
import { withGridOptions, withModelOptions } from "../options/model-options.js";
import { runJob } from "../terminal/job.js";

export function inspectCommand(): Command {
  return withModelOptions(withGridOptions(new Command("inspect")))
    .description("Show a model's inputs, outputs, parameters, and the layers that can be explained.")
    .argument("[model]", "an ONNX or Keras file, or hf:owner/name; default the embedded digit model")
    .option("--graph", "print every node")
    .option("--json", "print machine-readable output")
    .addHelpText("after", "\nExamples:\n  fovea inspect m.onnx\n  fovea inspect m.onnx --graph")
    .action((path: string | undefined, flags: InspectFlags) =>
      runJob(flags, async (job) => (await import("../inspect/inspect.js")).inspect(job, path, flags)),
    );
}
