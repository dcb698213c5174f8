/** @file The options of commands that open models of strangers: child processes, and what these may take. */

import type { Command } from "commander";
import { type ChildLimits, usualLimits } from "../../child/limits.js";
import { numberFor, wrongValue } from "./numbers.js";

export interface IsolationFlags {
  readonly isolate?: boolean;
  readonly timeLimit?: number;
  readonly memoryLimit?: number;
}

const group = "Models and images of strangers:";

/** Adds the options to a command, as a group of its own. @param after the heading of what follows */
export function withIsolation(command: Command, after: string): Command {
  const isolating = command
    .optionsGroup(group)
    .option(
      "--isolate",
      "run the model and decode images in child processes: what crashes them, hangs or eats memory is an error",
    );
  return withLimits(isolating, "; isolates").optionsGroup(after);
}

/** Adds the limits of child processes. @param effect what else they do */
export function withLimits(command: Command, effect = ""): Command {
  const { seconds, bytes } = usualLimits;
  return command
    .option(
      "--time-limit <seconds>",
      `seconds that one run may take in a child process${effect} (default: ${seconds})`,
      numberFor("--time-limit"),
    )
    .option(
      "--memory-limit <size>",
      `memory that a child process may hold, e.g. 500MB or 2GB${effect} (default: ${bytes / 1e9}GB)`,
      (text) => bytesFrom("--memory-limit", text),
    );
}

/** The limits of child processes; undefined where all is computed in this process. */
export function limitsFrom({ isolate, timeLimit, memoryLimit }: IsolationFlags): ChildLimits | undefined {
  const isolates = isolate || timeLimit !== undefined || memoryLimit !== undefined;
  return isolates ? { seconds: timeLimit, bytes: memoryLimit } : undefined;
}

const units = { KB: 1e3, MB: 1e6, GB: 1e9 } as const;

/** A size of memory or of files. @throws FoveaError `bad-input` */
export function bytesFrom(flag: string, text: string): number {
  const [, size, unit = ""] = /^(\d+(?:\.\d+)?)\s*([KMG]B)$/i.exec(text) ?? [];
  const bytes = Number(size) * (units[unit.toUpperCase() as keyof typeof units] ?? Number.NaN);
  if (bytes > 0) return bytes;
  throw wrongValue(flag, "a size such as 500MB or 2GB", text);
}
