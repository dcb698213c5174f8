/** @file Tells the whole story: a biased network is found out, repaired and proved; then another architecture, under its true name. */

import { join, resolve } from "node:path";
import type { Dataset } from "../../data/dataset.js";
import { count, duration, percent } from "../../foundation/words.js";
import { trainingSettings } from "../../train/network/recipes.js";
import { improveSubject } from "../improve/improve.js";
import { datasetSubject } from "../improve/subject.js";
import { modelAt, type NamedModel } from "../inputs/models.js";
import { exitCodes, type Job } from "../terminal/job.js";
import { print, printLines } from "../terminal/print.js";
import { trainModel } from "../train/train-model.js";
import { compareArchitectures } from "./architectures.js";
import type { DemoContext, DemoNetwork, DemoOptions } from "./context.js";
import { improveStamped } from "./improve-stamped.js";

/** @returns the exit code; 3 where nothing was verified or proved, and the rest is told all the same */
export async function demo(job: Job, options: DemoOptions): Promise<number> {
  const began = performance.now();
  print("Fovea shows where a vision model looks, and makes it better. This is the whole story on drawn digits.");
  const context: DemoContext = {
    ...options,
    job,
    train: (...what) => train(job, options, ...what),
    improve: (model, dataset, files) =>
      improveSubject(job, model, datasetSubject(model, dataset), { ...files, seed: options.seed }),
  };
  const improved = await improveStamped(context);
  if (improved.report === undefined) return improved.code;
  printLines(["", "5. Another architecture, on digits without a stamp: no bias is repaired here"]);
  const architectures = await compareArchitectures(context);
  if (architectures === undefined) return job.stoppedCode;
  const took = duration(performance.now() - began);
  printLines(["", `Done in ${took}. Open the reports in a browser:`, resolve(improved.report), resolve(architectures)]);
  return improved.code === exitCodes.nothingProved ? exitCodes.nothingProved : exitCodes.done;
}

async function train(
  job: Job,
  { out, seed, command }: DemoOptions,
  { net, epochs, name }: DemoNetwork,
  dataset: Dataset,
): Promise<NamedModel | undefined> {
  const file = join(out, `${name}.onnx`);
  const { testAccuracy } = await trainModel(job, dataset, {
    settings: trainingSettings(net, { epochs, seed }),
    validation: 0.05,
    out: file,
    resume: false,
    restart: true,
    command,
  });
  if (testAccuracy === undefined) return undefined;
  print(`   ${net}: ${percent(testAccuracy)} of ${count(dataset.test.count)} test images right -> ${file}`);
  return modelAt(job, file);
}
