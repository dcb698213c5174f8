/** @file Classes as users name them: a label, an index, `predicted` or a rank. */

import type { Command } from "commander";
import type { ClassChoice } from "../../explain/options.js";
import { FoveaError } from "../../foundation/error.js";
import { classChoice, classChoices } from "../../model/class-names.js";
import type { Model } from "../../model/model.js";

/** For options that may be given several times: the values so far and another one. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

/**
 * A label or an index.
 * @param complaint about `predicted`
 * @throws FoveaError `unknown-name`, and `bad-input` for `predicted`
 */
export function fixedClass(model: Model, text: string, complaint: string): number {
  const choice = classChoice(model, text);
  if (choice === "predicted") throw new FoveaError("bad-input", complaint);
  return choice;
}

/**
 * Of names with commas between each by itself, where they are no name together. Ranks stay.
 * @throws FoveaError `unknown-name`
 */
export function eachClass(model: Model, texts: readonly string[]): string[] {
  return texts.flatMap((text) => {
    const parts = text.split(",").map((part) => part.trim());
    const plain = parts.filter((part) => rankOf(part) === 0);
    const areClasses = plain.length === 0 || classChoices(model, plain.join(", ")).length === plain.length;
    return parts.length > 1 && areClasses ? parts : [text];
  });
}

/** A label, an index, `predicted`, or `top-2` for the second best. @throws FoveaError `unknown-name` */
export function rankedChoice(model: Model, text: string): ClassChoice {
  const rank = rankOf(text);
  return rank > 0 ? { rank } : classChoice(model, text);
}

/** `top-3` as the three ranks; anything else as it is. */
export function eachRank(text: string): string[] {
  const count = rankOf(text);
  return count > 0 ? Array.from({ length: count }, (_, i) => `top-${i + 1}`) : [text];
}

function rankOf(text: string): number {
  return Number(/^top-(\d+)$/.exec(text)?.[1] ?? 0);
}

/** Groups of classes, as the options of commands that measure on photos. */
export interface GroupFlags {
  readonly group: readonly string[];
}

export function withGroupOption(command: Command): Command {
  return command.option(
    "--group <name=classes>",
    "take classes of the model for one, by index, range or name: dogs=151-268,dingo; may be given several times",
    collect,
    [],
  );
}
