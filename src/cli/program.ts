/** @file The commands: a file for each. What they do is loaded when they run. */

import { existsSync, readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { attackCommand } from "./commands/attack.js";
import { benchCommand } from "./commands/bench.js";
import { calibrateCommand } from "./commands/calibrate.js";
import { checkCommand } from "./commands/check.js";
import { compileCommand } from "./commands/compile.js";
import { completionCommand } from "./commands/completion.js";
import { conceptsCommand } from "./commands/concepts.js";
import { convertCommand } from "./commands/convert.js";
import { dataCommand } from "./commands/data.js";
import { demoCommand } from "./commands/demo.js";
import { describeCommand } from "./commands/describe.js";
import { evaluateCommand } from "./commands/evaluate.js";
import { explainCommand } from "./commands/explain.js";
import { improveCommand } from "./commands/improve.js";
import { inspectCommand } from "./commands/inspect.js";
import { localiseCommand } from "./commands/localise.js";
import { mcpCommand } from "./commands/mcp.js";
import { mergeCommand } from "./commands/merge.js";
import { reportCommand } from "./commands/report.js";
import { serveCommand } from "./commands/serve.js";
import { studioCommand } from "./commands/studio.js";
import { trainCommand } from "./commands/train.js";
import { trustCommand } from "./commands/trust.js";
import { leaveNothingHalfWritten } from "./terminal/interrupt.js";
import { exitCodes } from "./terminal/job.js";
import { endWith, watchFailures } from "./terminal/last-resort.js";
import { writeHelp } from "./terminal/late-help.js";
import { screen } from "./terminal/print.js";
import { watchStandardStreams } from "./terminal/standard-streams.js";

const commands: Readonly<Record<string, (program: Command) => Command>> = {
  demo: demoCommand,
  train: trainCommand,
  evaluate: evaluateCommand,
  explain: explainCommand,
  concepts: conceptsCommand,
  localise: localiseCommand,
  report: reportCommand,
  merge: mergeCommand,
  calibrate: calibrateCommand,
  improve: improveCommand,
  inspect: inspectCommand,
  describe: describeCommand,
  check: checkCommand,
  bench: benchCommand,
  trust: trustCommand,
  attack: attackCommand,
  compile: compileCommand,
  convert: convertCommand,
  data: dataCommand,
  completion: (program) => completionCommand(() => program),
  serve: serveCommand,
  mcp: mcpCommand,
  studio: () => studioCommand(),
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
  for (const [each, make] of Object.entries(commands)) if (!isOne || each === name) program.addCommand(make(program));
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
