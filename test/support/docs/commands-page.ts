/** @file docs/commands.md, from what the commands say of themselves. */

import { EventEmitter } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Command, type Option } from "commander";
import { root } from "../../house/imports.js";

const folder = join(root, "src/cli/commands");

/** The commands in the order of their names. */
export async function allCommands(): Promise<Command[]> {
  const names = readdirSync(folder).map((file) => file.replace(/\.ts$/, ""));
  return Promise.all(
    names.sort().map(async (name) => {
      const module: Record<string, (program: () => Command) => Command> = await import(join(folder, `${name}.ts`));
      const make = module[`${name}Command`];
      if (!make) throw new Error(`expected ${name}Command in ${folder}/${name}.ts`);
      return make(() => new Command());
    }),
  );
}

export async function commandsPage(): Promise<string> {
  const commands = await allCommands();
  const index = commands.map((command) => `| [\`${command.name()}\`](#${command.name()}) | ${cell(brief(command))} |`);
  return [
    "# Commands",
    "",
    "<!-- `npm run commands` writes this page. -->",
    "",
    "Every command, with all its options. `fovea <command> --help` prints the same, and `--quiet` leaves out all but errors and results.",
    "",
    "| command | what it does |",
    "|---|---|",
    ...index,
    "",
    ...commands.flatMap(commandLines),
  ].join("\n");
}

const brief = (command: Command) => command.description().replace(/[.:;] [\s\S]*$|\.$/, "");

function commandLines(command: Command): string[] {
  const { said, examples } = afterHelp(command);
  return [
    `## ${command.name()}`,
    "",
    escaped(command.description()),
    "",
    "```text",
    `fovea ${command.name()} ${command.usage()}`,
    "```",
    "",
    ...argumentLines(command),
    ...optionLines(command),
    ...said.flatMap((paragraph) => [escaped(paragraph), ""]),
    ...(examples.length > 0 ? ["### Examples", "", "```sh", ...examples, "```", ""] : []),
  ];
}

function argumentLines(command: Command): string[] {
  const rows = command.registeredArguments.map(
    (argument) =>
      `| \`${argument.required ? `<${argument.name()}>` : `[${argument.name()}]`}\` | ${cell(argument.description)} |`,
  );
  return rows.length > 0 ? ["| argument | what |", "|---|---|", ...rows, ""] : [];
}

/** A table for each group of options, those without one first. */
function optionLines(command: Command): string[] {
  const groups = new Map<string, Option[]>();
  for (const option of command.options) {
    const group = option.helpGroupHeading ?? "";
    if (!option.hidden) groups.set(group, [...(groups.get(group) ?? []), option]);
  }
  return [...groups].flatMap(([group, options]) => [
    ...(group ? [`**${escaped(group.replace(/:$/, ""))}**`, ""] : []),
    "| option | what | default |",
    "|---|---|---|",
    ...options.map(optionRow),
    "",
  ]);
}

function optionRow(option: Option): string {
  const choices = option.argChoices ? ` (${option.argChoices.join(", ")})` : "";
  return `| \`${option.flags.replaceAll("|", "\\|")}\` | ${cell(option.description + choices)} | ${cell(usual(option))} |`;
}

function usual({ defaultValue, defaultValueDescription }: Option): string {
  if (defaultValueDescription !== undefined) return defaultValueDescription;
  if (defaultValue === undefined || defaultValue === false) return "";
  return Array.isArray(defaultValue) ? defaultValue.join(", ") : String(defaultValue);
}

interface AfterHelp {
  readonly said: readonly string[];
  readonly examples: readonly string[];
}

/** What a command says below its options: paragraphs, and lines of examples. */
function afterHelp(command: Command): AfterHelp {
  let text = "";
  const write = (part: string) => {
    text += part;
  };
  // Commander keeps these texts as listeners.
  EventEmitter.prototype.emit.call(command, "afterHelp", { error: false, command, write });
  const lines = text.trim().split("\n");
  const start = lines.indexOf("Examples:");
  const isExample = (line: string, i: number) => start >= 0 && i > start && line.startsWith("  ");
  const said = lines.filter((line, i) => i !== start && !isExample(line, i)).join("\n");
  return {
    said: said
      .split(/\n{2,}|(?<=[.;:])\n(?=[A-Z])/)
      .map((part) => part.replaceAll("\n", " ").trim())
      .filter(Boolean),
    examples: lines.filter(isExample).map((line) => line.slice(2).replace(/(\S) {3,}(?=\S)/, "$1 # ")),
  };
}

const escaped = (text: string) => text.replace(/[<*_{]/g, "\\$&");
const cell = (text: string) => escaped(text).replaceAll("|", "\\|").replaceAll("\n", " ");
