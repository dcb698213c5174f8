/** @file `fovea compile`: a model file that explains itself. */

import { Command } from "commander";
import { writeFileAtomically } from "../../data/index.js";
import { compileExplanation } from "../../explain/index.js";
import { printType, runInputs, writeModel } from "../../onnx/index.js";
import { print, runCommand } from "../console.js";
import {
  type LayerFlags,
  layerOptions,
  loadOptions,
  type ModelOptions,
  withLayerOptions,
  withMethodOption,
  withModelOptions,
} from "../model-options.js";
import { modelAt } from "../models.js";

interface CompileCommandOptions extends ModelOptions, LayerFlags {
  readonly out: string;
  readonly method: string;
  readonly classes: number;
  readonly image?: boolean;
}

export function compileCommand(): Command {
  const command = new Command("compile")
    .description("Write an ONNX file that gives scores and heat maps together, in any onnxruntime.")
    .argument("<model>", "an ONNX file")
    .requiredOption("--out <file>", "where to write")
    .option("--classes <k>", "explain the k classes with the highest scores", Number, 1)
    .option("--image", "take raw pictures, uint8 [N, H, W, 3], and do the preprocessing inside");
  return withModelOptions(withLayerOptions(withMethodOption(command)))
    .addHelpText(
      "after",
      "\nThe file has the model's own outputs, heatmap [N, k, h, w] from 0 to 1 at the size of the network's input, and\n" +
        "heatmap_classes [N, k].\n\nExamples:\n  fovea compile resnet50.onnx --out explained.onnx --classes 3\n" +
        "  fovea compile resnet50.onnx --out explained.onnx --image",
    )
    .action((path: string, options: CompileCommandOptions) =>
      runCommand(async () => {
        const { model } = await modelAt(path, await loadOptions(options));
        const { method, classes, image = false } = options;
        const graph = compileExplanation(model, { method, classes, image, ...layerOptions(options) });
        await writeFileAtomically(options.out, writeModel(graph));
        for (const { name, type, dims } of runInputs(graph)) print(`input   ${name} : ${printType(type, dims)}`);
        for (const { name, type, dims } of graph.outputs) print(`output  ${name} : ${printType(type, dims)}`);
        print(`wrote ${options.out}`);
      }),
    );
}
