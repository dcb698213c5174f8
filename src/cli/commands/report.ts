/** @file `fovea report`: models measured and explained on a data set, as one HTML file. */

import { Command } from "commander";
import { writeFileAtomically } from "../../data/index.js";
import { FoveaError } from "../../error.js";
import { grouped, note, percent, print, printJson, progressBar, runCommand } from "../console.js";
import { datasetNamed } from "../datasets.js";
import { makeReport } from "../make-report.js";
import { checkClasses, modelAt } from "../models.js";

interface ReportCommandOptions {
  readonly out: string;
  readonly errors: number;
  readonly title?: string;
  readonly layer: string;
  readonly attack?: boolean;
  readonly json?: boolean;
}

export function reportCommand(): Command {
  return new Command("report")
    .description(
      "Measure and explain one or more models on a data set, side by side, and write one self-contained HTML file.",
    )
    .argument("<models-and-data...>", "ONNX files, the improved ones after those they improve, and last the data set")
    .option("--out <file>", "where to write", "report.html")
    .option("--errors <n>", "how many errors of each model to show", Number, 48)
    .option("--title <text>", "title of the report")
    .option("--layer <name>", "layer to explain, in every model", "auto")
    .option("--attack", "also attack your models on up to 200 images, which takes longer (see fovea attack)")
    .option("--json", "print the figures as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  fovea report m.onnx mnist\n  fovea report classic.onnx compact.onnx mnist --out report.html",
    )
    .action((given: string[], options: ReportCommandOptions) =>
      runCommand(async () => {
        const name = given[given.length - 1] as string;
        const paths = given.slice(0, -1);
        if (paths.length === 0)
          throw new FoveaError("bad-input", `report: expected at least one model and a data set, got only "${name}"`);
        const dataset = await datasetNamed(name);
        const models = [];
        for (const path of paths) models.push(await modelAt(path));
        for (const model of models) checkClasses(model, dataset.classes, dataset.name);
        const bar = progressBar(
          "explaining [{bar}] {value}/{total} images, {eta_formatted} left",
          models.length * dataset.test.count,
        );
        const report = await makeReport(models, dataset, {
          title: options.title,
          errors: options.errors,
          layer: options.layer,
          attack: options.attack ?? false,
          commands: [
            `fovea report ${[...paths, name].join(" ")}${options.attack ? " --attack" : ""} --out ${options.out}`,
          ],
          onProgress: (done) => bar.update(done),
        });
        bar.stop();
        await writeFileAtomically(options.out, new TextEncoder().encode(report.html));
        if (options.json) {
          printJson({
            report: options.out,
            data: dataset.source,
            models: report.data.models.map(({ name: model, evaluation, robustness }) => ({
              ...{ model, evaluation },
              ...(robustness ? { robustness: robustness.levels } : {}),
            })),
          });
          return;
        }
        print(`data: ${dataset.source}`);
        for (const { name: model, evaluation } of report.data.models) {
          print(`${model}: ${percent(evaluation.accuracy.value)} of ${grouped(evaluation.count)} right`);
        }
        print(`wrote ${options.out}`);
        note("Open it in a browser.");
      }),
    );
}
