/** @file The options of `fovea attack`. */

import { type Command, Option } from "commander";
import { type AttackMethod, attackMethods } from "../../evaluate/attack/attack-methods.js";
import { type LayerFlags, type ModelOptions, withLayerOptions, withModelOptions } from "./model-options.js";
import { numberFor, numberTextFor } from "./numbers.js";

export interface AttackFlags extends ModelOptions, LayerFlags {
  readonly model?: string;
  readonly method: AttackMethod;
  readonly eps: string;
  readonly steps?: number;
  readonly stepSize?: number;
  readonly target?: string;
  readonly seed: string;
  readonly count: number;
  readonly batch?: number;
  readonly out: string;
  readonly figure?: boolean;
  readonly rows: number;
  readonly json?: boolean;
}

export function withAttackOptions(command: Command): Command {
  const general = command
    .option(
      "-m, --model <file>",
      "the model, where it does not stand among the inputs; default the embedded digit model",
    )
    .addOption(new Option("--method <name>", "how the images are perturbed").choices(attackMethods).default("pgd"))
    .option("--eps <size>", "how far a pixel may move, where 0 is black and 1 white", numberTextFor("--eps"), "8/255")
    .option("--steps <n>", "steps of PGD (default: 40)", numberFor("--steps"))
    .option("--step-size <size>", "how far a step of PGD goes (default: 2.5 eps / steps)", numberFor("--step-size"))
    .option("--target <class>", "aim at this class, a label or an index; default: any but the true one")
    .option("--seed <seed>", "of PGD's random start", "1")
    .option("--count <n>", "how many images of a dataset", numberFor("--count"), 200)
    .option("--batch <n>", "images per run (default: 128 of a dataset, 8 pictures)", numberFor("--batch"))
    .option("-o, --out <folder>", "where the attacked images go", "attacked")
    .option("--figure", "also draw the image, the perturbation, and the maps before and after")
    .option("--rows <n>", "how many images to list", numberFor("--rows"), 20)
    .option("--json", "print everything as JSON");
  return withModelOptions(withLayerOptions(general));
}

/** E.g. `PGD, eps 0.3, 40 steps`. */
export function describeAttack({ method, eps, steps = 40 }: AttackFlags): string {
  return method === "fgsm" ? `FGSM, eps ${eps}` : `PGD, eps ${eps}, ${steps} steps`;
}
