/** @file Classes as users name them: a label, an index, `predicted` or a rank. */

import type { ClassChoice } from "../../explain/options.js";
import { FoveaError } from "../../foundation/error.js";
import { classChoice } from "../../model/class-names.js";
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
