/** @file `fovea check`: whether a model is explained rightly, by two proofs. */

import { Command } from "commander";
import { checkModel, type ModelCheck, type Proof } from "../../explain/prove/check-model.js";
import { naming } from "../../foundation/error.js";
import { layerSize } from "../../model/layers/layer.js";
import { untouchedModel } from "../../model/node.js";
import { modelAt } from "../inputs/models.js";
import {
  type LayerFlags,
  layerOptions,
  loadOptions,
  type ModelOptions,
  withLayerOptions,
  withModelOptions,
} from "../options/model-options.js";
import { runtime } from "../platform.js";
import { exitCodes, print, printJson, runCommand } from "../terminal/console.js";

interface CheckCommandOptions extends ModelOptions, LayerFlags {
  readonly seed: number;
  readonly json?: boolean;
}

export function checkCommand(): Command {
  const command = new Command("check")
    .description(
      "Prove that a model is explained rightly: its scores are the file's, its gradient the finite difference's.",
    )
    .argument("<model>", "an ONNX or Keras file")
    .option("--seed <n>", "seed of the noise that is the input, and of the directions", Number, 1)
    .option("--json", "print machine-readable output");
  return withModelOptions(withLayerOptions(command))
    .addHelpText("after", "\nExamples:\n  fovea check resnet50.onnx\n  fovea check vit.onnx --layer -1 --json")
    .action((path: string, options: CheckCommandOptions) =>
      runCommand(async () => {
        const { name, model } = await modelAt(path, await loadOptions(options));
        const source = await untouchedModel(path);
        const { seed } = options;
        const checking = { runtime, source, seed, ...layerOptions(options) };
        const check = await naming(path, () => checkModel(model, checking));
        if (options.json) printJson(check);
        else printCheck(name, check);
        return check.passed ? exitCodes.done : exitCodes.partly;
      }),
    );
}

/** The two proofs in words. */
export function printCheck(name: string, { layer, scores, gradient, notes, operators, passed }: ModelCheck): void {
  print(`${name}: ${passed ? "explained rightly" : "NOT explained rightly"}`);
  print(`  layer     ${layer.name} (${layer.op}, ${layerSize(layer)}): ${layer.reason}`);
  print(`  scores    ${describeProof(scores)} from what the file alone gives`);
  if (gradient) {
    print(`  gradient  ${describeProof(gradient.uphill)} from finite differences uphill`);
    print(`            ${describeProof(gradient.anywhere)} along random directions, where they nearly cancel`);
  } else print("  gradient  not compared: it is not the derivative");
  print(`  operators ${operators.map(([op, count]) => (count > 1 ? `${op} x${count}` : op)).join(", ") || "none"}`);
  for (const note of notes) print(`  note      ${note}`);
}

function describeProof({ error, tolerance, passed }: Proof): string {
  return `${passed ? "ok:" : "FAILED:"} ${error.toExponential(1)} (at most ${tolerance.toExponential(0)})`;
}
