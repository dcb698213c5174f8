/** @file The completion script of fish. */

import type { CompletedCommand, CompletedOption } from "./tree.js";

export function fishScript(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, description, options, values }) => [
    `complete -c fovea -f -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
    ...options.map((option) => optionLine(name, option)),
    ...(values.length > 0
      ? [`complete -c fovea -f -n "__fish_seen_subcommand_from ${name}" -a ${quoted(values.join(" "))}`]
      : []),
  ]);
  return `# fish completion of fovea: fovea completion fish | source\n${lines.join("\n")}\n`;
}

function optionLine(command: string, { flags, description, takesValue, values }: CompletedOption): string {
  const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const value = !takesValue ? "" : values.length > 0 ? ` -x -a ${quoted(values.join(" "))}` : " -r";
  const condition = `-n "__fish_seen_subcommand_from ${command}"`;
  return `complete -c fovea ${condition} ${names.join(" ")}${value} -d ${quoted(description)}`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
