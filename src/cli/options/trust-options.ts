/** @file The options of `fovea trust`. */

import type { Command } from "commander";
import { photosInWords } from "../../data/sources/kinds.js";
import { defaultMethod } from "../../explain/method.js";
import type { RowFlags } from "../shards/rows/row-destination.js";
import { collect } from "./class-option.js";
import { type LayerFlags, type ModelOptions, withLayerOptions, withModelOptions } from "./model-options.js";
import { numberFor } from "./numbers.js";
import { rowsOutHelp, withShardOption } from "./shard-option.js";

export interface TrustFlags extends ModelOptions, LayerFlags, RowFlags {
  readonly groundTruth?: string | true;
  readonly methods: string;
  readonly metrics: string;
  readonly sanity?: boolean;
  readonly draws: number;
  readonly class: readonly string[];
  readonly data?: string;
  readonly split?: string;
  readonly count: number;
  readonly seed: string;
  readonly json?: boolean;
  readonly jsonl?: boolean;
}

export function withTrustOptions(command: Command): Command {
  const general = command
    .option(
      "--ground-truth [images]",
      "measure methods on a small network of our own, of which it is known where the evidence lies: on shapes (default) or two-shapes",
    )
    .option("--methods <names>", "methods, separated by commas, or all", defaultMethod)
    .option("--metrics <names>", "metrics, separated by commas, or all", "all")
    .option("--sanity", "also replace the weights by noise and see whether the maps change")
    .option("--draws <n>", "how often --sanity draws that noise", numberFor("--draws"), 5)
    .option(
      "--class <class>",
      "explain this class, a label or an index; with --data PHOTOS=MODEL, several times",
      collect,
      [],
    )
    .option("--data <data>", `photos with boxes: ${photosInWords}`)
    .option("--split <split>", "of --data: train, validation, test or all (default: test, or all without one)")
    .option("--count <n>", "at most so many images", numberFor("--count"), 50)
    .option("--seed <seed>", "of all that is drawn", "1")
    .option("-o, --out <file>", rowsOutHelp)
    .option("--json", "print everything as JSON, the numbers of each image too")
    .option("--jsonl", "print a line of JSON for each image as it comes, and the summary as the last one");
  return withModelOptions(withLayerOptions(withShardOption(general)));
}
