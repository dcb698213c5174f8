/** @file The completion scripts by shell. */

import { methods } from "../../explain/methods/index.js";
import { colormapNames } from "../../image/map/colormap.js";
import { imageFormats } from "../../image/picture/image-file.js";
import { bashScript } from "./bash.js";
import { fishScript } from "./fish.js";
import type { CompletedCommand, KnownValues } from "./tree.js";
import { zshScript } from "./zsh.js";

export const scripts: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** Values of options that are one of a list; where commands differ, all of them. */
export const knownValues: KnownValues = {
  "--method": [...methods.map(({ name }) => name), "all", "list"],
  "--colormap": [...colormapNames, "list"],
  "--format": [...imageFormats, "svg"],
  "--channels": ["rgb", "bgr"],
  "--fuse": ["normalised", "mean", "max"],
  "--split": ["train", "validation", "test", "all"],
};
