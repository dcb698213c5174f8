/** @file `fovea data`: fetch a data set and verify it. */

import { Command } from "commander";
import { grouped, print, printJson, runCommand } from "../console.js";
import { datasetNamed } from "../datasets.js";

export function dataCommand(): Command {
  return new Command("data")
    .description("Fetch a data set and verify its checksums; what is already there is used.")
    .argument("<name>", "mnist, fashion-mnist or digits")
    .option("--json", "print machine-readable output")
    .addHelpText(
      "after",
      "\nExamples:\n  fovea data mnist\n  FOVEA_DATA=~/datasets fovea data mnist    reads ~/datasets/mnist",
    )
    .action((name: string, options: { json?: boolean }) =>
      runCommand(async () => {
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
          return;
        }
        print(`${name}: ${source}`);
        print(
          `${grouped(train.count)} training and ${grouped(test.count)} test images of ${test.height}x${test.width}`,
        );
        print(`classes: ${classes.join(", ")}`);
      }),
    );
}
