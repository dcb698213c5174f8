/** @file The completion script of zsh. */

import type { CompletedCommand, CompletedOption } from "./tree.js";

export function zshScript(commands: readonly CompletedCommand[]): string {
  return `#compdef fovea
# zsh completion of fovea: source <(fovea completion zsh)
_fovea() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${commands.map(({ name, description }) => `      ${quoted(`${name}:${description}`)}`).join("\n")}
    )
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(commandCase).join("\n")}
  esac
}
compdef _fovea fovea
`;
}

function commandCase({ name, options, values }: CompletedCommand): string {
  const rest = values.length > 0 ? `'*:value:(${values.join(" ")})'` : "'*:file:_files'";
  const lines = [...options.flatMap(optionSpecs), rest].map((line) => `      ${line}`);
  return `    ${name}) _arguments \\\n${lines.join(" \\\n")}\n    ;;`;
}

/** One for each flag; a star lets it be given again. */
function optionSpecs({ flags, description, takesValue, values }: CompletedOption): string[] {
  const value = values.length > 0 ? `:value:(${values.join(" ")})` : ":value:_files";
  const text = description.replace(/[[\]:\\]/g, "\\$&");
  return flags.map((flag) => quoted(`*${flag}[${text}]${takesValue ? value : ""}`));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
