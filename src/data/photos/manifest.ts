/** @file Lists of photos with their labels: CSV with a header, or a JSON list of objects. */

import { posix } from "node:path";
import { staysBelow } from "../../files/own-folder.js";
import { FoveaError } from "../../foundation/error.js";
import type { Box } from "../../image/picture/resize.js";
import { type CsvRecord, readCsv } from "./csv.js";
import { type Annotation, type Split, splitNamed } from "./photo.js";

const spellings = {
  path: ["path", "file", "filename", "file_name", "image", "image_path"],
  label: ["label", "class", "category"],
  split: ["split", "set", "subset"],
} as const;
const corners = ["xmin", "ymin", "xmax", "ymax"] as const;
const sides = ["x", "y", "width", "height"] as const;

/** The place of each column in the header; -1 where there is none. */
function columnsOf(header: readonly string[]) {
  const names = header.map((name) => name.trim().toLowerCase());
  const places = (wanted: readonly string[]) => wanted.map((name) => names.indexOf(name));
  const [path, label, split] = [spellings.path, spellings.label, spellings.split].map(
    (each) => places(each).find((place) => place >= 0) ?? -1,
  ) as [number, number, number];
  return { path, label, split, corners: places(corners), sides: places(sides) };
}

/** Whether a list of JSON has a path and a label in its first item. */
export function isJsonManifest(list: readonly unknown[]): boolean {
  const { path, label } = columnsOf(Object.keys(Object(list[0])));
  return path >= 0 && label >= 0;
}

/** Whether a CSV file's first line names the columns of a manifest. */
export function isManifest(text: string): boolean {
  const { path, label } = columnsOf(readCsv(text.split(/\r?\n/, 1)[0] as string, "header")[0]?.fields ?? []);
  return path >= 0 && label >= 0;
}

/**
 * Reads a CSV manifest: columns `path` and `label`; `split`; and a box as `xmin`, `ymin`, `xmax`, `ymax` (`width` and `height`
 * are then the photo's) or as `x`, `y`, `width`, `height`, in pixels from the upper left corner. Other columns are left alone.
 * A photo with several boxes has a line for each; a line without numbers there has no box.
 * @throws FoveaError `bad-file`
 */
export function readCsvManifest(text: string, where: string): Annotation[] {
  const [header, ...records] = readCsv(text, where);
  const columns = columnsOf(header?.fields ?? []);
  const missing = (["path", "label"] as const).filter((name) => columns[name] < 0);
  if (missing.length > 0) {
    const got = header?.fields.join(", ") || "an empty file";
    throw new FoveaError("bad-file", `${where}: columns: expected path and label, got ${got.slice(0, 200)}`);
  }
  return records.map((record) => {
    const at = `${where}: line ${record.line}`;
    const expected = (header as CsvRecord).fields.length;
    const got = record.fields.length;
    if (got !== expected) throw new FoveaError("bad-file", `${at}: expected ${expected} fields, got ${got}`);
    const { fields } = record;
    const box = boxOf(columns, fields, at);
    return {
      ...placeOf(fields[columns.path], fields[columns.label], fields[columns.split], at),
      ...(box ? { box } : {}),
    };
  });
}

function boxOf({ corners, sides }: ReturnType<typeof columnsOf>, fields: readonly string[], at: string) {
  const places = [corners, sides].find((each) => each.every((place) => place >= 0));
  const texts = places?.map((place) => fields[place] as string);
  if (texts === undefined || texts.every((text) => text === "")) return undefined;
  const numbers = texts.map((text) => (text === "" ? Number.NaN : Number(text)));
  return places === corners ? boxBetween(numbers, at) : boxFrom(numbers, at);
}

/**
 * Reads a list of `{ "file", "label", "split", "boxes": [[xmin, ymin, xmax, ymax], ...] }`, in the spellings of CSV columns.
 * @throws FoveaError `bad-file`
 */
export function readJsonManifest(list: readonly unknown[], where: string): Annotation[] {
  return list.flatMap((item, i) => {
    const at = `${where}: item ${i}`;
    const fields = Object.entries(Object(item) as Record<string, unknown>);
    const field = (names: readonly string[]) => fields.find(([key]) => names.includes(key.toLowerCase()))?.[1];
    const { path, label, split } = spellings;
    const place = placeOf(field(path), field(label), field(split), at);
    const boxes = field(["boxes"]) ?? [];
    if (!Array.isArray(boxes)) throw new FoveaError("bad-file", `${at}: boxes: expected a list, got ${typeof boxes}`);
    const found = boxes.map((box) => ({ ...place, box: boxBetween(Array.isArray(box) ? box : [], at) }));
    return found.length > 0 ? found : [place];
  });
}

function placeOf(path: unknown, label: unknown, split: unknown, at: string): Annotation {
  if (typeof path !== "string" || path === "") throw new FoveaError("bad-file", `${at}: path: expected one, got none`);
  const name = typeof label === "number" ? String(label) : label;
  if (typeof name !== "string" || name === "") throw new FoveaError("bad-file", `${at}: label: expected one, got none`);
  const part = split === undefined || split === "" ? undefined : String(split);
  return { path: pathInside(path, at), label: name, ...(part === undefined ? {} : { split: knownSplit(part, at) }) };
}

/** @throws FoveaError `bad-file` for a path that leaves the manifest's folder */
function pathInside(path: string, at: string): string {
  if (staysBelow(path)) return posix.normalize(path.replaceAll("\\", "/"));
  throw new FoveaError("bad-file", `${at}: path: expected one inside the manifest's folder, got ${path.slice(0, 200)}`);
}

function knownSplit(text: string, at: string): Split {
  const split = splitNamed(text);
  if (split) return split;
  throw new FoveaError("bad-file", `${at}: split: expected train, val or test, got "${text.slice(0, 80)}"`);
}

/** The box between two corners. */
export function boxBetween(numbers: readonly unknown[], at: string): Box {
  const [left, top, right, bottom] = numbers as number[];
  const [width, height] = [(right as number) - (left as number), (bottom as number) - (top as number)];
  return boxFrom(numbers.length === 4 ? [left, top, width, height] : [], at, numbers);
}

/** @throws FoveaError `bad-file` unless it is four numbers, width and height above 0 */
export function boxFrom(numbers: readonly unknown[], at: string, given = numbers): Box {
  const [x, y, width, height] = numbers as number[];
  const finite = numbers.length === 4 && numbers.every((value) => typeof value === "number" && Number.isFinite(value));
  if (finite && (width as number) > 0 && (height as number) > 0) return { x, y, width, height } as Box;
  throw new FoveaError("bad-file", `${at}: box: expected four numbers that span an area, got ${given.join(", ")}`);
}
