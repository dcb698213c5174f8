/** @file Options that may be given several times, and that of groups of classes. */

import type { Command } from "commander";

/** For options that may be given several times: the values so far and another one. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

/** Groups of classes, as the options of commands that measure on photos. */
export interface GroupFlags {
  readonly group: readonly string[];
}

export function withGroupOption(command: Command): Command {
  return command.option(
    "--group <name=classes>",
    "take classes of the model for one, by index, range or name: dogs=151-268,dingo; may be given several times",
    collect,
    [],
  );
}
