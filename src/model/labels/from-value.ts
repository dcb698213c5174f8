/** @file Class names in data, whichever notation it was written in: lists, tables by index, tables by name, and settings that hold one. */

import { isSynsetId, type Labels, type NumberedLabel, placeLabels, splitIds } from "./labels.js";

type Fields = Readonly<Record<string, unknown>>;

/** Settings that hold class names: those of Hugging Face, timm, Teachable Machine, Ultralytics and COCO, and usual words. */
const namesIn: readonly string[] = [
  ...["id2label", "label2id", "names", "labels", "classes", "class_names", "classNames", "label_names", "categories"],
  ...["idx_to_class", "class_to_idx", "class_indices", "idx2label", "label_map", "class_labels"],
];

/** A name that stands in a list or in a table by index: a text, a number, a pair of id and name, or an object with a name. */
const nameFields: readonly string[] = ["name", "label", "class", "class_name", "display_name", "title"];
const indexFields: readonly string[] = ["id", "index", "idx", "class_id", "class_index", "label_id"];

/** All readings of class names that data can have; none for other data. */
export function labelsInValue(value: unknown, depth = 2): Labels[] {
  if (Array.isArray(value)) return labelsInList(value);
  if (!isFields(value)) return [];
  const entries = Object.entries(value);
  if (entries.length === 0) return [];
  const described = describedNames(value);
  if (described) return [described];
  const tables = [byIndex(entries), byName(entries)].filter((table) => table !== undefined);
  // Of two tables (`{ "7": 0, "9": 1 }`) the one whose indices count is meant.
  if (tables.length > 0)
    return tables
      .map(placeLabels)
      .sort((a, b) => a.length - b.length)
      .flat();
  if (depth === 0) return [];
  const inner = namesIn.filter((name) => name in value).map((name) => labelsInValue(value[name], depth - 1));
  return inner.find(({ length }) => length > 0) ?? [];
}

/** The likeliest class names in a list, or in a table by index or by name; undefined for anything else. */
export function classesIn(value: unknown): readonly string[] | undefined {
  return labelsInValue(value, 0)[0]?.names;
}

function labelsInList(list: readonly unknown[]): Labels[] {
  if (list.length === 0) return [];
  // An OrderedDict is printed as a call with a list of pairs.
  if (list.length === 1 && Array.isArray(list[0])) return labelsInList(list[0]);
  const numbered = list.map(numberedObject);
  if (numbered.every((each) => each !== undefined)) return placeLabels(numbered);
  const pairs = list.map(namedBy);
  if (!pairs.every((pair) => pair !== undefined)) return [];
  if (pairs.every(({ id }) => id !== undefined)) {
    return [{ names: pairs.map(({ name }) => name), ids: pairs.map(({ id = "" }) => id) }];
  }
  return [splitIds(pairs.map(({ name }) => name))];
}

/** `{ "id": 3, "name": "cat" }`, `[3, "cat"]`. */
function numberedObject(value: unknown): NumberedLabel | undefined {
  if (Array.isArray(value)) {
    const [index, name]: readonly unknown[] = value;
    const isPair = value.length === 2 && typeof index === "number" && typeof name === "string";
    return isPair ? byIndex([[String(index), name]])?.[0] : undefined;
  }
  if (!isFields(value)) return undefined;
  const index = indexFields.map((field) => indexFrom(value[field])).find((each) => each !== undefined);
  const named = namedBy(value);
  return index === undefined || named === undefined ? undefined : { index, ...named };
}

interface Named {
  readonly name: string;
  readonly id?: string | undefined;
}

/** `"cat"`, `7`, `["n02123045", "tabby"]`, `{ "name": "cat" }`. */
function namedBy(value: unknown): Named | undefined {
  if (Array.isArray(value)) {
    const texts: readonly unknown[] = value;
    const id = texts.find((each): each is string => typeof each === "string" && isSynsetId(each));
    const name = textFrom(texts.findLast((each) => each !== id) ?? id);
    return name === undefined ? undefined : { name, id };
  }
  if (!isFields(value)) {
    const name = textFrom(value);
    return name === undefined ? undefined : { name };
  }
  const name = nameFields.map((field) => textFrom(value[field])).find((each) => each !== undefined);
  const id = Object.values(value).find((each): each is string => typeof each === "string" && isSynsetId(each));
  return name === undefined ? undefined : { name, id };
}

/** `{ "0": "cat", "1": "dog" }`. */
function byIndex(entries: readonly [string, unknown][]): NumberedLabel[] | undefined {
  const labels = entries.map(([key, value]): NumberedLabel | undefined => {
    const [index, named] = [indexFrom(key), namedBy(value)];
    return index === undefined || named === undefined ? undefined : { index, ...named };
  });
  return labels.every((label) => label !== undefined) ? labels : undefined;
}

/** `{ "cat": 0, "dog": 1 }`. */
function byName(entries: readonly [string, unknown][]): NumberedLabel[] | undefined {
  const labels = entries.map(([name, value]): NumberedLabel | undefined => {
    const index = indexFrom(value);
    return index === undefined ? undefined : { index, name };
  });
  return labels.every((label) => label !== undefined) ? labels : undefined;
}

/** timm lists WordNet ids, with descriptions where a dataset has both. */
function describedNames({ label_names: names, label_descriptions: descriptions }: Fields): Labels | undefined {
  if (!Array.isArray(names) || !isFields(descriptions)) return undefined;
  const ids = names.map((name) => textFrom(name) ?? "");
  const texts = ids.map((id) => textFrom(descriptions[id]) ?? id);
  return { names: texts, ...(ids.every(isSynsetId) ? { ids } : {}) };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textFrom(value: unknown): string | undefined {
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** A whole number, also as text. */
function indexFrom(value: unknown): number | undefined {
  const isText = typeof value === "string" && /^\s*\d{1,9}\s*$/.test(value);
  const index = isText ? Number(value) : value;
  return typeof index === "number" && Number.isInteger(index) && index >= 0 ? index : undefined;
}
