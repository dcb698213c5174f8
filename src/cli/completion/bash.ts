/** @file The completion script of bash. */

import type { CompletedCommand } from "./tree.js";

/** Completes commands, options and their values; everything else as file names. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  return `# bash completion of fovea: source <(fovea completion bash)
_fovea() {
  local word=\${COMP_WORDS[COMP_CWORD]} last=\${COMP_WORDS[COMP_CWORD-1]} words
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names} help --help --version" -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]} $last" in
${commands.flatMap(valueCases).join("\n")}
  esac
  case "\${COMP_WORDS[1]}" in
${commands.map(({ name, options, values }) => `    ${name}) words="${[...options.flatMap(({ flags }) => flags)].join(" ")}"; set -- ${values.join(" ")} ;;`).join("\n")}
    help) COMPREPLY=($(compgen -W "${names}" -- "$word")); return ;;
    *) return ;;
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
    *) [ $# -gt 0 ] && COMPREPLY=($(compgen -W "$*" -- "$word")) ;;
  esac
}
complete -o default -F _fovea fovea
`;
}

/** Behind an option that takes a value: its values, or files. */
function valueCases({ name, options }: CompletedCommand): string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map(({ flags, values }) => {
      const pattern = flags.map((flag) => `"${name} ${flag}"`).join("|");
      const reply = values.length > 0 ? `COMPREPLY=($(compgen -W "${values.join(" ")}" -- "$word")); ` : "";
      return `    ${pattern}) ${reply}return ;;`;
    });
}
