/** @file What a shell completes, read off the command line's own commands and options. */

import type { Command, Option } from "commander";

export interface CompletedOption {
  /** As they are typed, e.g. `-m` and `--model`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** A value follows. */
  readonly takesValue: boolean;
  /** The values that it may have; empty where these are files or anything. */
  readonly values: readonly string[];
}

export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** What its first argument may be, besides files. */
  readonly values: readonly string[];
}

/** Values of options, by their long flag; those of other options are files or anything. */
export type KnownValues = Readonly<Record<string, readonly string[]>>;

/** @param program with all its commands */
export function completionTree(program: Command, known: KnownValues): CompletedCommand[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: firstSentence(command.description()),
    options: [...command.options.map((option) => completedOption(option, known)), help],
    values: command.registeredArguments[0]?.argChoices ?? [],
  }));
}

const help: CompletedOption = {
  flags: ["-h", "--help"],
  description: "display help for command",
  takesValue: false,
  values: [],
};

function completedOption(option: Option, known: KnownValues): CompletedOption {
  const { short, long, description, required, optional, argChoices } = option;
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    description,
    takesValue: required || optional,
    values: argChoices ?? known[long ?? ""] ?? [],
  };
}

function firstSentence(text: string): string {
  return text.replace(/[.:;] .*$|\.$/s, "");
}
