/** @file Options that commands share: preprocessing and classes that a model does not state, and the layer and method that explain it. */

import { type Command, Option } from "commander";
import type { LoadModelOptions } from "../../explain/loaded-model.js";
import { defaultMethod } from "../../explain/method.js";
import type { Preprocessing } from "../../image/input/preprocessing.js";
import type { GridOptions } from "../../model/layers/layout.js";
import { presetNamed, presets } from "../../model/preprocessing/presets.js";
import { type TaskName, taskNames } from "../../model/tasks/found-task.js";
import type { Tensor } from "../../onnx/tensor.js";
import { collect } from "./class-option.js";
import { baseName } from "./command-line.js";
import { type DeviceFlags, type DeviceHelp, withDevice } from "./device-option.js";
import { type IsolationFlags, withIsolation } from "./isolation-options.js";
import { gridFrom, numberFor, numberFrom, numbersFrom, sizeFrom, wrongValue } from "./numbers.js";
import { type TextFlags, textsFrom, withTextOptions } from "./text-options.js";

export interface ModelOptions extends DeviceFlags, IsolationFlags, TextFlags {
  readonly labels?: string;
  readonly preprocess?: string;
  readonly size?: string;
  readonly crop?: string;
  readonly mean?: string;
  readonly std?: string;
  readonly scale?: string;
  readonly channels?: string;
  readonly input?: readonly string[];
  readonly output?: string;
  readonly task?: TaskName;
}

/** How the tokens of a transformer lie on the picture, where that is not recognised. */
export interface GridFlags {
  readonly grid?: string;
  readonly skipTokens?: number;
}

export interface LayerFlags extends GridFlags {
  readonly layer: string;
}

export function withLayerOptions(command: Command): Command {
  const layers = "a layer's name or a unique part of it, -1, -2 ... for the last stages, or auto, the last feature map";
  return withGridOptions(command.option("--layer <name>", layers, "auto"));
}

export function withMethodOption(command: Command): Command {
  return command.option(
    "--method <name>",
    "how the map is made; `fovea explain --method list` lists them",
    defaultMethod,
  );
}

/** @throws FoveaError `bad-input` */
export function layerOptions({ layer, ...flags }: LayerFlags): GridOptions & { readonly layer: string } {
  return { layer, ...gridOptions(flags) };
}

export function withGridOptions(command: Command): Command {
  return command
    .option(
      "--grid <HxW>",
      "rows and columns of a transformer's tokens, where they are not recognised; of clips and volumes TxHxW, of signals 1xL",
    )
    .option(
      "--skip-tokens <k>",
      "tokens that stand before those of the grid (class token, registers)",
      numberFor("--skip-tokens"),
    );
}

/** @throws FoveaError `bad-input` */
export function gridOptions({ grid, skipTokens }: GridFlags): GridOptions {
  return {
    ...(grid === undefined ? {} : { grid: gridFrom("--grid", grid) }),
    ...(skipTokens === undefined ? {} : { skipTokens }),
  };
}

/** The heading of options that belong to no other group. */
export const generalOptions = "Options:";
const modelGroup = "What the model takes, where its file does not say:";

/**
 * Adds the options of a model that is opened, of the device and of the process that it runs in.
 * @param devices of `--device`, where the command goes through several
 */
export function withModelOptions(command: Command, devices?: DeviceHelp): Command {
  return withIsolation(withServedModelOptions(withDevice(command, devices)), generalOptions);
}

/** Adds the options of a model that others open. */
export function withServedModelOptions(command: Command): Command {
  return withTextOptions(withSettings(command))
    .optionsGroup(modelGroup)
    .option("--input <name=file>", "an input besides the image, as a .npy array; may be given several times", collect)
    .option("--output <name>", "the output with the class scores, where a model has several")
    .addOption(
      new Option("--task <name>", "what the model is for").choices(taskNames).default(undefined, "as its outputs look"),
    )
    .optionsGroup(generalOptions);
}

/** Adds the options of class names and preprocessing to a command. */
export function withSettings(command: Command): Command {
  return command
    .optionsGroup(modelGroup)
    .option("--labels <file>", "class names: one per line, or CSV, JSON, YAML, a Python dict, a label map")
    .option("--preprocess <name>", `how pixels become numbers: ${presets.map(({ name }) => name).join(", ")}`)
    .option("--size <size>", "the model's input size, HxW or one number, where the model leaves it open")
    .option("--crop <how>", "share of the shorter side that is kept, e.g. 0.875; `none` stretches; `letterbox` pads")
    .option("--mean <values>", "what is subtracted, per channel, after scaling, e.g. 0.485,0.456,0.406")
    .option("--std <values>", "what is then divided by, per channel")
    .option("--scale <factor>", "factor on the pixel values 0 to 255, e.g. 1/255 or 1")
    .option("--channels <order>", "rgb or bgr")
    .optionsGroup(generalOptions);
}

/** @throws FoveaError `bad-input` */
export async function loadOptions(options: ModelOptions): Promise<LoadModelOptions> {
  const { labels, input = [], output, task } = options;
  const preprocessing = preprocessingFrom(options);
  const inputs = Object.fromEntries(await Promise.all(input.map(inputFrom)));
  const texts = await textsFrom(options);
  return { labels, inputs, output, task, texts, ...(Object.keys(preprocessing).length > 0 ? { preprocessing } : {}) };
}

/**
 * The parts that the flags say: a preset, and over it those that say a part themselves.
 * @throws FoveaError `bad-input`
 */
export function preprocessingFrom(options: ModelOptions): Partial<Preprocessing> {
  const { preprocess, size, crop, mean, std, scale, channels } = options;
  return {
    ...(preprocess === undefined ? {} : presetNamed(preprocess, "--preprocess").parts),
    ...(size === undefined ? {} : sizeFrom("--size", size)),
    ...(crop === undefined ? {} : cropFrom(crop)),
    ...(mean === undefined ? {} : { mean: numbersFrom("--mean", mean) }),
    ...(std === undefined ? {} : { std: numbersFrom("--std", std) }),
    ...(scale === undefined ? {} : { scale: numberFrom("--scale", scale) }),
    ...(channels === undefined ? {} : { order: orderFrom(channels) }),
  };
}

async function inputFrom(text: string): Promise<[string, Tensor]> {
  const [, name, path] = /^(.+?)=(.+)$/.exec(text) ?? [];
  if (name === undefined || path === undefined) throw wrongValue("--input", "NAME=FILE.npy", text);
  const { readNpyFile } = await import("../inputs/read-input.js");
  return [name, await readNpyFile(path)];
}

function cropFrom(text: string): Partial<Preprocessing> {
  if (text === "none") return { fit: "stretch" };
  if (text === "letterbox") return { fit: "letterbox" };
  return { fit: "crop", cropFraction: numberFrom("--crop", text) };
}

function orderFrom(text: string): "rgb" | "bgr" {
  if (text === "rgb" || text === "bgr") return text;
  throw wrongValue("--channels", "rgb or bgr", text);
}

/** Options whose values stand in the command as they were given. */
const asGiven = ["preprocess", "size", "crop", "mean", "std", "scale", "channels", "output", "task", "grid"] as const;

/** The options of a model as they stand in a command that is given away, without folders: `--labels names.txt`, `--size 224`. */
export function modelCommandLine(flags: ModelOptions & GridFlags): string[] {
  const { labels, skipTokens } = flags;
  return [
    ...(labels === undefined ? [] : [`--labels ${baseName(labels)}`]),
    ...asGiven.flatMap((name) => (flags[name] === undefined ? [] : [`--${name} ${flags[name]}`])),
    ...(skipTokens === undefined ? [] : [`--skip-tokens ${skipTokens}`]),
  ];
}
