/** @file The answer as a screen reader says it, when it changes. */

import { formatShare } from "../shared/numbers.js";
import type { Studio } from "./studio.svelte.js";

/** E.g. `two shapes 1: ring, 74.2 %. The map shows cross, 25.8 %.` */
export function spoken(studio: Studio): string {
  const { explanation, subject, model } = studio;
  const explained = explanation?.maps[0]?.class;
  if (explanation === undefined || explained === undefined || subject === undefined) return "";
  const { predicted, probabilities, scores } = explanation;
  const named = (index: number) => {
    const value = model?.measures ? scores[index]?.toPrecision(4) : formatShare(probabilities[index] ?? 0);
    return `${studio.className(index)}, ${value}`;
  };
  const answer = `${subject.name}: ${named(predicted)}.`;
  const minus = explanation.request.minus;
  const rather = minus === undefined ? "" : `, rather than ${studio.className(minus)}`;
  return explained === predicted && !rather ? answer : `${answer} The map shows ${named(explained)}${rather}.`;
}
