/** @file Classes as users name them: a label, an index, `predicted` or a rank. */

import { rankOf } from "../../../explain/run/class-texts.js";
import { FoveaError, shortened } from "../../../foundation/error.js";
import { count } from "../../../foundation/words.js";
import { classChoice } from "../../../model/class-names.js";
import type { Model } from "../../../model/model.js";

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

/** As many classes as one run explains: pictures of more are too tall, or too many, to look at. */
const mostDrawn = 100;
const mostAsNumbers = 1000;

/** Refuses what cannot be explained, before anything is loaded. @throws FoveaError `bad-input` */
export function checkClassTexts(
  texts: readonly string[],
  { raw = false, overlay = false, heatmap = false }: Readonly<Partial<Record<"raw" | "overlay" | "heatmap", boolean>>>,
): void {
  const mostClasses = raw && !overlay && !heatmap ? mostAsNumbers : mostDrawn;
  const parts = texts.flatMap((text) => (text.length > longestText ? [text] : text.split(",")));
  const total = parts.reduce((sum, part) => sum + Math.max(1, rankOf(part.trim())), 0);
  if (total <= mostClasses) return;
  const got = texts.length === 1 ? shortened(texts[0]) : `${count(total)} in all`;
  throw new FoveaError("bad-input", `--class: expected at most ${count(mostClasses)} classes, got ${got}`);
}

/** Longer texts are names. */
const longestText = 100_000;
