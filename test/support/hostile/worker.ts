/** @file A process that runs commands it is sent, as `fovea` does, one after the other, and answers what they said. */

import type { Command } from "commander";
import { checkCommand } from "../../../src/cli/commands/check.js";
import { dataCommand } from "../../../src/cli/commands/data.js";
import { explainCommand } from "../../../src/cli/commands/explain.js";
import { inspectCommand } from "../../../src/cli/commands/inspect.js";

/** What a command left behind: its exit code and texts, or the error that came through. */
export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly thrown?: string;
}

const commands: Readonly<Record<string, () => Command>> = {
  explain: explainCommand,
  inspect: inspectCommand,
  check: checkCommand,
  data: dataCommand,
};

let [out, err, thrown] = ["", "", undefined as string | undefined];
const failed = (error: unknown) => {
  thrown = error instanceof Error ? (error.stack ?? error.message) : String(error);
};
process.on("uncaughtException", failed);
process.on("unhandledRejection", failed);
process.stdout.write = (text: string | Uint8Array) => {
  out += text;
  return true;
};
process.stderr.write = (text: string | Uint8Array) => {
  err += text;
  return true;
};

process.on("message", async ([name, ...args]: string[]) => {
  [out, err, thrown] = ["", "", undefined];
  process.exitCode = 0;
  try {
    const command = commands[name as string]?.().exitOverride() as Command;
    await command.parseAsync(args, { from: "user" });
  } catch (error) {
    failed(error);
  }
  // Rejections that nobody waits for are reported after the current turn.
  await new Promise((resolve) => setImmediate(resolve));
  process.send?.({ code: Number(process.exitCode), out, err, thrown } satisfies Answer);
});
process.send?.("ready");
