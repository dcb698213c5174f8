#!/usr/bin/env node
/** @file The command line: one file per command. */

import { readFileSync } from "node:fs";
import { Command } from "commander";
import { checkCommand } from "./commands/check.js";
import { compileCommand } from "./commands/compile.js";
import { dataCommand } from "./commands/data.js";
import { demoCommand } from "./commands/demo.js";
import { evaluateCommand } from "./commands/evaluate.js";
import { explainCommand } from "./commands/explain.js";
import { inspectCommand } from "./commands/inspect.js";
import { reportCommand } from "./commands/report.js";
import { trainCommand } from "./commands/train.js";
import { exitCodes } from "./console.js";

const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const program = new Command("fovea")
  .description("Shows where a vision model looks: trains, measures, explains and reports.")
  .version(manifest.version)
  .showHelpAfterError("(fovea <command> --help shows the options and examples)");

for (const command of [
  demoCommand,
  trainCommand,
  evaluateCommand,
  explainCommand,
  reportCommand,
  inspectCommand,
  checkCommand,
  compileCommand,
  dataCommand,
]) {
  program.addCommand(command());
}
for (const command of [program, ...program.commands]) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  const code = (error as { code?: string }).code ?? "";
  if (!code.startsWith("commander.")) throw error;
  const asked = ["commander.help", "commander.helpDisplayed", "commander.version"].includes(code);
  process.exitCode = asked && process.argv.length > 2 ? exitCodes.done : exitCodes.badInput;
}
