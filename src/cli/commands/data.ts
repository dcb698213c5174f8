/** @file `fovea data`: fetch a data set and verify it, or tell what a folder of photos holds. */

import { Command } from "commander";
import { count } from "../../foundation/words.js";
import { datasetNamed, isPath } from "../inputs/datasets.js";
import { describePhotos } from "../photos/describe-photos.js";
import { exitCodes, print, printJson, runCommand } from "../terminal/console.js";

export function dataCommand(): Command {
  return new Command("data")
    .description(
      "Fetch a data set and verify its checksums, what is already there is used; or tell what a folder of photos holds.",
    )
    .argument("<data>", "mnist, fashion-mnist or digits; a folder of photos, or a list of them (.csv, .json)")
    .option("--seed <seed>", "what photos without splits are split by", "1")
    .option("--json", "print machine-readable output")
    .addHelpText(
      "after",
      "\nExamples:\n  fovea data mnist\n  FOVEA_DATA=~/datasets fovea data mnist    reads ~/datasets/mnist\n  fovea data ./photos",
    )
    .action((name: string, options: { json?: boolean; seed: string }) =>
      runCommand(async () => {
        if (isPath(name)) return describePhotos(name, options);
        const { source, classes, train, test } = await datasetNamed(name);
        if (options.json) {
          printJson({
            name,
            source,
            classes,
            train: train.count,
            test: test.count,
            height: test.height,
            width: test.width,
          });
          return exitCodes.done;
        }
        print(`${name}: ${source}`);
        print(`${count(train.count)} training and ${count(test.count)} test images of ${test.height}x${test.width}`);
        print(`classes: ${classes.join(", ")}`);
        return exitCodes.done;
      }),
    );
}
