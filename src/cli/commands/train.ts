/** @file `fovea train`: train a network on a data set. */

import { Command, InvalidArgumentError } from "commander";
import { FoveaError } from "../../error.js";
import { lightAugmentation, networks, scaledAugmentation, trainingSettings } from "../../train/index.js";
import { exitCodes, grouped, note, percent, print, printJson, runCommand } from "../console.js";
import { datasetNamed } from "../datasets.js";
import { wholeNumber } from "../model-options.js";
import { checkpointPath, duration, trainModel } from "../train-model.js";

interface TrainCommandOptions {
  readonly net: string;
  readonly out?: string;
  readonly epochs?: number;
  readonly batch?: number;
  readonly optimizer?: string;
  readonly schedule?: string;
  readonly rate?: number;
  readonly weightDecay?: number;
  readonly smoothing?: number;
  readonly augment?: string;
  readonly validation: number;
  readonly seed: number;
  readonly resume?: boolean;
  readonly restart?: boolean;
  readonly json?: boolean;
}

export function trainCommand(): Command {
  const list = networks.map(({ name, description }) => `  ${name.padEnd(9)} ${description}`).join("\n");
  return new Command("train")
    .description(
      "Train a network and write it as an ordinary ONNX file. Unset options follow the network's own recipe.",
    )
    .argument("<data>", "mnist, fashion-mnist or digits")
    .option("--net <name>", "classic, compact or accurate", "compact")
    .option("--out <file>", "the ONNX file to write (default DATA-NET.onnx)")
    .option("--epochs <n>", "passes over the training images", wholeNumber("--epochs", 1))
    .option("--batch <n>", "images per step", wholeNumber("--batch", 1))
    .option("--optimizer <name>", "adam or sgd")
    .option("--schedule <name>", "one-cycle, cosine or constant")
    .option("--rate <x>", "peak learning rate", positive("--rate"))
    .option("--weight-decay <x>", "decoupled weight decay", positive("--weight-decay", true))
    .option("--smoothing <x>", "label smoothing", positive("--smoothing", true))
    .option("--augment <strength>", "none, light, or a factor on light: random shift, turn, scale, shear and bend")
    .option(
      "--validation <share>",
      "share of the training images to measure each epoch on, not to learn from",
      positive("--validation", true),
      0.05,
    )
    .option("--seed <n>", "decides weights, order and distortions", wholeNumber("--seed", 0), 1)
    .option("--resume", "go on from the checkpoint of an unfinished training")
    .option("--restart", "begin again although there is a checkpoint")
    .option("--json", "print machine-readable output")
    .addHelpText(
      "after",
      `\nNetworks:\n${list}\n\nExamples:\n  fovea train mnist --net compact --out m.onnx\n  fovea train digits --net classic --epochs 3 --seed 7\n  fovea train mnist --net compact --out m.onnx --resume`,
    )
    .action((name: string, options: TrainCommandOptions) => runCommand(() => train(name, options)));
}

async function train(name: string, options: TrainCommandOptions): Promise<number> {
  const { net, seed, validation, resume = false, restart = false } = options;
  if (validation >= 1) throw new FoveaError("bad-input", `--validation: expected a share below 1, got ${validation}`);
  const settings = trainingSettings(net, {
    seed,
    epochs: options.epochs,
    batchSize: options.batch,
    optimizer: options.optimizer,
    schedule: options.schedule,
    learningRate: options.rate,
    weightDecay: options.weightDecay,
    labelSmoothing: options.smoothing,
    augmentation: augmentation(options.augment),
  } as Parameters<typeof trainingSettings>[1]);
  const dataset = await datasetNamed(name);
  const out = options.out ?? `${name}-${net}.onnx`;
  note(`training ${settings.network} on ${dataset.source}`);
  const command = `fovea train ${name} ${givenOptions(options)}--out ${out}`;
  const { result, testAccuracy } = await trainModel(dataset, { settings, validation, out, resume, restart, command });
  const seconds = result.history.reduce((total, epoch) => total + epoch.seconds, 0);
  if (options.json)
    printJson({
      model: out,
      data: dataset.source,
      finished: result.finished,
      testAccuracy,
      seconds,
      settings,
      history: result.history,
    });
  if (!result.finished) {
    note(
      `stopped after epoch ${result.history.length} of ${settings.epochs}: ${result.history.length > 0 ? `${out} holds it; ` : ""}--resume goes on from ${checkpointPath(out)}`,
    );
    return exitCodes.interrupted;
  }
  if (options.json) return exitCodes.done;
  print(`${settings.network} on ${dataset.name} (${dataset.source}), seed ${seed}`);
  print(
    `test accuracy ${percent(testAccuracy as number)} of ${grouped(dataset.test.count)} images after ${settings.epochs} epochs in ${duration(seconds)}`,
  );
  print(`wrote ${out}`);
  return exitCodes.done;
}

/** The options that differ from the recipe, as they were written. */
function givenOptions(options: TrainCommandOptions): string {
  const flags: [string, unknown][] = [
    ["--net", options.net],
    ["--epochs", options.epochs],
    ["--batch", options.batch],
    ["--optimizer", options.optimizer],
    ["--schedule", options.schedule],
    ["--rate", options.rate],
    ["--weight-decay", options.weightDecay],
    ["--smoothing", options.smoothing],
    ["--augment", options.augment],
    ["--validation", options.validation === 0.05 ? undefined : options.validation],
    ["--seed", options.seed],
  ];
  return flags.map(([flag, value]) => (value === undefined ? "" : `${flag} ${value} `)).join("");
}

function augmentation(text: string | undefined) {
  if (text === undefined) return undefined;
  if (text === "none") return null;
  const strength = text === "light" ? 1 : Number(text);
  if (strength > 0 && Number.isFinite(strength)) return scaledAugmentation(lightAugmentation, strength);
  throw new FoveaError("bad-input", `--augment: expected none, light or a positive factor, got "${text}"`);
}

function positive(flag: string, zero = false) {
  return (text: string): number => {
    const value = Number(text);
    if (text !== "" && Number.isFinite(value) && (value > 0 || (zero && value === 0))) return value;
    const expected = zero ? "a number ≥ 0" : "a number > 0";
    throw new InvalidArgumentError(`expected ${expected}, got "${text}" for ${flag}`);
  };
}
