/** @file Lists of photos with their labels: CSV with a header, or a JSON list of objects. */

import { posix } from "node:path";
import { type CsvRecord, firstLine, readCsv } from "../../files/csv.js";
import { staysBelow } from "../../files/own-folder.js";
import { FoveaError, shortened } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { brief } from "../../foundation/visible.js";
import { boxBetween, boxFrom } from "../boxes.js";
import type { Annotation, Split } from "./photo.js";
import { parseSplit } from "./split-names.js";

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
  const placesOf = (columns: readonly string[]) => columns.map((name) => names.indexOf(name));
  const find = (columns: readonly string[]) => placesOf(columns).find((place) => place >= 0) ?? -1;
  const { path, label, split } = spellings;
  return {
    path: find(path),
    label: find(label),
    split: find(split),
    corners: placesOf(corners),
    sides: placesOf(sides),
  };
}

/** Whether a list of JSON has a path and a label in its first item. */
export function isJsonManifest(list: readonly unknown[]): boolean {
  const { path, label } = columnsOf(Object.keys(Object(list[0])));
  return path >= 0 && label >= 0;
}

/** Whether a CSV file's first line names the columns of a manifest. @throws FoveaError `bad-file` where it is no CSV */
export function isManifest(text: string, where: string): boolean {
  const { path, label } = columnsOf(readCsv(firstLine(text), where)[0]?.fields ?? []);
  return path >= 0 && label >= 0;
}

/**
 * Reads a CSV manifest: columns `path` and `label`; `split`; and a box as `xmin`, `ymin`, `xmax`, `ymax` (`width` and `height`
 * are then the photo's) or as `x`, `y`, `width`, `height`, in pixels from the upper left corner. Other columns are left alone.
 * A photo with several boxes has a line for each; a line without numbers there has no box.
 * @throws FoveaError `bad-file`
 */
export function readCsvManifest(text: string, where: string): Annotation[] {
  const [{ fields: header } = { fields: [] }, ...records] = readCsv(text, where);
  return records.map(annotationReader(header, where));
}

/**
 * Reads records below a header (see `readCsvManifest`).
 * @throws FoveaError `bad-file` for a header without a path or a label; what it gives throws the same for a wrong record
 */
export function annotationReader(header: readonly string[], where: string): (record: CsvRecord) => Annotation {
  const columns = columnsOf(header);
  const missing = (["path", "label"] as const).filter((name) => columns[name] < 0);
  if (missing.length > 0) {
    const got = brief(header.slice(0, 20).join(", "), 200) || "an empty file";
    throw new FoveaError("bad-file", `${where}: columns: expected path and label, got ${got}`);
  }
  return ({ line, fields }) => {
    const place = `${where}: line ${line}`;
    const [expected, got] = [header.length, fields.length];
    if (got !== expected) throw new FoveaError("bad-file", `${place}: expected ${expected} fields, got ${got}`);
    const box = boxOf(columns, fields, place);
    return {
      ...annotationOf(fields[columns.path], fields[columns.label], fields[columns.split], place),
      ...(box ? { box } : {}),
    };
  };
}

function boxOf({ corners, sides }: ReturnType<typeof columnsOf>, fields: readonly string[], where: string) {
  const places = [corners, sides].find((each) => each.every((place) => place >= 0));
  const texts = places?.map((place) => at(fields, place));
  if (texts === undefined || texts.every((text) => text === "")) return undefined;
  const numbers = texts.map((text) => (text === "" ? Number.NaN : Number(text)));
  return places === corners ? boxBetween(numbers, where) : boxFrom(numbers, where);
}

/**
 * Reads a list of `{ "file", "label", "split", "boxes": [[xmin, ymin, xmax, ymax], ...] }`, in the spellings of CSV columns.
 * @throws FoveaError `bad-file`
 */
export function readJsonManifest(list: readonly unknown[], where: string): Annotation[] {
  return list.flatMap((item, i) => {
    const place = `${where}: item ${i}`;
    const fields: [string, unknown][] = Object.entries(Object(item));
    const field = (names: readonly string[]) => fields.find(([key]) => names.includes(key.toLowerCase()))?.[1];
    const { path, label, split } = spellings;
    const annotation = annotationOf(field(path), field(label), field(split), place);
    const boxes = field(["boxes"]) ?? [];
    if (!Array.isArray(boxes)) {
      throw new FoveaError("bad-file", `${place}: boxes: expected a list, got ${typeof boxes}`);
    }
    const objects = boxes.map((box) => ({ ...annotation, box: boxBetween(Array.isArray(box) ? box : [], place) }));
    return objects.length > 0 ? objects : [annotation];
  });
}

function annotationOf(path: unknown, label: unknown, split: unknown, where: string): Annotation {
  const missing = (field: string) => new FoveaError("bad-file", `${where}: ${field}: expected one, got none`);
  if (typeof path !== "string" || path === "") throw missing("path");
  const name = typeof label === "number" ? String(label) : label;
  if (typeof name !== "string" || name === "") throw missing("label");
  return {
    path: pathInside(path, where),
    label: name,
    ...(split === undefined || split === "" ? {} : { split: requireSplit(split, where) }),
  };
}

/** @throws FoveaError `bad-file` for a path that leaves the manifest's folder */
export function pathInside(path: string, where: string): string {
  if (staysBelow(path)) return posix.normalize(path.replaceAll("\\", "/"));
  throw new FoveaError(
    "bad-file",
    `${where}: path: expected one inside the manifest's folder, got ${brief(path, 200)}`,
  );
}

function requireSplit(value: unknown, where: string): Split {
  const split = typeof value === "string" ? parseSplit(value) : undefined;
  if (split) return split;
  throw new FoveaError("bad-file", `${where}: split: expected train, val or test, got ${shortened(value)}`);
}
