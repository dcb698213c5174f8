/** @file Class names from a table with a column of names: comma, tab or semicolon between fields, with a header or without. */

import { type CsvRecord, readCsv } from "../../files/csv.js";
import { at } from "../../foundation/present.js";
import { isSynsetId, type Labels, placeLabels, splitIds } from "./labels.js";

const headers = {
  index: ["index", "idx", "id", "class_id", "class_index", "classid", "label_id", "number", "no", "no.", "target", ""],
  name: ["name", "class_name", "classname", "label_name", "display_name", "label", "class", "category", "title"],
} as const;

/** All readings of a table; none for text that is no table with a column of names. */
export function labelsInTable(text: string): Labels[] {
  const records = recordsOf(text);
  const [first, ...others] = records;
  if (first === undefined || others.length === 0) return [];
  if (!records.every(({ length }) => length === first.length)) return [];
  const header = first.map((field) => field.toLowerCase().replaceAll(/[\s-]+/g, "_"));
  if (first.length === 1) return isNameHeader(header[0]) ? [splitIds(others.flat()), splitIds(records.flat())] : [];
  return isHeader(header, others) ? readColumns(others, header) : readColumns(records, undefined);
}

function recordsOf(text: string): (readonly string[])[] {
  try {
    return readCsv(text, "").map(({ fields }: CsvRecord) => fields.map((field) => field.trim()));
  } catch {
    return [];
  }
}

const isIndex = (field: string) => /^\d{1,6}$/.test(field);
const isNameHeader = (name: string | undefined) => headers.name.some((each) => each === name);

/** Whether a first row names the columns: with the usual words, or because it has none of the numbers that stand below it. */
function isHeader(header: readonly string[], rows: readonly (readonly string[])[]): boolean {
  if (header.some(isIndex)) return false;
  return header.some(isNameHeader) || header.some((_, place) => rows.every((row) => isIndex(at(row, place))));
}

/** @param header names of the columns; undefined without a header */
function readColumns(rows: readonly (readonly string[])[], header: readonly string[] | undefined): Labels[] {
  const places = (rows[0] ?? []).map((_, place) => place);
  const all = (place: number, holds: (field: string) => boolean) => rows.every((row) => holds(at(row, place)));
  const called = (names: readonly string[]) =>
    names.map((name) => header?.indexOf(name) ?? -1).filter((place) => place >= 0);
  const counts = (place: number) => all(place, isIndex) && new Set(rows.map((row) => row[place])).size === rows.length;
  const index = [...called(headers.index), ...places].find(counts);
  const id = places.find((place) => all(place, isSynsetId));
  // Without a header, numbers and ids, commas are those of names: `tabby, tabby cat`.
  if (header === undefined && index === undefined && id === undefined) return [];
  const name = [...called(headers.name), ...places].find((place) => place !== index && place !== id) ?? id;
  if (name === undefined) return [];
  return placeLabels(
    rows.map((row, i) => ({
      index: index === undefined ? i : Number(row[index]),
      name: at(row, name) || String(i),
      ...(id === undefined ? {} : { id: at(row, id) }),
    })),
  );
}
