/** @file `fovea compile`: a model file that explains itself. */

import { existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { compileExplanation } from "../../explain/compile.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { FoveaError } from "../../foundation/error.js";
import { chooseLayer } from "../../model/layers/choose-layer.js";
import { type ChosenLayer, describeLayer } from "../../model/layers/layer.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { runInputs } from "../../onnx/graph.js";
import { printType } from "../../onnx/print.js";
import { writeModel } from "../../onnx/write.js";
import { modelAt } from "../inputs/models.js";
import {
  type LayerFlags,
  layerOptions,
  loadOptions,
  type ModelOptions,
  withLayerOptions,
  withMethodOption,
  withModelOptions,
} from "../options/model-options.js";
import { print, runCommand } from "../terminal/console.js";

interface CompileCommandOptions extends ModelOptions, LayerFlags {
  readonly out: string;
  readonly method: string;
  readonly classes: number | "all";
  readonly choose?: boolean;
  readonly image?: boolean;
}

export function compileCommand(): Command {
  const command = new Command("compile")
    .description("Write an ONNX file that gives scores and heat maps together, in any onnxruntime.")
    .argument("<model>", "an ONNX or Keras file")
    .requiredOption("--out <file>", "where to write")
    .option("--classes <k>", "explain the k classes with the highest scores, or all", classCount, 1)
    .option("--choose", "add an input, class: which classes to explain, by index, -1 for the next highest")
    .option("--image", "take raw photos, uint8 [N, H, W, 3] in RGB order, and do the preprocessing inside");
  return withModelOptions(withLayerOptions(withMethodOption(command)))
    .addHelpText(
      "after",
      "\nBesides the model's own outputs the file has\n" +
        "  heatmap          float32 [N, k, h, w], 0 to 1, at the size of the network's input; with --image at that of the photo,\n" +
        "                   placed where the network looked\n" +
        "  heatmap_classes  int64 [N, k], the classes explained\n" +
        "and in its metadata the class names and the preprocessing. How to serve it: docs/serving.md.\n\n" +
        "Examples:\n  fovea compile resnet50.onnx --out explained.onnx --image\n" +
        "  fovea compile resnet50.onnx --out explained.onnx --classes 3 --layer -2\n" +
        "  fovea compile caffe.onnx --out explained.onnx --image --scale 1 --mean 104,117,123 --std 1 --channels bgr",
    )
    .action((path: string, options: CompileCommandOptions) =>
      runCommand(async () => {
        if (isSameFile(path, options.out)) {
          throw new FoveaError("bad-input", `--out: expected another file than the model, got ${options.out}`);
        }
        const { model } = await modelAt(path, await loadOptions(options));
        const { method, classes, choose = false, image = false } = options;
        const chosen = layerOptions(options);
        const graph = compileExplanation(model, { method, classes, choose, image, ...chosen });
        await writeFileAtomically(options.out, writeModel(graph));
        for (const { name, type, dims } of runInputs(graph)) print(`input   ${name} : ${printType(type, dims)}`);
        for (const { name, type, dims } of graph.outputs) print(`output  ${name} : ${printType(type, dims)}`);
        print(layerLine(chooseLayer(model, chosen.layer, chosen)));
        if (image) print(`photos  ${preprocessingOf(model).origin}`);
        print(`wrote ${options.out}`);
      }),
    );
}

function layerLine(layer: ChosenLayer): string {
  return `layer   ${layer.name} (${describeLayer(layer)}): ${layer.reason}`;
}

/** A number, or `all`; what is neither is refused by `compileExplanation`. */
function classCount(text: string): number | "all" {
  return /^\d+$/.test(text) ? Number(text) : (text as "all");
}

function isSameFile(path: string, other: string): boolean {
  const real = (file: string) => (existsSync(file) ? realpathSync(file) : resolve(file));
  return real(path) === real(other);
}
