/** @file `fovea report`: models measured and explained on a dataset, as one HTML file. */

import { Command } from "commander";
import { photosInWords } from "../../data/sources/kinds.js";
import { type ReportFlags, withReportOptions } from "../options/report-options.js";
import { inWorkers } from "../shards/workers.js";
import { runJob } from "../terminal/job.js";

const examples = `
Examples:
  fovea report m.onnx mnist
  fovea report classic.onnx compact.onnx mnist --out report.html
  fovea report pets.onnx ./photos --split all
  fovea report yolo.onnx instances_val2017.json`;

export function reportCommand(): Command {
  const command = new Command("report")
    .description(
      "Measure and explain one or more models on a dataset, side by side, and write one self-contained HTML file.",
    )
    .argument(
      "<models-and-data...>",
      `model files or hf:owner/name, the improved ones after those they improve, and last the data: mnist, fashion-mnist or digits; ${photosInWords}; for a detector, which stands alone, COCO annotations (.json), or a folder with pictures and COCO or VOC annotations`,
    );
  return withReportOptions(command)
    .addHelpText("after", examples)
    .action((args: string[], flags: ReportFlags, command: Command) => {
      const methodGiven = command.getOptionValueSource("method") !== "default";
      return runJob(
        flags,
        (job) =>
          inWorkers(job, flags, process.argv.slice(2), async () =>
            (await import("../report/report.js")).report(job, args, { ...flags, methodGiven }),
          ),
        { narrates: true },
      );
    });
}
