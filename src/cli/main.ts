#!/usr/bin/env node
/** @file The command line: one file per command, loaded when it is called. */

import { existsSync, readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { FoveaError, messageOf } from "../foundation/error.js";
import { environment } from "./environment.js";
import { exitCodes } from "./terminal/job.js";
import { screen } from "./terminal/print.js";

const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import("./commands/demo.js")).demoCommand(),
  train: async () => (await import("./commands/train.js")).trainCommand(),
  evaluate: async () => (await import("./commands/evaluate.js")).evaluateCommand(),
  explain: async () => (await import("./commands/explain.js")).explainCommand(),
  localise: async () => (await import("./commands/localise.js")).localiseCommand(),
  report: async () => (await import("./commands/report.js")).reportCommand(),
  inspect: async () => (await import("./commands/inspect.js")).inspectCommand(),
  describe: async () => (await import("./commands/describe.js")).describeCommand(),
  check: async () => (await import("./commands/check.js")).checkCommand(),
  bench: async () => (await import("./commands/bench.js")).benchCommand(),
  trust: async () => (await import("./commands/trust.js")).trustCommand(),
  attack: async () => (await import("./commands/attack.js")).attackCommand(),
  compile: async () => (await import("./commands/compile.js")).compileCommand(),
  convert: async () => (await import("./commands/convert.js")).convertCommand(),
  data: async () => (await import("./commands/data.js")).dataCommand(),
  completion: async () => (await import("./commands/completion.js")).completionCommand(() => program),
  studio: async () => (await import("./commands/studio.js")).studioCommand(),
};

const firstSteps = `
First steps:
  fovea explain model.onnx photo.jpg    writes photo.fovea.png: where the model looked
  fovea inspect model.onnx              what the model takes and gives, and its layers
  fovea studio model.onnx photos        the same in a page of this machine's browser
  fovea demo                            the whole story, offline, in two minutes`;

const program = new Command("fovea")
  .description("Shows where a vision model looks: trains, measures, explains and reports.")
  .version(manifest.version)
  .showHelpAfterError("(fovea <command> --help shows the options and examples)")
  .addHelpText("after", firstSteps);

const name = process.argv[2] ?? "";
const isOne = Object.hasOwn(commands, name) && name !== "completion";
const loaders = isOne ? [commands[name]] : Object.values(commands);
for (const command of await Promise.all(loaders.map((load) => load?.()))) if (command) program.addCommand(command);
for (const command of program.commands)
  command.option("-q, --quiet", "print errors and the results asked for, nothing else");
// What the parser complains of repeats what was typed, which may be the name of a stranger's file.
const outputError = (text: string) => screen.error(text.trimEnd().replace("\n(Did you mean", " (Did you mean"));
for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ outputError });

// The reader of the output has seen enough: `fovea ... | head`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    screen.close();
    process.kill(process.pid, "SIGINT");
  });
}

try {
  // A file in the place of the command: the usual first try.
  if (!isOne && existsSync(name)) {
    program.error(`error: expected a command, got the file ${name}: fovea explain ${process.argv.slice(2).join(" ")}`);
  }
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** Tells what was thrown in one line, unless the parser has done that. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    const helpShown = ["commander.help", "commander.helpDisplayed", "commander.version"].includes(error.code);
    return helpShown && process.argv.length > 2 ? exitCodes.done : exitCodes.badInput;
  }
  if (error instanceof FoveaError) {
    screen.error(`fovea: ${error.message}`);
    return exitCodes.badInput;
  }
  const kind = error instanceof Error ? error.name : typeof error;
  screen.error(
    `fovea: a fault of Fovea itself: ${kind}: ${messageOf(error)}: FOVEA_DEBUG=1 tells where, for a report of it`,
  );
  if (environment().debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return exitCodes.fault;
}
