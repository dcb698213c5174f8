/** @file A process that runs commands it is sent, as `fovea` does, one after the other, and answers what they said. */

import { type Command, CommanderError } from "commander";
import { attackCommand } from "../../../src/cli/commands/attack.js";
import { checkCommand } from "../../../src/cli/commands/check.js";
import { compileCommand } from "../../../src/cli/commands/compile.js";
import { convertCommand } from "../../../src/cli/commands/convert.js";
import { dataCommand } from "../../../src/cli/commands/data.js";
import { describeCommand } from "../../../src/cli/commands/describe.js";
import { evaluateCommand } from "../../../src/cli/commands/evaluate.js";
import { explainCommand } from "../../../src/cli/commands/explain.js";
import { inspectCommand } from "../../../src/cli/commands/inspect.js";
import { localiseCommand } from "../../../src/cli/commands/localise.js";
import { reportCommand } from "../../../src/cli/commands/report.js";
import { trainCommand } from "../../../src/cli/commands/train.js";
import { trustCommand } from "../../../src/cli/commands/trust.js";
import { failureOf } from "../../../src/cli/terminal/failure.js";
import { exitCodes } from "../../../src/cli/terminal/job.js";
import { screen } from "../../../src/cli/terminal/print.js";

/** What a command left behind: its exit code and texts, or the error that came through. */
export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly thrown?: string;
}

const commands: Readonly<Record<string, () => Command>> = {
  attack: attackCommand,
  check: checkCommand,
  compile: compileCommand,
  convert: convertCommand,
  data: dataCommand,
  describe: describeCommand,
  evaluate: evaluateCommand,
  explain: explainCommand,
  inspect: inspectCommand,
  localise: localiseCommand,
  report: reportCommand,
  train: trainCommand,
  trust: trustCommand,
};

let [out, err, thrown] = ["", "", undefined as string | undefined];
const failed = (error: unknown) => {
  thrown = error instanceof Error ? (error.stack ?? error.message) : String(error);
};
process.on("uncaughtException", failed);
process.on("unhandledRejection", failed);

/** Writes to a text in the place of a stream. */
const into = (add: (text: string) => void): typeof process.stdout.write =>
  ((text: string | Uint8Array, ...rest: unknown[]) => {
    add(typeof text === "string" ? text : new TextDecoder().decode(text));
    const done = rest.at(-1);
    if (typeof done === "function") done();
    return true;
  }) as typeof process.stdout.write;
process.stdout.write = into((text) => {
  out += text;
});
process.stderr.write = into((text) => {
  err += text;
});

/** Runs a command as the program does: what the parser complains of, and errors with a cause outside, are lines. */
async function runCommand(name: string, args: readonly string[]): Promise<void> {
  const command = commands[name]?.();
  if (command === undefined) throw new Error(`${name}: no such command here`);
  command.exitOverride().configureOutput({ outputError: (text) => screen.error(text.trimEnd()) });
  try {
    await command.parseAsync(args, { from: "user" });
  } catch (error) {
    const { message, isInternal } = failureOf(error);
    if (isInternal && !(error instanceof CommanderError)) throw error;
    if (!(error instanceof CommanderError)) screen.error(`fovea: ${message}`);
    process.exitCode = exitCodes.badInput;
  }
}

process.on("message", async ([name = "", ...args]: string[]) => {
  [out, err, thrown] = ["", "", undefined];
  process.exitCode = 0;
  await runCommand(name, args).catch(failed);
  // Rejections that nobody waits for are reported after the current turn.
  await new Promise((resolve) => setImmediate(resolve));
  process.send?.({ code: Number(process.exitCode), out, err, thrown } satisfies Answer);
});
// Nobody asks any more.
process.on("disconnect", () => process.exit());
process.send?.("ready");
