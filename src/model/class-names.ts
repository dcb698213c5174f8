/** @file The classes of a model: their names, and classes by index or by name. */

import { FoveaError, shortened, unknownName } from "../foundation/error.js";
import { present } from "../foundation/present.js";
import { brief } from "../foundation/visible.js";
import { counted } from "../foundation/words.js";
import type { ModelCard } from "./card.js";
import { withTerms } from "./classes/class-terms.js";
import { classFinder, doubledNames, type FoundClasses, type TermedClasses } from "./classes/find-classes.js";
import { fittingLabels, type Labels } from "./labels/labels.js";
import type { Model } from "./model.js";
import { labelFilesOf, type Sidecar } from "./settings/sidecar.js";

/** The parts of a model that tell its classes. */
export type ModelClasses = Pick<Model, "card" | "classCount"> & Partial<Pick<Model, "classTerms">>;

/**
 * The index of a class.
 * @param choice its index; or a text, of which is tried in this order: a class's whole name, in any case; one of several words in
 *   a name, or another term (ImageNet's `tabby cat`, WordNet's `n02123045`); an index as digits; a part that only one name has
 * @throws FoveaError `unknown-name`, with the nearest names, or with all candidates where a text could mean several: two classes of
 *   one name too
 */
export function classIndex(model: ModelClasses, choice: number | string): number {
  return single(model, choice, classIndices(model, choice));
}

/**
 * As `classIndex`, where `predicted` stands for the class that the model predicts.
 * @throws FoveaError `unknown-name`, with the nearest names
 */
export function classChoice(model: ModelClasses, choice: number | string): number | "predicted" {
  const [first, ...others] = classChoices(model, choice);
  if (first === "predicted" && others.length === 0) return first;
  return single(model, choice, classIndices(model, choice));
}

/**
 * The classes of a choice: as `classIndex` finds it, or several of these with commas between (`cat, dog`), which are tried before
 * parts of names are.
 * @throws FoveaError `unknown-name`, with the nearest names, or with all candidates where a text could mean several
 */
export function classIndices(model: ModelClasses, choice: number | string): number[] {
  return classesIn(model, choice, []).map((index) => present(index === "predicted" ? undefined : index, "index"));
}

/** As `classIndices`, where `predicted` stands for the class that the model predicts. */
export function classChoices(model: ModelClasses, choice: number | string): readonly (number | "predicted")[] {
  return classesIn(model, choice, ["predicted"]);
}

/** Words that are accepted besides classes. */
type Others = readonly "predicted"[];

function classesIn(model: ModelClasses, choice: number | string, others: Others): readonly (number | "predicted")[] {
  const found = foundClasses(model, choice, others);
  if (found) return found;
  const text = String(choice);
  const parts = text.split(",").map((part) => part.trim());
  if (parts.length > 1 && parts.every((part) => part !== "")) {
    const each = parts.map((part) => foundClasses(model, part, others) ?? partOf(model, part));
    if (each.every((classes) => classes !== undefined)) return [...new Set(each.flat())];
  }
  const byPart = typeof choice === "string" ? partOf(model, choice) : undefined;
  if (byPart) return byPart;
  const wrong = parts.find((part) => foundClasses(model, part, others) === undefined);
  throw unknownClass(model, parts.length > 1 ? (wrong ?? text) : choice, others);
}

/** Classes by index, name or term; undefined for other texts. @throws FoveaError `unknown-name` for a word of several names */
function foundClasses(
  model: ModelClasses,
  choice: number | string,
  others: Others,
): readonly (number | "predicted")[] | undefined {
  if (typeof choice === "string") {
    const other = others.find((each) => each === choice);
    if (other) return [other];
    const found = classFinder(model).find(choice);
    if (found && !found.together) throw notUnique(model, choice, found);
    if (found) return found.indices;
    if (!/^\d+$/.test(choice)) return undefined;
  }
  const index = Number(choice);
  const isClass = Number.isInteger(index) && index >= 0 && index < (model.classCount ?? Number.POSITIVE_INFINITY);
  return isClass ? [index] : undefined;
}

/** The class with a text in its name; undefined where there is none. @throws FoveaError `unknown-name` where there are several */
function partOf(model: ModelClasses, text: string): readonly number[] | undefined {
  if (/^\d*$/.test(text)) return undefined;
  const candidates = classFinder(model).containing(text);
  if (candidates.length > 1) throw notUnique(model, text, { indices: candidates });
  return candidates.length === 1 ? candidates : undefined;
}

function single(model: ModelClasses, choice: number | string, [first, ...others]: readonly number[]): number {
  if (first !== undefined && others.length === 0) return first;
  const got = first === undefined ? "none" : `${others.length + 1}: ${described(model, [first, ...others])}`;
  throw new FoveaError("unknown-name", `class ${shortened(choice)}: expected one class, got ${got}`);
}

/** How many candidates are listed. */
const mostCandidates = 10;

function notUnique(
  model: ModelClasses,
  text: string,
  { indices, sameName = false }: Omit<FoundClasses, "together">,
): FoveaError {
  const [what, advice] = sameName
    ? ["of that name", "give the class's index"]
    : ["with it in their names", "give the whole name"];
  const got = `${indices.length} ${what}: ${described(model, indices)}`;
  return new FoveaError("unknown-name", `class ${shortened(text)}: expected one class, got ${got}: ${advice}`);
}

const longestName = 60;

/** `cat (281), dog (151)`. */
function described(model: ModelClasses, indices: readonly number[]): string {
  const listed = indices
    .slice(0, mostCandidates)
    .map((index) => `${brief(className(model, index), longestName)} (${index})`);
  return `${listed.join(", ")}${indices.length > listed.length ? " ..." : ""}`;
}

/** @param others accepted values besides classes */
function unknownClass({ card, classCount }: ModelClasses, choice: number | string, others: Others): FoveaError {
  const names = card.classes ?? [];
  const [other] = others;
  const isName = typeof choice === "string" && !/^\d+$/.test(choice);
  if (isName && names.length > 0) return unknownName("class", choice, [...names, ...others]);
  const range = classCount === undefined ? "a whole number from 0 on" : `0 to ${classCount - 1}`;
  const withHint = other !== undefined && typeof choice === "number" && classCount !== undefined;
  const ends = withHint ? ` (${names[0] ?? 0} to ${names[classCount - 1] ?? classCount - 1})` : "";
  const got = shortened(choice);
  return new FoveaError(
    "unknown-name",
    `class ${got}: expected ${range}${ends}${others.map((each) => `, or ${each}`).join("")}`,
  );
}

/** The name of a class, or its number where the model has no names. */
export function className({ card }: Pick<Model, "card">, index: number): string {
  return card.classes?.[index] ?? String(index);
}

/** Class names with all other terms for the classes, and their source for people; undefined for a model without names. */
export interface ClassNames extends Partial<TermedClasses> {
  readonly origin?: string | undefined;
}

/**
 * The best class names there are: the user's, the file's, those of files beside it as far as they fit, else ImageNet's for 1000 or
 * 1001 classes.
 * @param count how many classes the model has, if it says so
 * @param fits whether the model may have so many names
 */
export async function findClassNames(
  card: ModelCard,
  { beside, given }: { readonly beside?: Sidecar | undefined; readonly given?: Sidecar | undefined },
  count: number | undefined,
  fits: (names: number) => boolean,
): Promise<ClassNames> {
  if (given?.classes) return { ...(await termed({ names: given.classes })), origin: given.origin };
  const file = given?.labelFiles?.[0];
  const labels = file && fittingLabels(file.readings, fits);
  if (labels) return { ...(await termed(labels)), origin: given.origin };
  if (card.classes) return { ...(await termed({ names: card.classes })), origin: "stored with the model" };
  return namesBeside(beside, count, fits);
}

/** Names with all other terms; a note tells of names that several classes have. */
async function termed(labels: Labels): Promise<TermedClasses> {
  const termed = await withTerms(labels);
  const doubled = doubledNames(termed.classes);
  const [first] = doubled;
  if (first === undefined) return termed;
  const [name, indices] = first;
  const listed = indices.slice(0, mostCandidates).join(", ");
  const others = doubled.length > 1 ? `, and ${counted(doubled.length - 1, "other name")} like it` : "";
  const got = `"${brief(name, longestName)}" is the name of ${indices.length} classes (${listed}${indices.length > mostCandidates ? " ..." : ""})${others}`;
  return { ...termed, notes: [...(termed.notes ?? []), `class names: ${got}: give such a class by its index`] };
}

async function namesBeside(
  beside: Sidecar | undefined,
  count: number | undefined,
  fits: (names: number) => boolean,
): Promise<ClassNames> {
  const files = beside ? labelFilesOf(beside) : [];
  const fitting = (readings: readonly Labels[]) => readings.find(({ names }) => fits(names.length));
  const used = files.find(({ readings }) => fitting(readings));
  const labels = used && fitting(used.readings);
  const passed = files.filter(({ found }) => !found || !labels).slice(0, used && files.indexOf(used));
  const notes = passed.map(
    ({ origin, readings }) =>
      `class names ${origin} are left out: ${readings[0]?.names.length}, and the model has ${count} classes`,
  );
  if (labels) {
    const source = used.found ? [`class names ${used.origin}, which lies beside the model`] : [];
    const classes = await termed(labels);
    return { ...classes, origin: used.origin, notes: [...notes, ...source, ...(classes.notes ?? [])] };
  }
  if (count !== 1000 && count !== 1001) return { notes };
  const { imageNetClasses } = await import("./imagenet-classes.js");
  return count === 1000
    ? { ...(await withTerms({ names: imageNetClasses })), origin: "assumed: ImageNet's", notes }
    : {
        ...(await withTerms({ names: ["background", ...imageNetClasses] })),
        origin: "assumed: background and ImageNet's",
        notes,
      };
}
