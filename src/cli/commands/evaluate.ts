/** @file `fovea evaluate`: measure a model on a dataset's test images, or on photos. */

import { Command } from "commander";
import { photosInWords, scenesInWords } from "../../data/sources/kinds.js";
import { type EvaluateFlags, usualLimits } from "../evaluate/evaluate-flags.js";
import { withGroupOption } from "../options/class-option.js";
import { withModelOptions } from "../options/model-options.js";
import { numberFor } from "../options/numbers.js";
import { rowsOutHelp, withShardOption } from "../options/shard-option.js";
import { inWorkers } from "../shards/workers.js";
import { runJob } from "../terminal/job.js";

const examples = `
Examples:
  fovea evaluate m.onnx mnist
  fovea evaluate m.onnx mnist --json > evaluation.json
  fovea evaluate pets.onnx ./photos --split all
  fovea evaluate pets.onnx ./photos --out results.parquet
  fovea evaluate yolo.onnx instances_val2017.json
  fovea evaluate resnet50.onnx ./cats-dogs --group cat=281-285 --group dog=151-268`;

export function evaluateCommand(): Command {
  const command = new Command("evaluate")
    .description(
      "Measure a model on the test images of a dataset: accuracy, per-class scores, confusion, calibration, errors; of a detector average precision and its errors by kind.",
    )
    .argument("<model>", "an ONNX or Keras file, or hf:owner/name")
    .argument("<data>", `mnist, fashion-mnist or digits; ${photosInWords}; for a detector ${scenesInWords}`)
    .option("--split <split>", "which photos: train, validation, test or all (default: test, or all without one)")
    .option("--seed <seed>", "what photos without splits are split by", "1")
    .option(
      "--errors <n>",
      "how many errors to list, most confident first; of a detector of each kind",
      numberFor("--errors"),
      10,
    )
    .option(
      "--conf <score>",
      `lowest score of a detector's boxes (default: ${usualLimits.confidence})`,
      numberFor("--conf"),
    )
    .option(
      "--iou <overlap>",
      `from which overlap on the surer of two boxes of a class is taken (default: ${usualLimits.overlap})`,
      numberFor("--iou"),
    )
    .option("-o, --out <file>", rowsOutHelp)
    .option("--json", "print everything as JSON");
  return withModelOptions(withGroupOption(withShardOption(command)))
    .addHelpText("after", examples)
    .action((path: string, data: string, flags: EvaluateFlags) =>
      runJob(flags, (job) =>
        inWorkers(job, flags, process.argv.slice(2), async () =>
          (await import("../evaluate/evaluate.js")).evaluate(job, path, data, flags),
        ),
      ),
    );
}
