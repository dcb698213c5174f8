/** @file The options of `fovea report`, and the command that makes the same report. */

import type { Command } from "commander";
import { defaultMethod } from "../../explain/method.js";
import type { ReportData } from "../../report/report-data.js";
import { type GroupFlags, withGroupOption } from "./class-option.js";
import { baseName } from "./command-line.js";
import { type ModelOptions, modelCommandLine, withMethodOption, withModelOptions } from "./model-options.js";
import { numberFor } from "./numbers.js";
import { type ShardFlags, withShardOption } from "./shard-option.js";

export interface ReportFlags extends ModelOptions, GroupFlags, ShardFlags {
  /** Default `report.html`; of a shard `parts`. */
  readonly out?: string;
  readonly errors: number;
  readonly title?: string;
  readonly layer: string;
  readonly method: string;
  /** Whether the user names a method. Default false. */
  readonly methodGiven?: boolean;
  readonly split?: string;
  readonly seed: string;
  readonly attack?: boolean;
  readonly trust?: boolean;
  readonly labelQueue?: string;
  readonly protocol?: string;
  readonly json?: boolean;
}

export function withReportOptions(command: Command): Command {
  const general = command
    .option("-o, --out <file>", "where to write; with a shard the folder of the parts (default: report.html, parts)")
    .option("--split <split>", "which photos: train, validation, test or all (default: test, or all without one)")
    .option("--seed <seed>", "what photos without splits are split by", "1")
    .option(
      "--errors <n>",
      "how many errors of each model to show; of a detector a sixth of each kind",
      numberFor("--errors"),
      48,
    )
    .option("--title <text>", "title of the report")
    .option("--layer <name>", "layer to explain, in every model", "auto")
    .option("--attack", "also attack your models on up to 200 images, which takes longer (see fovea attack)")
    .option("--trust", "also measure on up to 30 images how far the maps can be trusted (see fovea trust)")
    .option(
      "--label-queue <file>",
      "also write the labels to look at as CSV (path, old, new, verdict), to be filled in",
    )
    .option("--protocol <file>", "also show what fovea improve found, verified, repaired and proved")
    .option("--json", "print the figures as JSON");
  return withModelOptions(withMethodOption(withGroupOption(withShardOption(general))));
}

/** How models and data are called in commands that the report proposes, without folders. */
export function reportNames(args: readonly string[]): NonNullable<ReportData["names"]> {
  return { models: args.slice(0, -1).map(baseName), data: baseName(args.at(-1) ?? "") };
}

/** The command that makes the same report, without folders: reports are given away. */
export function reportCommandLine(args: readonly string[], flags: ReportFlags): string {
  const { out = "report.html", attack, protocol, seed, layer, method, split } = flags;
  const options = [
    ...modelCommandLine(flags),
    ...(split === undefined ? [] : [`--split ${split}`]),
    ...(protocol === undefined ? [] : [`--protocol ${baseName(protocol)}`]),
    ...flags.group.map((group) => `--group "${group}"`),
    ...(seed === "1" ? [] : [`--seed ${seed}`]),
    ...(layer === "auto" ? [] : [`--layer ${layer}`]),
    ...(method === defaultMethod ? [] : [`--method ${method}`]),
    ...(attack ? ["--attack"] : []),
  ];
  return ["fovea report", ...args.map(baseName), ...options, "--out", out === "" ? "" : baseName(out)].join(" ");
}
