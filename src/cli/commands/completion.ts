/** @file `fovea completion`: what makes a shell complete the command line's words. */

import { Argument, Command } from "commander";
import { knownValues, scripts } from "../completion/scripts.js";
import { completionTree } from "../completion/tree.js";
import { runJob } from "../terminal/job.js";
import { printLines } from "../terminal/print.js";

const help = `
Put one line into the file that your shell reads when it starts:
  ~/.bashrc                      source <(fovea completion bash)
  ~/.zshrc, behind compinit      source <(fovea completion zsh)
  ~/.config/fish/config.fish     fovea completion fish | source`;

/** @param program with all commands, once they are there */
export function completionCommand(program: () => Command): Command {
  const shell = new Argument("<shell>", "the shell").choices(Object.keys(scripts));
  return new Command("completion")
    .description("Print what makes a shell complete commands, options and their values.")
    .addArgument(shell)
    .addHelpText("after", help)
    .action((name: string, flags) =>
      runJob(flags, async () => {
        printLines(scripts[name]?.(completionTree(program(), knownValues)).trimEnd().split("\n") ?? []);
        return undefined;
      }),
    );
}
