/** @file The groups of `--groups`: a column of a list that names a group for each image. */

import { dirname, resolve } from "node:path";
import { readCsv } from "../../files/csv.js";
import { readInputText } from "../../files/input/read-input.js";
import { FoveaError, shortened } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";

/** Groups as numbers, and what they are called. */
export interface ImageGroups {
  readonly of: readonly number[];
  readonly names: readonly string[];
}

const usualColumn = "group";
const pathColumns = ["path", "file", "filename", "file_name", "image", "image_path"];

/**
 * The groups of photos, whose paths stand in a column of the list as in a list of photos.
 * @param choice a list with a header, and behind a colon the name of its column; default `group`
 * @throws FoveaError `not-found`, `bad-file`, `bad-input` for a photo that is not in the list
 */
export async function groupsOfPhotos(
  choice: string,
  photos: readonly { readonly path: string }[],
): Promise<ImageGroups> {
  const { where, header, rows, place } = await tableIn(choice);
  const paths = header.findIndex((name) => pathColumns.includes(name));
  if (paths < 0)
    throw new FoveaError("bad-file", `${where}: columns: expected path, got ${shortened(header.join(", "))}`);
  const groupOf = new Map(rows.map((row) => [resolve(dirname(where), at(row, paths)), at(row, place)]));
  return numbered(
    photos.map(({ path }) => {
      const group = groupOf.get(resolve(path));
      if (group !== undefined) return group;
      throw new FoveaError(
        "bad-input",
        `${where}: --groups: expected a line for each photo to learn from, got none for ${path}`,
      );
    }),
  );
}

/**
 * The groups of images that have no paths: a line for each, in their order.
 * @throws FoveaError `not-found`, `bad-file`, `bad-input` for another number of lines
 */
export async function groupsInOrder(choice: string, count: number): Promise<ImageGroups> {
  const { where, rows, place } = await tableIn(choice);
  if (rows.length === count) return numbered(rows.map((row) => at(row, place)));
  throw new FoveaError(
    "bad-input",
    `${where}: --groups: expected a line for each of ${count} training images, got ${rows.length}`,
  );
}

async function tableIn(choice: string) {
  const [, where = choice, column = usualColumn] = /^(.*\.[ct]sv)(?::(.+))?$/i.exec(choice) ?? [];
  const [first, ...records] = readCsv(await readInputText(where, "list"), where);
  const header = (first?.fields ?? []).map((name) => name.trim().toLowerCase());
  const place = header.indexOf(column.toLowerCase());
  if (place < 0) {
    const got = shortened(header.join(", "));
    throw new FoveaError("bad-file", `${where}: columns: expected ${column}, got ${got}: name one as ${where}:COLUMN`);
  }
  for (const { line, fields } of records) {
    if (fields.length === header.length) continue;
    throw new FoveaError("bad-file", `${where}: line ${line}: expected ${header.length} fields, got ${fields.length}`);
  }
  return { where, header, rows: records.map(({ fields }) => fields), place };
}

/** Numbers in the order of the names, so that no order of lines changes them. */
function numbered(groups: readonly string[]): ImageGroups {
  const names = [...new Set(groups)].sort();
  const numberOf = new Map(names.map((name, i) => [name, i]));
  return { of: groups.map((name) => numberOf.get(name) ?? 0), names };
}
