/** @file Help texts that name what the library has. They are written when they are shown, so that nothing else waits for the library. */

import type { Command } from "commander";

const texts = new WeakMap<Command, () => Promise<string>>();

/** Gives a command a text behind its help, which `writeHelp` asks for. */
export function withLateHelp(command: Command, text: () => Promise<string>): Command {
  texts.set(command, text);
  return command;
}

/** Writes that text, of a command whose help may be shown now. */
export async function writeHelp(command: Command): Promise<void> {
  const text = texts.get(command);
  if (text === undefined) return;
  texts.delete(command);
  command.addHelpText("after", await text());
}
