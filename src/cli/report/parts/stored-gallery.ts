/** @file The pictures that parts of a report hold, read when they are asked for. */

import { openParquet } from "../../../data/parquet/file.js";
import { rowsOf } from "../../../data/parquet/read.js";
import { isObject } from "../../../foundation/check.js";
import { groupBy } from "../../../foundation/group-by.js";
import { parseJson } from "../../../foundation/parse-json.js";
import { at } from "../../../foundation/present.js";
import { type Gallery, missingShown } from "../../../report/collect/gallery/gallery.js";
import type { Shown, ShownKind } from "../../../report/collect/gallery/shown.js";

/** Where a picture is stored. */
interface Place {
  /** Its image or label. */
  readonly of: string;
  readonly table: number;
  readonly row: number;
}

/** All that parts hold, by kind, model and image or label. */
export class PictureIndex {
  readonly #tables: readonly string[];
  readonly #places = new Map<string, Place>();
  /** By kind and model, all there is, by table. */
  readonly #all = new Map<string, Place[]>();

  private constructor(tables: readonly string[]) {
    this.#tables = tables;
  }

  /** @param tables their paths @throws FoveaError `not-found`, `bad-file` */
  static async of(tables: readonly string[]): Promise<PictureIndex> {
    const index = new PictureIndex(tables);
    for (const [table, path] of tables.entries()) {
      const file = await openParquet(path);
      try {
        let row = 0;
        for await (const { kind, model, of } of rowsOf(file, { columns: ["kind", "model", "of"] }))
          index.#add(String(kind), Number(model), { of: String(of), table, row: row++ });
      } finally {
        await file.close();
      }
    }
    return index;
  }

  #add(kind: string, model: number, place: Place): void {
    this.#places.set(keyOf(kind, model, place.of), place);
    const key = keyOf(kind, model, "");
    const all = this.#all.get(key);
    if (all) all.push(place);
    else this.#all.set(key, [place]);
  }

  /** Every text of a kind, with the image or label that it is of. */
  async *each(kind: string, model: number): AsyncGenerator<{ readonly of: string; readonly json: string }> {
    for (const [table, some] of groupBy(this.#all.get(keyOf(kind, model, "")) ?? [], (each) => each.table)) {
      const names = new Map(some.map(({ row, of }) => [row, of]));
      for await (const { row, json } of jsonOf(at(this.#tables, table), new Set(names.keys())))
        yield { of: names.get(row) ?? "", json };
    }
  }

  has(kind: string, model: number, of: string): boolean {
    return this.#places.has(keyOf(kind, model, of));
  }

  /** The texts of some of a kind, in their order; undefined where there is none. */
  async read(kind: string, model: number, names: readonly string[]): Promise<(string | undefined)[]> {
    const found = names.flatMap((of, i) => {
      const place = this.#places.get(keyOf(kind, model, of));
      return place ? [{ i, ...place }] : [];
    });
    const texts: (string | undefined)[] = names.map(() => undefined);
    for (const [table, some] of groupBy(found, (each) => each.table)) {
      const byRow = new Map(some.map(({ row, i }) => [row, i]));
      for await (const { row, json } of jsonOf(at(this.#tables, table), new Set(byRow.keys()))) {
        const i = byRow.get(row);
        if (i !== undefined) texts[i] = json;
      }
    }
    return texts;
  }
}

/** The rows of a table that are wanted; row groups without any are not read. */
async function* jsonOf(path: string, wanted: ReadonlySet<number>) {
  const file = await openParquet(path);
  try {
    for (const [group, { start, rows }] of file.groups.entries()) {
      if (![...wanted].some((row) => row >= start && row < start + rows)) continue;
      for (const [i, { json }] of (await file.readGroup(group, ["json"])).entries())
        if (wanted.has(start + i)) yield { row: start + i, json: String(json) };
    }
  } finally {
    await file.close();
  }
}

function keyOf(kind: string, model: number, of: string): string {
  return `${kind}\n${model}\n${of}`;
}

/** A gallery of what parts hold. */
export function storedGallery(index: PictureIndex, nameOf: (index: number) => string): Gallery {
  return {
    async get<Kind extends ShownKind>(kind: Kind, model: number, indices: readonly number[]) {
      const names = indices.map(nameOf);
      const texts = await index.read(kind, model, names);
      return texts.map((text, i) => {
        if (text === undefined) throw missingShown(kind, at(names, i));
        const shown = parseJson(text);
        if (!isShown(kind, shown)) throw missingShown(kind, at(names, i));
        return shown;
      });
    },
  };
}

/** Its kind stands beside it in the table, which only parts of this version have. */
function isShown<Kind extends ShownKind>(_: Kind, value: unknown): value is Shown[Kind] {
  return value === null || isObject(value);
}
