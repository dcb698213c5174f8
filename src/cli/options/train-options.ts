/** @file The options of `fovea train`, and the settings that they make. */

import type { Command } from "commander";
import { Option } from "commander";
import { FoveaError } from "../../foundation/error.js";
import type { SettingsChanges } from "../../train/network/recipes.js";
import { type Augmentation, scaleAugmentation } from "../../train/step/augment.js";
import { type Balance, balances } from "../../train/step/balance.js";
import { optimizers } from "../../train/step/optimizer.js";
import { schedules } from "../../train/step/schedule.js";
import { type Head, heads } from "../../train/trainable.js";
import { baseName, inputBaseName } from "./command-line.js";
import { type ModelOptions, withModelOptions } from "./model-options.js";
import { numberFor, numberFrom, numberTextFor } from "./numbers.js";

export interface TrainFlags extends ModelOptions {
  readonly net?: string;
  readonly backbone?: string;
  readonly features?: string;
  readonly unfreeze?: number;
  readonly out?: string;
  readonly epochs?: number;
  readonly batch?: number;
  readonly optimizer?: string;
  readonly schedule?: string;
  readonly rate?: number;
  readonly weightDecay?: number;
  readonly smoothing?: number;
  readonly augment?: string;
  readonly head?: Head;
  readonly balance?: Balance;
  readonly validation?: number;
  readonly seed: number;
  readonly splitSeed?: string;
  readonly cache?: string;
  readonly resume?: boolean;
  readonly restart?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function withTrainOptions(command: Command): Command {
  const general = command
    .option("--net <name>", "the network to train from scratch (default: compact for digits, photo for photos)")
    .option("-o, --out <file>", "the ONNX file to write (default DATA-NET.onnx)")
    .option("--epochs <n>", "passes over the training images", numberFor("--epochs"))
    .option("--batch <n>", "images per step", numberFor("--batch"))
    .addOption(new Option("--optimizer <name>", "how steps are made").choices(optimizers.map(({ name }) => name)))
    .addOption(new Option("--schedule <name>", "how the rate changes").choices(Object.keys(schedules)))
    .option("--rate <x>", "peak learning rate", numberFor("--rate"))
    .option("--weight-decay <x>", "decoupled weight decay", numberFor("--weight-decay"))
    .option("--smoothing <x>", "label smoothing", numberFor("--smoothing"))
    .option(
      "--augment <strength>",
      "none, light, or a factor on light: digits are shifted, turned, scaled, sheared and bent; photos mirrored, turned, cropped, recoloured and partly hidden",
      (text: string) => (text === "none" || text === "light" ? text : numberTextFor("--augment")(text)),
    )
    .addOption(new Option("--head <kind>", "one score for each class, or one for two classes").choices([...heads]))
    .addOption(
      new Option(
        "--balance <how>",
        "classes of different size: weigh them in the loss, or draw them equally often",
      ).choices([...balances]),
    )
    .option(
      "--validation <share>",
      "share of the training images to measure each epoch on, not to learn from (default 0.05; of photos 0.15, where none are set apart)",
      numberFor("--validation"),
    )
    .option("--seed <n>", "decides weights, order and distortions", numberFor("--seed"), 1)
    .option("--resume", "go on from the checkpoint of an unfinished training")
    .option("--restart", "begin again although there is a checkpoint")
    .option("--json", "print machine-readable output")
    .option("--backbone <model>", "photos: start from this trained network, whose last layer is replaced")
    .option("--features <name>", "the backbone's value that the new layer reads (default: what its last layer read)")
    .option(
      "--unfreeze <n>",
      "also train the backbone's last n stages, as `fovea inspect` numbers them",
      numberFor("--unfreeze"),
    )
    .option("--split-seed <seed>", "what photos without splits are split by (default 1)")
    .option("--cache <folder>", "where features and pixels of photos are kept (default: the user's cache)");
  return withModelOptions(general);
}

/** The changes that the flags make to a recipe; `light` is the augmentation of strength 1. */
export function settingsChanges(flags: TrainFlags, light: Augmentation): SettingsChanges {
  return {
    seed: flags.seed,
    epochs: flags.epochs,
    batchSize: flags.batch,
    optimizer: flags.optimizer,
    schedule: flags.schedule,
    learningRate: flags.rate,
    weightDecay: flags.weightDecay,
    labelSmoothing: flags.smoothing,
    augmentation: augmentation(flags.augment, light),
    head: flags.head,
    balance: flags.balance,
  };
}

/**
 * The command for the metadata: the flags that differ from the recipe, as they were written, but for folders and what does not
 * decide about the network. Two trainings into different folders give the same file.
 */
export function trainCommandLine(data: string, flags: TrainFlags): string {
  const { out, cache, resume, restart, json, quiet, isolate, timeLimit, memoryLimit, ...deciding } = flags;
  const { seed, backbone, labels, input, ...rest } = deciding;
  const files = {
    backbone: backbone && baseName(backbone),
    labels: labels && baseName(labels),
    input: input?.map(inputBaseName),
  };
  const choices = Object.entries({ ...rest, ...files, seed }).filter(([, value]) => value !== undefined);
  const options = choices.flatMap(([name, value]) => [value].flat().map((each) => `--${dashed(name)} ${each}`));
  return ["fovea train", baseName(data), ...options].join(" ");
}

/** `splitSeed` as `split-seed`. */
function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** @throws FoveaError `bad-input` where a flag that needs photos, or a backbone, is given without */
export function checkFlags(flags: TrainFlags, data: string, photos: boolean): void {
  const refuse = (names: readonly (keyof TrainFlags)[], expected: string, got: string) => {
    const name = names.find((each) => flags[each] !== undefined);
    if (name === undefined) return;
    throw new FoveaError("bad-input", `--${dashed(name)}: expected ${expected}, got ${got}`);
  };
  const forBackbone = ["labels", "mean", "std", "scale", "channels", "input", "output"] as const;
  if (!photos) {
    const forPhotos = [
      "backbone",
      "features",
      "unfreeze",
      "splitSeed",
      "cache",
      "size",
      "crop",
      ...forBackbone,
    ] as const;
    refuse(forPhotos, "a folder or a list of photos to train on", data);
  } else if (flags.backbone === undefined) {
    refuse(["features", "unfreeze", ...forBackbone], "--backbone with it", "a network from scratch");
  } else {
    refuse(["net"], "a network from scratch, or --backbone", "both");
    if (!flags.unfreeze && flags.augment !== undefined && flags.augment !== "none") {
      refuse(["augment"], "--unfreeze with it, since the features of a frozen network are computed once", "none");
    }
  }
}

function augmentation(text: string | undefined, light: Augmentation) {
  if (text === undefined) return undefined;
  if (text === "none") return null;
  return scaleAugmentation(light, text === "light" ? 1 : numberFrom("--augment", text));
}
