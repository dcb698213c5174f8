/** @file Classes as texts: a label, an index, `predicted` or a rank. */

import { classChoice, classChoices } from "../../model/class-names.js";
import type { Model } from "../../model/model.js";
import type { ClassChoice } from "../options.js";

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
  const ranks = rankOf(text);
  return ranks > 0 ? Array.from({ length: ranks }, (_, i) => `top-${i + 1}`) : [text];
}

/** The rank that a text such as `top-3` says; 0 for any other text. */
export function rankOf(text: string): number {
  const rank = /^top-(\d+)$/.exec(text)?.[1];
  return rank === undefined ? 0 : Math.min(Number(rank), Number.MAX_SAFE_INTEGER);
}
