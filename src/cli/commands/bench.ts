/** @file `fovea bench`: what explanations of a model cost. */

import { Command } from "commander";
import { measureCost } from "../../explain/prove/cost.js";
import { FoveaError } from "../../foundation/error.js";
import { describeLayer } from "../../model/layers/layer.js";
import { untouchedModel } from "../../model/node.js";
import { modelAt } from "../inputs/models.js";
import {
  type LayerFlags,
  layerOptions,
  loadOptions,
  type ModelOptions,
  wholeNumber,
  withLayerOptions,
  withMethodOption,
  withModelOptions,
} from "../options/model-options.js";
import { runtime } from "../platform.js";
import { note, print, printJson, runCommand, table } from "../terminal/console.js";

interface BenchCommandOptions extends ModelOptions, LayerFlags {
  readonly method: string;
  readonly batch: string;
  readonly pairs: number;
  readonly json?: boolean;
}

export function benchCommand(): Command {
  const command = new Command("bench")
    .description("Measure what an explanation costs: plain inference and explanations of the same images, in turn.")
    .argument("<model>", "an ONNX or Keras file")
    .option("--batch <sizes>", "images per run; several sizes with commas between", "1,8")
    .option("--pairs <n>", "how often both take turns", wholeNumber("--pairs", 3), 15)
    .option("--json", "print machine-readable output");
  return withModelOptions(withLayerOptions(withMethodOption(command)))
    .addHelpText(
      "after",
      "\nMedians, and the quartiles of the ratio; run it on a machine that does nothing else.\n\n" +
        "Examples:\n  fovea bench resnet50.onnx\n  fovea bench resnet50.onnx --layer -2 --batch 1,16,64",
    )
    .action((path: string, options: BenchCommandOptions) => runCommand(() => bench(path, options)));
}

async function bench(path: string, options: BenchCommandOptions): Promise<void> {
  const sizes = options.batch.split(",").map(Number);
  if (!sizes.every((size) => Number.isInteger(size) && size > 0))
    throw new FoveaError("bad-input", `--batch: expected whole numbers from 1 on, got "${options.batch}"`);
  const { name, model } = await modelAt(path, await loadOptions(options));
  const source = await untouchedModel(path);
  const { method, pairs } = options;
  const costs = [];
  for (const batch of sizes) {
    note(`measuring batch ${batch} ...`);
    costs.push(await measureCost(model, { runtime, source, method, batch, pairs, ...layerOptions(options) }));
  }
  if (options.json) return printJson({ model: path, runtime: runtime.name, method, costs });
  const layer = costs[0]?.layer;
  if (layer) {
    print(`${name}: ${method} at layer ${layer.name} (${describeLayer(layer)}), ${runtime.name}`);
  }
  const rows = costs.map(({ batch, first, second, ratio, low, high }) => [
    batch,
    first.toFixed(2),
    second.toFixed(2),
    ratio.toFixed(3),
    `${low.toFixed(3)} to ${high.toFixed(3)}`,
  ]);
  print(table(["batch", "inference ms", "explanation ms", "ratio", "quartiles"], rows));
}
