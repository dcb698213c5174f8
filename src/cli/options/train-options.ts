/** @file The options of `fovea train`, and the settings that they make. */

import type { Command } from "commander";
import { Option } from "commander";
import { FoveaError } from "../../foundation/error.js";
import { type Balance, balances } from "../../train/step/balance.js";
import { optimizers } from "../../train/step/optimizer.js";
import { schedules } from "../../train/step/schedule.js";
import { type Head, heads } from "../../train/trainable.js";
import { baseName, inputBaseName } from "./command-line.js";
import { type ModelOptions, withModelOptions } from "./model-options.js";
import { numberFor, numberTextFor } from "./numbers.js";

export interface TrainFlags extends ModelOptions {
  readonly net?: string;
  readonly backbone?: string;
  readonly features?: string;
  readonly unfreeze?: number;
  readonly out?: string;
  readonly epochs?: number;
  readonly batch?: number;
  readonly count?: number;
  readonly optimizer?: string;
  readonly schedule?: string;
  readonly rate?: number;
  readonly weightDecay?: number;
  readonly smoothing?: number;
  readonly augment?: string;
  readonly head?: Head;
  readonly balance?: Balance;
  readonly groups?: string;
  readonly exchange?: readonly string[];
  readonly energyLoss?: "boxes";
  readonly energyWeight?: number;
  readonly lastLayer?: "groups";
  readonly adversarial?: number;
  readonly attackSteps?: number;
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
    .option(
      "--net <name>",
      "the network to train from scratch (default: compact for digits, photo for photos, detect for scenes)",
    )
    .option("-o, --out <file>", "the ONNX file to write (default DATA-NET.onnx)")
    .option("--epochs <n>", "passes over the training images", numberFor("--epochs"))
    .option("--batch <n>", "images per step", numberFor("--batch"))
    .option("--count <n>", "scenes: how many are drawn to learn from (default 16000)", numberFor("--count"))
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
        "classes of different size: weigh them in the loss, or draw them equally often; groups: weigh those of --groups",
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
  return withModelOptions(withRepairOptions(general));
}

/** Options against what a network should not go by. */
function withRepairOptions(command: Command): Command {
  return command
    .option(
      "--groups <list>",
      "a .csv that names a group for each image: list.csv, or list.csv:COLUMN (default column group)",
    )
    .option(
      "--exchange <what>",
      "exchange at random between training images: a picture whose light places are the region, or tint; repeatable",
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .addOption(
      new Option("--energy-loss <where>", "ask for evidence inside the objects' boxes (Rao et al. 2023)").choices([
        "boxes",
      ]),
    )
    .option("--energy-weight <x>", "weight of the energy loss (default 1)", numberFor("--energy-weight"))
    .addOption(
      new Option(
        "--last-layer <how>",
        "train the backbone's last layer alone, on as many images of each group of --groups (Kirichenko et al. 2023)",
      ).choices(["groups"]),
    )
    .option(
      "--adversarial <eps>",
      "learn from images under attack, each pixel moved by at most eps of its range (Madry et al. 2018)",
      numberFor("--adversarial"),
    )
    .option("--attack-steps <n>", "steps of each attack (default 10)", numberFor("--attack-steps"));
}

/**
 * The command for the metadata: the flags that differ from the recipe, as they were written, but for folders and what does not
 * decide about the network. Two trainings into different folders give the same file.
 */
export function trainCommandLine(data: string, flags: TrainFlags): string {
  const { out, cache, resume, restart, json, quiet, device, isolate, timeLimit, memoryLimit, ...deciding } = flags;
  const { seed, backbone, labels, input, groups, exchange, ...rest } = deciding;
  const files = {
    groups: groups && baseName(groups),
    exchange: exchange?.map((each) => (each === "tint" ? each : baseName(each))),
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
  checkTogether(flags, refuse);
  refuse(["count"], "scenes, which are drawn", data);
  if (!photos) {
    const forPhotos = [
      "lastLayer",
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
    refuse(["features", "unfreeze", "lastLayer", ...forBackbone], "--backbone with it", "a network from scratch");
  } else {
    refuse(["net"], "a network from scratch, or --backbone", "both");
    if (!flags.unfreeze && flags.augment !== undefined && flags.augment !== "none") {
      refuse(["augment"], "--unfreeze with it, since the features of a frozen network are computed once", "none");
    }
    if (!flags.unfreeze)
      refuse(["energyLoss", "adversarial"], "--unfreeze with it, since a frozen network stays", "none");
    if (flags.unfreeze) refuse(["lastLayer"], "the last layer alone", "--unfreeze as well");
  }
}

/** @throws FoveaError `bad-input` for a flag that says nothing about a network for scenes */
export function checkSceneFlags(flags: TrainFlags): void {
  const { net, out, epochs, batch, count, optimizer, schedule, rate, weightDecay, seed, ...others } = flags;
  const { resume, restart, json, quiet, device, isolate, timeLimit, memoryLimit, ...unknown } = others;
  const [name] = Object.entries(unknown).find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  throw new FoveaError("bad-input", `--${dashed(name)}: expected data with a class for each image, got scenes`);
}

type Refuse = (names: readonly (keyof TrainFlags)[], expected: string, got: string) => void;

/** Options that say something only with others. */
function checkTogether(flags: TrainFlags, refuse: Refuse): void {
  const usesGroups = flags.balance === "groups" || flags.lastLayer !== undefined;
  if (!usesGroups) refuse(["groups"], "--balance groups or --last-layer groups with it", "neither");
  if (usesGroups && flags.groups === undefined) {
    refuse(["lastLayer", "balance"], "--groups with a list of the images' groups", "none");
  }
  if (flags.energyLoss === undefined) refuse(["energyWeight"], "--energy-loss boxes with it", "none");
  if (flags.adversarial === undefined) refuse(["attackSteps"], "--adversarial with it", "none");
  if (flags.lastLayer !== undefined) refuse(["exchange"], "one of --exchange and --last-layer", "both");
  if (flags.adversarial !== undefined) refuse(["energyLoss"], "one of --adversarial and --energy-loss", "both");
}
