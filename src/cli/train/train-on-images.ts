/** @file Trains a network on a dataset with a name, and tells the result. */

import { count, duration, percent } from "../../foundation/words.js";
import { trainingSettings } from "../../train/network/recipes.js";
import { lightAugmentation } from "../../train/step/augment.js";
import { datasetNamed } from "../inputs/datasets.js";
import { checkFlags, type TrainFlags, trainCommandLine } from "../options/train-options.js";
import { settingsChanges } from "../options/values/train-settings.js";
import { exitCodes, type Job } from "../terminal/job.js";
import { note, print } from "../terminal/print.js";
import { askedCues, exchangeInWords } from "./exchanged-cues.js";
import { noteStopped, printTraining, trainingTime } from "./tell-training.js";
import { trainModel } from "./train-model.js";

/** @returns the exit code */
export async function trainOnImages(job: Job, name: string, flags: TrainFlags): Promise<number> {
  checkFlags(flags, name, false);
  const { net = "compact", validation = 0.05, resume = false, restart = false } = flags;
  const exchange = await askedCues(flags.exchange ?? []);
  const settings = trainingSettings(net, {
    ...settingsChanges(flags, lightAugmentation),
    exchange: exchangeInWords(exchange),
  });
  const dataset = await datasetNamed(job, name);
  const out = flags.out ?? `${name}-${net}.onnx`;
  note(`training ${settings.network} on ${dataset.source}`);
  const command = trainCommandLine(name, { ...flags, net });
  const training = { settings, exchange, groups: flags.groups, validation, out, resume, restart, command };
  const { result, testAccuracy } = await trainModel(job, dataset, training);
  if (job.format === "json") printTraining(result, { model: out, data: dataset.source, testAccuracy });
  if (!result.finished || testAccuracy === undefined) {
    noteStopped(result, out);
    return job.stoppedCode;
  }
  if (job.format === "json") return exitCodes.done;
  print(`${settings.network} on ${dataset.name} (${dataset.source}), seed ${settings.seed}`);
  const after = `after ${settings.epochs} epochs in ${duration(trainingTime(result))}`;
  print(`test accuracy ${percent(testAccuracy)} of ${count(dataset.test.count)} images ${after}`);
  print(`wrote ${out}`);
  return exitCodes.done;
}
