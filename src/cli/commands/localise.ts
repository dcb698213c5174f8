/** @file `fovea localise`: measures whether a model's maps find the objects of photos with boxes. */

import { Command } from "commander";
import { type LocaliseFlags, localise } from "../localise/localise.js";
import { withGroupOption } from "../options/class-option.js";
import { withLayerOptions, withMethodOption, withModelOptions } from "../options/model-options.js";
import { numberFor } from "../options/numbers.js";
import { runJob } from "../terminal/job.js";

const help = `
Explains the true class of every photo and asks whether the map lies on the boxes: does its maximum (the pointing game), and how
much of its sum (the energy). Two baselines are measured beside it: a Gaussian around the centre, and the expected value of a
random map; both over what the network saw. Intervals are of 95%, over photos.

Examples:
  fovea localise pets.onnx ./photos
  fovea localise resnet50.onnx ./kangaroos --group kangaroo=wallaby --split all --jsonl > photos.jsonl`;

export function localiseCommand(): Command {
  const command = new Command("localise")
    .description("Measure whether maps find the objects of photos with boxes, next to baselines.")
    .argument("<model>", "an ONNX or Keras file")
    .argument("<data>", "a folder of photos, or a list of them (.csv, .json), with boxes")
    .option("--split <split>", "which photos: train, validation, test or all (default: test, or all without one)")
    .option("--seed <seed>", "what photos without splits are split by", "1")
    .option(
      "--tolerance <pixels>",
      "how far from a box the maximum may lie, in the photo's pixels",
      numberFor("--tolerance"),
      0,
    )
    .option("--batch <n>", "photos per run", numberFor("--batch"), 8)
    .option("--json", "print everything as JSON")
    .option("--jsonl", "print a line of JSON for each photo as it comes, and the summary as the last one");
  return withModelOptions(withLayerOptions(withMethodOption(withGroupOption(command))))
    .addHelpText("after", help)
    .action((path: string, data: string, flags: LocaliseFlags) =>
      runJob(flags, (job) => localise(job, path, data, flags)),
    );
}
