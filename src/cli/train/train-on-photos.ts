/** @file Trains a network on photos, and tells the result. */

import { basename } from "node:path";
import type { Evaluation } from "../../evaluate/classifier/evaluate-classifier.js";
import { count, duration, percent } from "../../foundation/words.js";
import { unitPreprocessing } from "../../image/input/preprocessing.js";
import { headSettings, trainingSettings, unfrozenSettings } from "../../train/network/recipes.js";
import { photoAugmentation } from "../../train/step/augment.js";
import { failPhotos, photosAt } from "../inputs/datasets.js";
import { modelAt, type NamedModel } from "../inputs/models.js";
import { loadOptions } from "../options/model-options.js";
import { checkFlags, type TrainFlags, trainCommandLine } from "../options/train-options.js";
import { settingsChanges } from "../options/values/train-settings.js";
import type { Job } from "../terminal/job.js";
import { note, print } from "../terminal/print.js";
import { askedCues, exchangeInWords } from "./exchanged-cues.js";
import { noteStopped, printTraining, trainingTime } from "./tell-training.js";
import { trainPhotos } from "./train-photos.js";

/** Side of the images that a network from scratch sees. */
const defaultSize = 96;

/** @returns the exit code */
export async function trainOnPhotos(job: Job, name: string, flags: TrainFlags): Promise<number> {
  checkFlags(flags, name, true);
  const { net = "photo", unfreeze = 0, validation = 0.15 } = flags;
  const { resume = false, restart = false, splitSeed = "1", cache } = flags;
  const loading = await loadOptions(flags);
  const dataset = await photosAt(job, name, { seed: splitSeed });
  const backbone = flags.backbone === undefined ? undefined : await modelAt(job, flags.backbone, loading);
  const exchange = await askedCues(flags.exchange ?? []);
  const { settings, plainHead } = settingsFor(flags, backbone, exchangeInWords(exchange));
  const out = flags.out ?? `${basename(name)}-${backbone?.name ?? net}.onnx`;
  note(`training ${settings.network} on ${dataset.source}`);
  const { result, evaluation, skipped, learnedFrom } = await trainPhotos(job, dataset, {
    ...{ settings, headSettings: plainHead, backbone, features: flags.features, unfreeze },
    preprocessing: {
      ...unitPreprocessing({ width: defaultSize, height: defaultSize, channels: 3 }),
      ...loading.preprocessing,
    },
    ...{ validation, cache, out, resume, restart, exchange, groups: flags.groups },
    command: trainCommandLine(name, flags),
  });
  if (job.format === "json") {
    printTraining(result, { model: out, data: dataset.source, learnedFrom, test: evaluation ?? null, skipped });
  }
  const code = job.end(failPhotos(job, skipped, dataset.photos.length + dataset.skipped.length));
  if (!result.finished) {
    noteStopped(result, out);
    return job.stoppedCode;
  }
  if (job.format === "json") return code;
  print(`${settings.network} on ${dataset.name} (${count(learnedFrom)} photos), seed ${settings.seed}`);
  print(`${settings.epochs} epochs in ${duration(trainingTime(result))}`);
  if (evaluation) printTest(evaluation);
  else print("test accuracy not measured: no photos are set apart for a test");
  print(`wrote ${out}`);
  return code;
}

/** Settings of the training, and those of a head that is trained before stages are unfrozen. */
function settingsFor(flags: TrainFlags, backbone: NamedModel | undefined, exchange: readonly string[] | undefined) {
  const { net = "photo", unfreeze = 0 } = flags;
  const changes = { ...settingsChanges(flags, photoAugmentation), exchange };
  const { seed, head, balance } = changes;
  const plainHead = headSettings(backbone?.name ?? "", unfreeze > 0 ? { seed, head, balance, exchange } : changes);
  if (!backbone) return { settings: trainingSettings(net, changes), plainHead };
  return { settings: unfreeze > 0 ? unfrozenSettings(backbone.name, unfreeze, changes) : plainHead, plainHead };
}

function printTest({ accuracy, count: photos, perClass }: Evaluation): void {
  const largest = perClass.reduce((most, each) => (each.support > most.support ? each : most));
  const interval = `95% interval ${percent(accuracy.low, 1)} to ${percent(accuracy.high, 1)}`;
  print(`test accuracy ${percent(accuracy.value, 1)} of ${count(photos)} photos (${interval})`);
  print(`always ${largest.name} would be right for ${percent(largest.support / photos, 1)}`);
}
