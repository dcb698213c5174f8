/** @file Classes by index or by name. */

import { FoveaError, unknownName } from "../foundation/error.js";
import type { Model } from "./model.js";

/** What is known of a model's classes. */
export type ModelClasses = Pick<Model, "card" | "classCount">;

/**
 * The index of a class.
 * @param choice its index, its name in any case, or its index as digits where no class has that name
 * @throws FoveaError `unknown-name`, with the nearest names
 */
export function classIndex(model: ModelClasses, choice: number | string): number {
  const index = findClass(model, choice);
  if (index === undefined) throw unknownClass(model, choice);
  return index;
}

/**
 * As `classIndex`, where `predicted` stands for the class that the model predicts.
 * @throws FoveaError `unknown-name`, with the nearest names
 */
export function classChoice(model: ModelClasses, choice: number | string): number | "predicted" {
  if (choice === "predicted") return choice;
  const index = findClass(model, choice);
  if (index === undefined) throw unknownClass(model, choice, "predicted");
  return index;
}

function findClass({ card, classCount }: ModelClasses, choice: number | string): number | undefined {
  if (typeof choice === "string") {
    const name = choice.toLowerCase();
    const index = card.classes?.findIndex((each) => each.toLowerCase() === name) ?? -1;
    if (index >= 0) return index;
    if (!/^\d+$/.test(choice)) return undefined;
  }
  const index = Number(choice);
  return Number.isInteger(index) && index >= 0 && index < (classCount ?? Number.POSITIVE_INFINITY) ? index : undefined;
}

/** @param other what is accepted besides classes */
function unknownClass({ card, classCount }: ModelClasses, choice: number | string, other?: string): FoveaError {
  const names = card.classes ?? [];
  const others = other === undefined ? [] : [other];
  if (typeof choice === "string" && names.length > 0) return unknownName("class", choice, [...names, ...others]);
  const range = classCount === undefined ? "a whole number from 0 on" : `0 to ${classCount - 1}`;
  const named = other !== undefined && typeof choice === "number" && classCount !== undefined;
  const ends = named ? ` (${names[0] ?? 0} to ${names[classCount - 1] ?? classCount - 1})` : "";
  const got = typeof choice === "string" ? JSON.stringify(choice) : String(choice);
  return new FoveaError(
    "unknown-name",
    `class ${got}: expected ${range}${ends}${others.map((each) => `, or ${each}`)}`,
  );
}
