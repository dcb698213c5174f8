/** @file The completion scripts by shell. */

import type { Command } from "commander";
import { methodsAndVariants } from "../../explain/methods/index.js";
import { colormapNames } from "../../image/map/colormap-names.js";
import { imageFormats } from "../../image/picture/image-file.js";
import { baselineNames } from "../../model/input/baseline-names.js";
import { bashScript } from "./bash.js";
import { fishScript } from "./fish.js";
import type { Shell } from "./shells.js";
import { type CompletedCommand, completionTree, type KnownValues } from "./tree.js";
import { zshScript } from "./zsh.js";

const scripts: Readonly<Record<Shell, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** Values of options that are one of a list; where commands differ, all of them. */
const knownValues: KnownValues = {
  "--method": [...methodsAndVariants.map(({ name }) => name), "all", "list"],
  "--colormap": [...colormapNames, "list"],
  "--format": [...imageFormats, "svg"],
  "--channels": ["rgb", "bgr"],
  "--baseline": baselineNames,
  "--fuse": ["normalised", "mean", "max"],
  "--split": ["train", "validation", "test", "all"],
};

/** @param program with all its commands */
export function completionScript(shell: Shell, program: Command): string {
  return scripts[shell](completionTree(program, knownValues));
}
