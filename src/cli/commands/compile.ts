/** @file `fovea compile`: a model file that explains itself. */

import { Command } from "commander";
import type { CompileFlags } from "../compile/compile.js";
import { withLayerOptions, withMethodOption, withModelOptions } from "../options/model-options.js";
import { runJob } from "../terminal/job.js";

const help = `
Besides the model's own outputs the file has
  heatmap          float32 [N, k, h, w], 0 to 1, at the size of the network's input; with --image at that of the photo,
                   placed where the network looked
  heatmap_classes  int64 [N, k], the classes explained
and in its metadata the class names and the preprocessing. How to serve it: docs/serving.md.

Examples:
  fovea compile resnet50.onnx --out explained.onnx --image
  fovea compile resnet50.onnx --out explained.onnx --classes 3 --layer -2
  fovea compile caffe.onnx --out explained.onnx --image --scale 1 --mean 104,117,123 --std 1 --channels bgr`;

export function compileCommand(): Command {
  const command: Command = new Command("compile")
    .description("Write an ONNX file that gives scores and heat maps together, in any onnxruntime.")
    .argument("<model>", "an ONNX or Keras file, or hf:owner/name")
    .option("-o, --out <file>", "where to write; must be given")
    .option("--classes <k>", "explain the k classes with the highest scores, or all", classCount, 1)
    .option("--choose", "add an input, class: which classes to explain, by index, -1 for the next highest")
    .option("--image", "take raw photos, uint8 [N, H, W, 3] in RGB order, and do the preprocessing inside");
  return withModelOptions(withLayerOptions(withMethodOption(command)))
    .addHelpText("after", help)
    .action((path: string, { out, ...flags }: Partial<Pick<CompileFlags, "out">> & Omit<CompileFlags, "out">) => {
      if (out === undefined) command.error("error: required option '--out <file>' not specified");
      return runJob(
        { ...flags, out },
        async (job) => (await import("../compile/compile.js")).compile(job, path, { ...flags, out }),
        { narrates: true },
      );
    });
}

/** A number, or `all`; `compileExplanation` refuses anything else. */
function classCount(text: string): number | "all" {
  return /^\d+$/.test(text) ? Number(text) : (text as "all");
}
