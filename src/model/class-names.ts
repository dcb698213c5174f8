/** @file The classes of a model: their names, and classes by index or by name. */

import { FoveaError, shortened, unknownName } from "../foundation/error.js";
import type { ModelCard } from "./card.js";
import type { Model } from "./model.js";
import { originOf, type Sidecar } from "./settings/sidecar.js";

/** The parts of a model that tell its classes. */
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

/** @param other accepted values besides classes */
function unknownClass({ card, classCount }: ModelClasses, choice: number | string, other?: string): FoveaError {
  const names = card.classes ?? [];
  const others = other === undefined ? [] : [other];
  if (typeof choice === "string" && names.length > 0) return unknownName("class", choice, [...names, ...others]);
  const range = classCount === undefined ? "a whole number from 0 on" : `0 to ${classCount - 1}`;
  const withHint = other !== undefined && typeof choice === "number" && classCount !== undefined;
  const ends = withHint ? ` (${names[0] ?? 0} to ${names[classCount - 1] ?? classCount - 1})` : "";
  const got = shortened(choice);
  return new FoveaError(
    "unknown-name",
    `class ${got}: expected ${range}${ends}${others.map((each) => `, or ${each}`)}`,
  );
}

/** The name of a class, or its number where the model has no names. */
export function className({ card }: Pick<Model, "card">, index: number): string {
  return card.classes?.[index] ?? String(index);
}

/** Class names, and their source for people; both undefined for a model without names. */
export interface ClassNames {
  readonly classes?: readonly string[] | undefined;
  readonly origin?: string | undefined;
}

/**
 * The best class names there are: the user's, the file's, those beside it, else ImageNet's for 1000 or 1001 classes.
 * @param count how many classes the model has, if it says so
 */
export async function findClassNames(
  card: ModelCard,
  { beside, given }: { readonly beside?: Sidecar | undefined; readonly given?: Sidecar | undefined },
  count: number | undefined,
): Promise<ClassNames> {
  if (given?.classes) return { classes: given.classes, origin: given.origin };
  if (card.classes) return { classes: card.classes, origin: "stored with the model" };
  if (beside?.classes) return { classes: beside.classes, origin: originOf(beside, "classes") };
  if (count !== 1000 && count !== 1001) return {};
  const { imageNetClasses } = await import("./imagenet-classes.js");
  return count === 1000
    ? { classes: imageNetClasses, origin: "assumed: ImageNet's" }
    : { classes: ["background", ...imageNetClasses], origin: "assumed: background and ImageNet's" };
}
