/** @file The commands: a file for each, loaded when it is called. */

import { existsSync, readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { leaveNothingHalfWritten } from "./terminal/interrupt.js";
import { exitCodes } from "./terminal/job.js";
import { endWith, watchFailures } from "./terminal/last-resort.js";
import { writeHelp } from "./terminal/late-help.js";
import { screen } from "./terminal/print.js";
import { watchStandardStreams } from "./terminal/standard-streams.js";

const commands: Readonly<Record<string, (program: Command) => Promise<Command>>> = {
  demo: async () => (await import("./commands/demo.js")).demoCommand(),
  train: async () => (await import("./commands/train.js")).trainCommand(),
  evaluate: async () => (await import("./commands/evaluate.js")).evaluateCommand(),
  explain: async () => (await import("./commands/explain.js")).explainCommand(),
  localise: async () => (await import("./commands/localise.js")).localiseCommand(),
  report: async () => (await import("./commands/report.js")).reportCommand(),
  merge: async () => (await import("./commands/merge.js")).mergeCommand(),
  calibrate: async () => (await import("./commands/calibrate.js")).calibrateCommand(),
  improve: async () => (await import("./commands/improve.js")).improveCommand(),
  inspect: async () => (await import("./commands/inspect.js")).inspectCommand(),
  describe: async () => (await import("./commands/describe.js")).describeCommand(),
  check: async () => (await import("./commands/check.js")).checkCommand(),
  bench: async () => (await import("./commands/bench.js")).benchCommand(),
  trust: async () => (await import("./commands/trust.js")).trustCommand(),
  attack: async () => (await import("./commands/attack.js")).attackCommand(),
  compile: async () => (await import("./commands/compile.js")).compileCommand(),
  convert: async () => (await import("./commands/convert.js")).convertCommand(),
  data: async () => (await import("./commands/data.js")).dataCommand(),
  completion: async (program) => (await import("./commands/completion.js")).completionCommand(() => program),
  serve: async () => (await import("./commands/serve.js")).serveCommand(),
  mcp: async () => (await import("./commands/mcp.js")).mcpCommand(),
  studio: async () => (await import("./commands/studio.js")).studioCommand(),
};

const firstSteps = `
First steps:
  fovea explain model.onnx photo.jpg    writes photo.fovea.png: where the model looked
  fovea inspect model.onnx              what the model takes and gives, and its layers
  fovea studio model.onnx photos        the same in a page of this machine's browser
  fovea demo                            the whole story, offline, in three minutes`;

const isCommand = (name: string) => Object.hasOwn(commands, name);

/** Adds the command that is named; all of them for the help, and none for the version. */
async function addCommands(program: Command, name: string): Promise<void> {
  if (["-V", "--version"].includes(name)) return;
  const isOne = isCommand(name) && name !== "completion";
  const loaders = isOne ? [commands[name]] : Object.values(commands);
  for (const command of await Promise.all(loaders.map((load) => load?.(program))))
    if (command) program.addCommand(command);
  if (isOne) await Promise.all(program.commands.map(writeHelp));
  for (const command of program.commands)
    command.option("-q, --quiet", "print errors and the results asked for, nothing else");
  // What the parser complains of repeats what was typed, which may be the name of a stranger's file.
  const outputError = (text: string) => screen.error(text.trimEnd().replace("\n(Did you mean", " (Did you mean"));
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ outputError });
}

async function parse(name: string): Promise<void> {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  const program = new Command("fovea")
    .description("Shows where a vision model looks: trains, measures, explains and reports.")
    .version(manifest.version)
    .showHelpAfterError("(fovea <command> --help shows the options and examples)")
    .addHelpText("after", firstSteps);
  await addCommands(program, name === "help" ? (process.argv[3] ?? name) : name);
  // A file in the place of the command: the usual first try.
  if (!isCommand(name) && existsSync(name))
    program.error(`error: expected a command, got the file ${name}: fovea explain ${process.argv.slice(2).join(" ")}`);
  await program.parseAsync();
}

/** Runs the command line of this process, and decides its exit code. What cannot be understood is told by commander. */
export async function runProgram(): Promise<void> {
  watchFailures();
  watchStandardStreams();
  leaveNothingHalfWritten();
  try {
    await parse(process.argv[2] ?? "");
  } catch (error) {
    if (!(error instanceof CommanderError)) endWith(error);
    const helpShown = ["commander.help", "commander.helpDisplayed", "commander.version"].includes(error.code);
    process.exitCode = helpShown && process.argv.length > 2 ? exitCodes.done : exitCodes.badInput;
  }
}
