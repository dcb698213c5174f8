/** @file `fovea localise`: measures whether a model's maps find the objects of photos with boxes. */

import { Command } from "commander";
import { photosInWords, scenesInWords } from "../../data/sources/kinds.js";
import type { LocaliseFlags } from "../localise/localise.js";
import { withGroupOption } from "../options/class-option.js";
import { withLayerOptions, withMethodOption, withModelOptions } from "../options/model-options.js";
import { numberFor } from "../options/numbers.js";
import { rowsOutHelp, withShardOption } from "../options/shard-option.js";
import { inWorkers } from "../shards/workers.js";
import { runJob } from "../terminal/job.js";

const help = `
Explains the true class of every photo and asks whether the map lies on the boxes: does its maximum (the pointing game), and how
much of its sum (the energy). Two baselines are measured beside it: a Gaussian around the centre, and the expected value of a
random map; both over what the network saw. Intervals are of 95%, over photos.

Of a detector it explains boxes that are objects, and asks whether the map of each lies on its own object (pointing game, energy), how much
of it lies on others (ODI), and whether the score of the best box falls when the map's pixels are taken, and rises when they are given (deletion,
insertion). Several methods: --method hires-cam,grad-cam.

Examples:
  fovea localise pets.onnx ./photos
  fovea localise yolo.onnx instances_val2017.json --method hires-cam,layer-cam
  fovea localise resnet50.onnx ./kangaroos --group kangaroo=wallaby --split all --jsonl > photos.jsonl`;

export function localiseCommand(): Command {
  const command = new Command("localise")
    .description("Measure whether maps find the objects of photos with boxes, next to baselines.")
    .argument("<model>", "an ONNX or Keras file, or hf:owner/name")
    .argument("<data>", `${photosInWords}, with boxes; for a detector ${scenesInWords}`)
    .option("--split <split>", "which photos: train, validation, test or all (default: test, or all without one)")
    .option("--seed <seed>", "what photos without splits are split by", "1")
    .option(
      "--tolerance <pixels>",
      "how far from a box the maximum may lie, in the photo's pixels",
      numberFor("--tolerance"),
      0,
    )
    .option("--batch <n>", "photos per run", numberFor("--batch"), 8)
    .option("--count <n>", "of a detector: how many boxes are explained, drawn at random", numberFor("--count"), 100)
    .option("--curves <n>", "of how many of them deletion and insertion are measured, too", numberFor("--curves"), 20)
    .option("--conf <score>", "lowest score of a detector's boxes (default: 0.25)", numberFor("--conf"))
    .option(
      "--iou <overlap>",
      "from which overlap on the surer of two boxes of a class is taken (default: 0.45)",
      numberFor("--iou"),
    )
    .option("-o, --out <file>", rowsOutHelp)
    .option("--json", "print everything as JSON")
    .option("--jsonl", "print a line of JSON for each photo as it comes, and the summary as the last one");
  return withModelOptions(withLayerOptions(withMethodOption(withGroupOption(withShardOption(command)))))
    .addHelpText("after", help)
    .action((path: string, data: string, flags: LocaliseFlags, command: Command) => {
      const methodGiven = command.getOptionValueSource("method") !== "default";
      return runJob(flags, (job) =>
        inWorkers(job, flags, process.argv.slice(2), async () =>
          (await import("../localise/localise.js")).localise(job, path, data, { ...flags, methodGiven }),
        ),
      );
    });
}
