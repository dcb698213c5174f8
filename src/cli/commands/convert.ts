/** @file `fovea convert`: a Keras or TensorFlow.js model as an ONNX file. */

import { Command } from "commander";
import type { ConvertFlags } from "../convert/convert.js";
import { runJob } from "../terminal/job.js";

const help = `
Images go in as in Keras, [N, H, W, C]; values bear the names of the layers, outer/inner in models inside the model.

Examples:
  fovea convert pets.keras converted.onnx
  fovea convert pets.h5 converted.onnx --labels names.txt`;

export function convertCommand(): Command {
  return new Command("convert")
    .description("Write a Keras (.keras, .h5) or TensorFlow.js (model.json) model as an ONNX file.")
    .argument("<model>", "a .keras, .h5, .hdf5 or model.json file, or hf:owner/name")
    .argument("<out>", "the ONNX file to write")
    .option(
      "--labels <file>",
      "class names, in any usual form (see explain); default: what stands beside the model, if anything",
    )
    .addHelpText("after", help)
    .action((path: string, out: string, flags: ConvertFlags) =>
      runJob({ ...flags, out }, async (job) => (await import("../convert/convert.js")).convert(job, path, out, flags), {
        narrates: true,
      }),
    );
}
