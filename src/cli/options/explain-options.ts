/** @file The options of `fovea explain`. */

import { type Command, Option } from "commander";
import type { Window } from "../inputs/grids/grid-values.js";
import { collect } from "./class-option.js";
import { type MapFlags, withMapOptions } from "./map-options.js";
import {
  type LayerFlags,
  type ModelOptions,
  withLayerOptions,
  withMethodOption,
  withModelOptions,
} from "./model-options.js";
import { numberFor, numberFrom, numbersFrom, wrongValue } from "./numbers.js";
import { withPartOption } from "./shard-option.js";
import { type TargetFlags, withTargetOptions } from "./target-options.js";

export interface ExplainFlags extends ModelOptions, LayerFlags, MapFlags, TargetFlags {
  readonly shard?: string;
  /** Where a row for each picture is written, in the place of pictures that nobody asks for. Default none is. */
  readonly table?: string;
  readonly model?: string;
  readonly method: string;
  /** The user has named the method. Default false. */
  readonly methodGiven?: boolean;
  readonly class: readonly string[];
  readonly against?: boolean;
  readonly components?: boolean;
  readonly box?: readonly number[];
  readonly conf?: number;
  readonly iou?: number;
  readonly topChannels?: number;
  readonly samples?: number;
  /** A name, or images. */
  readonly baseline?: string;
  readonly noise?: number;
  readonly superpixels?: number;
  readonly seed?: number;
  readonly colormap?: string;
  readonly overlay?: boolean;
  readonly heatmap?: boolean;
  readonly raw?: boolean;
  readonly out?: string;
  readonly format?: string;
  readonly skipExisting?: boolean;
  readonly batch: number;
  readonly top: number;
  readonly json?: boolean;
  readonly jsonl?: boolean;
  readonly check?: boolean;
  readonly trust?: boolean;
  /** Compare families of methods. Default of one picture where that is cheap. */
  readonly agreement?: boolean;
  readonly showSteps?: boolean;
  readonly stepsTo?: string;
  readonly window?: Window;
  readonly series?: number;
}

export function withExplainOptions(command: Command): Command {
  const general = command
    .option("-m, --model <file>", "the model, also hf:owner/name, where it does not stand among the inputs")
    .addOption(
      new Option(
        "--class <class>",
        "explain this class: a label or a unique part of it, an index, predicted, or top-3 for the three best; several with commas, or given several times",
      )
        .argParser(collect)
        .default([], "predicted"),
    )
    .option("--against", "explain what speaks against the class (the gradient is negated)")
    .option(
      "--components",
      "show which places are alike for the network: three principal components of a layer as colours (of embeddings the default)",
    )
    .option(
      "--top-channels <k>",
      "of methods that run the network for each channel: look only at the k most active ones",
      numberFor("--top-channels"),
    )
    .option("--samples <n>", "how many samples or steps, of methods that take some", numberFor("--samples"))
    .addOption(
      new Option(
        "--baseline <name or images>",
        "where methods start from that go from baselines to the image (zero, black, white, blur, several of these, or the images of a folder), or what superpixels are hidden by (also mean)",
      ).default(undefined, "as the method says"),
    )
    .option(
      "--superpixels <n>",
      "of methods that mask superpixels: about how many (default: 50)",
      numberFor("--superpixels"),
    )
    .option(
      "--noise <share>",
      "of methods that put noise on the image: how much, as a share of the range of its values (default: as the method says)",
      numberFor("--noise"),
    )
    .option("--seed <n>", "of random numbers, for methods that draw some (default: 1)", numberFor("--seed"));
  const map = withMapOptions(withMethodOption(withOutput(general).optionsGroup("The map:")));
  const layer = withLayerOptions(map);
  const targets = withTargetOptions(layer.optionsGroup("What is explained in the place of a class's score:"));
  const boxes = withBoxOptions(targets.optionsGroup("Boxes of a detector:"));
  return withModelOptions(withVolumeOptions(boxes.optionsGroup("Volumes of medical files:")));
}

function withVolumeOptions(command: Command): Command {
  return command
    .option(
      "--window <center,width>",
      "the values that become 0 to 1, such as 40,400 for soft tissue; others are cut off (default: all as they are stored)",
      windowFrom,
    )
    .option(
      "--series <n>",
      "which series of a DICOM folder that holds several, the largest first",
      numberFor("--series"),
    );
}

/** @throws FoveaError `bad-input` */
function windowFrom(text: string): Window {
  const [center, width, ...others] = numbersFrom("--window", text);
  if (center === undefined || width === undefined || others.length > 0 || width <= 0)
    throw wrongValue("--window", "a center and a width above 0, such as 40,400", text);
  return { center, width };
}

/** The numbers of boxes so far and further ones, with commas between. @throws FoveaError `bad-input` */
function collectBoxes(text: string, previous: readonly number[] = []): readonly number[] {
  return [...previous, ...text.split(",").map((part) => numberFrom("--box", part.trim()))];
}

function withBoxOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--box <number>", "explain this box of the list, e.g. 3; several with commas, or given several times")
        .argParser(collectBoxes)
        .default(undefined, "the ten surest"),
    )
    .option("--conf <score>", "leave out boxes with a lower score (default: 0.25)", numberFor("--conf"))
    .option(
      "--iou <share>",
      "of two boxes of a class that overlap by more, leave out the less sure one (default: 0.45)",
      numberFor("--iou"),
    );
}

function withOutput(command: Command): Command {
  return withPartOption(command)
    .optionsGroup("What is written, and where:")
    .option("--overlay", "write the heat map over the picture, at the picture's own size, instead of the figure")
    .option(
      "--heatmap",
      "write the heat map alone, at the picture's own size, instead of the figure; of signals and volumes as .npy",
    )
    .option(
      "--raw",
      "write the raw maps as .npy, float32 [N, classes, ...], with the axes of the layer, and of a picture as .json, of a medical volume as .nii.gz, instead of the figure",
    )
    .option("--colormap <name>", "colours of the map; list describes them", "inferno")
    .option(
      "-o, --out <path>",
      "where to write: a file, a folder for several inputs, - for standard output, or a table of a row for each picture as .parquet; with a shard the part as well (default: beside the input; of a part parts)",
    )
    .option("--format <format>", "png, jpg, webp, or svg for figures (default: as --out ends, else png)")
    .option("--skip-existing", "leave out pictures whose results are there")
    .option("--batch <n>", "images per run", numberFor("--batch"), 8)
    .option("--top <k>", "how many classes to print", numberFor("--top"), 3)
    .option("--check", "first prove on the first input that the model is explained rightly (see fovea check)")
    .option("--trust", "also measure whether the network follows the map more than chance (see fovea trust)")
    .option(
      "--agreement",
      "also say how far three families of methods agree, which takes about 75 inferences for a class (the default for one picture and a small network)",
    )
    .option("--no-agreement", "do not")
    .option("--show-steps", "print Grad-CAM of one image in its five steps, with the numbers of each")
    .option("--steps-to <folder>", "write the arrays of these steps into a folder, as .npy")
    .option("--json", "print machine-readable output in the end")
    .option("--jsonl", "print machine-readable output as it comes, a line for each picture");
}
