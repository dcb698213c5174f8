/** @file `fovea calibrate`: brings a model's confidence to what it is worth. */

import { Command } from "commander";
import { photosInWords } from "../../data/sources/kinds.js";
import type { CalibrateFlags } from "../calibrate/calibrate.js";
import { withModelOptions } from "../options/model-options.js";
import { runJob } from "../terminal/job.js";

const help = `
One number, the temperature, is fitted on images for validation (Guo et al., 2017) and stored in the metadata. What the model
predicts stays, and so do its maps.

Examples:
  fovea calibrate m.onnx mnist --out calibrated.onnx
  fovea calibrate pets.onnx ./photos --out calibrated.onnx
  fovea evaluate calibrated.onnx ./photos`;

type GivenFlags = Omit<CalibrateFlags, "out"> & Partial<Pick<CalibrateFlags, "out">>;

export function calibrateCommand(): Command {
  const command = new Command("calibrate")
    .description("Fit a model's temperature, so that a confidence of 90 % is right nine times out of ten.")
    .argument("<model>", "an ONNX or Keras file, or hf:owner/name")
    .argument("<data>", `mnist, fashion-mnist or digits; ${photosInWords}`)
    .option("-o, --out <file>", "the model with its temperature in its metadata")
    .option("--split <split>", "which photos to fit on: validation, train, test or all (default: validation)")
    .option("--seed <seed>", "what images without splits are split by", "1")
    .option("--json", "print the figures as JSON");
  return withModelOptions(command)
    .addHelpText("after", help)
    .action((path: string, data: string, { out, ...flags }: GivenFlags) => {
      if (out === undefined) return command.error("error: required option '--out <file>' not specified");
      return runJob(
        { ...flags, out },
        async (job) => (await import("../calibrate/calibrate.js")).calibrate(job, path, data, { ...flags, out }),
        { narrates: true },
      );
    });
}
