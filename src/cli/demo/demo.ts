/** @file Tells the whole story on one set of digits: trains, measures, explains, improves, reports. */

import { join, resolve } from "node:path";
import type { Dataset } from "../../data/dataset.js";
import { loadDataset } from "../../data/sets.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { count, duration, percent } from "../../foundation/words.js";
import { reportedDataset } from "../../report/collect/report-images.js";
import { makeReport } from "../../report/make-report.js";
import { trainingSettings } from "../../train/network/recipes.js";
import { modelAt, type NamedModel, prepareImages } from "../inputs/models.js";
import { platform } from "../platform.js";
import { today } from "../report/today.js";
import { exitCodes, type Job } from "../terminal/job.js";
import { print, printLines } from "../terminal/print.js";
import { trainModel } from "../train/train-model.js";
import { explainWorstError } from "./worst-error.js";

/** The network of the assignment first, then the one that improves on it. */
const steps = [
  { net: "classic", epochs: 5, title: "1. Train the classic network and measure it" },
  {
    net: "compact",
    epochs: 12,
    title: "3. Improve: no large linear layer, batch normalisation, distorted training images",
  },
] as const;

/**
 * @param out folder of models, pictures and report
 * @returns the exit code
 */
export async function demo(job: Job, out: string, seed: number): Promise<number> {
  const began = performance.now();
  print("Fovea shows where a vision model looks. This is the whole story on one set of digits.");
  const dataset = await loadDataset("digits", { seed });
  print(`Data: ${dataset.source}`);
  const models: NamedModel[] = [];
  for (const step of steps) {
    print();
    print(step.title);
    const named = await trainStep(job, step, dataset, { out, seed });
    if (named === undefined) return job.stoppedCode;
    models.push(named);
    if (step.net === "classic") await explainWorstError(named, dataset, out);
  }
  print();
  print("4. Compare and report");
  const path = join(out, "report.html");
  const report = await job.stage("   explaining", (onProgress) =>
    makeReport(models, reportedDataset(dataset, prepareImages), {
      platform,
      date: today(),
      title: "From a classic network to a better one",
      commands: [`fovea demo --seed ${seed}`],
      onProgress,
    }),
  );
  await writeFileAtomically(path, new TextEncoder().encode(report.html));
  const { fixed, broken } = report.data.comparisons?.[0]?.result ?? { fixed: [], broken: [] };
  print(`   the improved network fixes ${fixed.length} errors and makes ${broken.length} new ones`);
  printLines(["", `Done in ${duration(performance.now() - began)}. Open the report in a browser:`, resolve(path)]);
  return exitCodes.done;
}

/** Undefined when the training was interrupted. */
async function trainStep(
  job: Job,
  { net, epochs }: (typeof steps)[number],
  dataset: Dataset,
  { out, seed }: { readonly out: string; readonly seed: number },
): Promise<NamedModel | undefined> {
  const file = join(out, `${net}.onnx`);
  const { testAccuracy } = await trainModel(job, dataset, {
    settings: trainingSettings(net, { epochs, seed }),
    validation: 0.05,
    out: file,
    resume: false,
    restart: true,
    command: `fovea demo --seed ${seed}`,
  });
  if (testAccuracy === undefined) return undefined;
  print(`   ${percent(testAccuracy)} of ${count(dataset.test.count)} test images right -> ${file}`);
  return modelAt(file);
}
