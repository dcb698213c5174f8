/** @file Options of how maps are made and shown, whatever the method. */

import type { Command } from "commander";
import type { ExplainerOptions, Fusion } from "../../explain/options.js";
import type { EmphasisOptions } from "../../image/map/emphasis.js";
import { numberFor } from "./numbers.js";

export interface MapFlags {
  readonly layer: string;
  readonly fuse?: string;
  readonly augment?: boolean;
  readonly eigenSmooth?: boolean;
  readonly signed?: boolean;
  readonly threshold?: number;
  readonly percentile?: number;
}

export function withMapOptions(command: Command): Command {
  return command
    .option("--fuse <how>", "fuse the maps of several layers (--layer a,b,c): normalised, mean or max")
    .option("--augment", "the mean over mirrored, brighter and darker versions of the image (six runs)")
    .option("--eigen-smooth", "the first principal component of the channels' parts of the map instead of their sum")
    .option("--signed", "show what speaks against the class, too")
    .option(
      "--threshold <share>",
      "show values below this share of the peak as nothing, e.g. 0.15",
      numberFor("--threshold"),
    )
    .option(
      "--percentile <p>",
      "let the colour scale end at this percentile of the values, e.g. 99",
      numberFor("--percentile"),
    );
}

/** Options of the explainer; several layers take the place of the one. */
export function mapOptions({ layer, fuse, augment = false, eigenSmooth = false }: MapFlags) {
  const layers = fuse === undefined ? undefined : layer.split(",").map((name) => name.trim());
  const fusion = fuse as Fusion | undefined;
  return { layers, fusion, augment, eigenSmooth } satisfies Partial<ExplainerOptions>;
}

/** Options of the pictures. */
export function emphasisOptions({ signed = false, threshold, percentile }: MapFlags): EmphasisOptions {
  return { signed, threshold, percentile };
}
