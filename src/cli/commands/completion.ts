/** @file `fovea completion`: what makes a shell complete the command line's words. */

import { Argument, Command } from "commander";
import { type Shell, shells } from "../completion/shells.js";
import { runJob } from "../terminal/job.js";
import { printLines } from "../terminal/print.js";

const help = `
Put one line into the file that your shell reads when it starts:
  ~/.bashrc                      source <(fovea completion bash)
  ~/.zshrc, behind compinit      source <(fovea completion zsh)
  ~/.config/fish/config.fish     fovea completion fish | source`;

/** @param program with all commands, once they are there */
export function completionCommand(program: () => Command): Command {
  const argument = new Argument("<shell>", "the shell").choices(shells);
  return new Command("completion")
    .description("Print what makes a shell complete commands, options and their values.")
    .addArgument(argument)
    .addHelpText("after", help)
    .action((shell: Shell, flags) =>
      runJob(flags, async () => {
        const { completionScript } = await import("../completion/scripts.js");
        printLines(completionScript(shell, program()).trimEnd().split("\n"));
        return undefined;
      }),
    );
}
