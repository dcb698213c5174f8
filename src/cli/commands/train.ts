/** @file `fovea train`: train a network on a data set, or on photos. */

import { existsSync } from "node:fs";
import { basename } from "node:path";
import { Command } from "commander";
import { FoveaError } from "../../foundation/error.js";
import { count, duration, percent } from "../../foundation/words.js";
import { unitPreprocessing } from "../../image/input/preprocessing.js";
import { networks } from "../../train/network/networks.js";
import { headSettings, trainingSettings, unfrozenSettings } from "../../train/network/recipes.js";
import { lightAugmentation, photoAugmentation } from "../../train/step/augment.js";
import type { TrainedNetwork, TrainingSettings } from "../../train/train.js";
import { datasetNamed, isPath, photosAt, tellSkipped } from "../inputs/datasets.js";
import { modelAt } from "../inputs/models.js";
import { loadOptions } from "../options/model-options.js";
import {
  checkFlags,
  givenFlags,
  settingsChanges,
  type TrainFlags,
  withTrainOptions,
} from "../options/train-options.js";
import { exitCodes, note, print, printJson, runCommand } from "../terminal/console.js";

import { checkpointPath } from "../train/run-training.js";
import { trainModel } from "../train/train-model.js";
import { trainPhotos } from "../train/train-photos.js";

export function trainCommand(): Command {
  const list = networks.map(({ name, description }) => `  ${name.padEnd(9)} ${description}`).join("\n");
  const examples = [
    "fovea train mnist --net compact --out m.onnx",
    "fovea train digits --net classic --epochs 3 --seed 7",
    "fovea train ./photos --out pets.onnx",
    "fovea train ./photos --backbone resnet18.onnx --out pets.onnx",
    "fovea train ./photos --backbone resnet18.onnx --unfreeze 1 --out pets.onnx --resume",
  ];
  const command = new Command("train")
    .description(
      "Train a network and write it as an ordinary ONNX file. Unset options follow the network's own recipe.",
    )
    .argument("<data>", "mnist, fashion-mnist or digits; a folder of photos, or a list of them (.csv, .json)");
  return withTrainOptions(command)
    .addHelpText("after", `\nNetworks:\n${list}\n\nExamples:\n${examples.map((each) => `  ${each}`).join("\n")}`)
    .action((name: string, flags: TrainFlags) =>
      runCommand(() => (isPath(name) ? onPhotos(name, flags) : onImages(name, flags))),
    );
}

async function onImages(name: string, flags: TrainFlags): Promise<number> {
  checkFlags(flags, name, false);
  const { net = "compact", resume = false, restart = false } = flags;
  const settings = trainingSettings(net, settingsChanges(flags, lightAugmentation));
  const validation = share(flags, 0.05);
  const dataset = await datasetNamed(name);
  const out = flags.out ?? `${name}-${net}.onnx`;
  note(`training ${settings.network} on ${dataset.source}`);
  const command = `fovea train ${name} ${givenFlags({ ...flags, net })}--out ${out}`;
  const { result, testAccuracy } = await trainModel(dataset, { settings, validation, out, resume, restart, command });
  if (flags.json) printOutcome(result, { model: out, data: dataset.source, testAccuracy });
  if (!result.finished) return stopped(result, out);
  if (flags.json) return exitCodes.done;
  print(`${settings.network} on ${dataset.name} (${dataset.source}), seed ${settings.seed}`);
  const after = `after ${settings.epochs} epochs in ${duration(1000 * secondsOf(result))}`;
  print(`test accuracy ${percent(testAccuracy as number)} of ${count(dataset.test.count)} images ${after}`);
  print(`wrote ${out}`);
  return exitCodes.done;
}

/** Side of the images that a network from scratch sees. */
const defaultSize = 96;

async function onPhotos(name: string, flags: TrainFlags): Promise<number> {
  checkFlags(flags, name, true);
  const { net = "photo", unfreeze = 0, resume = false, restart = false, splitSeed = "1", cache } = flags;
  const validation = share(flags, 0.15);
  const changes = settingsChanges(flags, photoAugmentation);
  const given = await loadOptions(flags);
  const dataset = await photosAt(name, { seed: splitSeed });
  const backbone = flags.backbone === undefined ? undefined : await modelAt(flags.backbone, given);
  const { seed, head, balance } = changes;
  const plainHead = headSettings(backbone?.name ?? "", unfreeze > 0 ? { seed, head, balance } : changes);
  const settings = backbone
    ? unfreeze > 0
      ? unfrozenSettings(backbone.name, unfreeze, changes)
      : plainHead
    : trainingSettings(net, changes);
  const out = flags.out ?? `${basename(name)}-${backbone?.name ?? net}.onnx`;
  note(`training ${settings.network} on ${dataset.source}`);
  const trained = await trainPhotos(dataset, {
    ...{ settings, headSettings: plainHead, backbone, features: flags.features, unfreeze },
    preprocessing: {
      ...unitPreprocessing({ width: defaultSize, height: defaultSize, channels: 3 }),
      ...given.preprocessing,
    },
    ...{ validation, cache, out, resume, restart },
    command: `fovea train ${name} ${givenFlags(flags)}--out ${out}`,
  });
  const { result, evaluation, skipped, learnedFrom } = trained;
  if (flags.json) {
    printOutcome(result, { model: out, data: dataset.source, learnedFrom, test: evaluation ?? null, skipped });
  }
  tellSkipped(skipped, dataset.photos.length + dataset.skipped.length);
  if (!result.finished) return stopped(result, out);
  const code = skipped.length > 0 ? exitCodes.partly : exitCodes.done;
  if (flags.json) return code;
  print(`${settings.network} on ${dataset.name} (${count(learnedFrom)} photos), seed ${settings.seed}`);
  print(`${settings.epochs} epochs in ${duration(1000 * secondsOf(result))}`);
  if (evaluation) {
    const { accuracy, perClass } = evaluation;
    const largest = perClass.reduce((most, each) => (each.support > most.support ? each : most));
    const interval = `95% interval ${percent(accuracy.low, 1)} to ${percent(accuracy.high, 1)}`;
    print(`test accuracy ${percent(accuracy.value, 1)} of ${count(evaluation.count)} photos (${interval})`);
    print(`always ${largest.name} would be right for ${percent(largest.support / evaluation.count, 1)}`);
  } else print("test accuracy not measured: no photos are set apart for a test");
  print(`wrote ${out}`);
  return code;
}

function share({ validation }: TrainFlags, usual: number): number {
  if (validation === undefined || validation < 1) return validation ?? usual;
  throw new FoveaError("bad-input", `--validation: expected a share below 1, got ${validation}`);
}

function secondsOf({ history }: TrainedNetwork): number {
  return history.reduce((total, epoch) => total + epoch.seconds, 0);
}

function printOutcome(result: TrainedNetwork, about: Readonly<Record<string, unknown>>): void {
  const { finished, settings, history } = result;
  printJson({ ...about, finished, seconds: secondsOf(result), settings, history });
}

function stopped({ history, settings }: { history: readonly unknown[]; settings: TrainingSettings }, out: string) {
  const held = history.length > 0 ? `${out} holds it; ` : "";
  const at = `stopped after epoch ${history.length} of ${settings.epochs}`;
  const checkpoint = checkpointPath(out);
  // The head that stages are unfrozen behind takes seconds: it leaves none.
  const how = existsSync(checkpoint) ? `--resume goes on from ${checkpoint}` : "the same command begins again";
  note(`${at}: ${held}${how}`);
  return exitCodes.interrupted;
}
