/** @file Lists of images as a source: CSV, JSON, and Parquet tables of paths. Long ones are read as they are needed. */

import { FoveaError, shortened } from "../../../foundation/error.js";
import { present } from "../../../foundation/present.js";
import type { ParquetRow } from "../../parquet/file.js";
import { rowsOf } from "../../parquet/read.js";
import { annotatedPhoto, listByManifests, readManifest, splitOfList } from "../../photos/list-folder.js";
import { pathInside } from "../../photos/manifest.js";
import { accessTo, type Store, type StoredFile } from "../../stores/store.js";
import type { ImagesOptions, NamedImage, Source, SourceImage } from "../source.js";
import { storedImage } from "../stored-image.js";
import { labelsOfRow, type TableColumns, tableColumns } from "../table/table-columns.js";
import { openStoredParquet } from "../table/table-source.js";

/** Bytes of a list that is read at once: all lines of one image then belong together, wherever they stand. */
const mostAtOnce = 2 ** 23;

export class ListSource implements Source {
  readonly address: string;
  readonly archives: readonly string[] = [];
  readonly origin: string;
  readonly notes: readonly string[] = [];
  readonly #store: Store;
  readonly #file: StoredFile;

  constructor(address: string, store: Store, file: StoredFile) {
    this.address = address;
    this.origin = `listed in ${file.name}`;
    this.#store = store;
    this.#file = file;
  }

  async *images({ keep = () => true, signal }: ImagesOptions = {}): AsyncGenerator<SourceImage> {
    for await (const photo of photosIn(this.#store, this.#file)) {
      signal?.throwIfAborted();
      if (keep(photo.name)) yield storedImage(this.#store, photo);
    }
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

async function* photosIn(store: Store, file: StoredFile): AsyncGenerator<NamedImage> {
  if (!/\.([ct]sv|json)$/i.test(file.name)) yield* photosInTable(store, file.name);
  else if (/\.[ct]sv$/i.test(file.name) && (file.bytes ?? 0) > mostAtOnce) yield* photosInLines(store, file);
  else yield* await photosAtOnce(store, file.name);
}

async function photosAtOnce(store: Store, name: string): Promise<readonly NamedImage[]> {
  const annotations = await readManifest(store, name);
  if (annotations) return listByManifests(store, [{ name, annotations }]).photos;
  const expected = "expected a list of photos, [{ file, label }, ...]";
  throw new FoveaError("bad-file", `${store.address(name)}: photos: ${expected}, got other JSON`);
}

async function* photosInLines(store: Store, file: StoredFile): AsyncGenerator<NamedImage> {
  const { streamCsv } = await import("./stream-csv.js");
  const split = splitOfList(file.name);
  for await (const annotations of streamCsv(accessTo(store, file, file.bytes ?? 0))) {
    const all = split ? annotations.map((each) => ({ split, ...each })) : annotations;
    const { path } = present(all[0], "annotation");
    yield annotatedPhoto(path, all, store.address(path));
  }
}

async function* photosInTable(store: Store, name: string): AsyncGenerator<NamedImage> {
  const table = await openStoredParquet(store, name);
  const split = splitOfList(name);
  try {
    const known = tableColumns(table);
    const columns = [known.path, known.label, known.split].flatMap((column) => column ?? []);
    let number = 0;
    for await (const row of rowsOf(table, { columns })) {
      const place = `${table.where}: row ${number++}`;
      yield { name: pathIn(row, known, place), split, ...labelsOfRow(row, known) };
    }
  } finally {
    await table.close();
  }
}

/** @throws FoveaError `bad-file` for a row without a path, or one that leaves the folder */
function pathIn(row: ParquetRow, { path = "" }: TableColumns, where: string): string {
  const value = row[path];
  if (typeof value === "string" && value !== "") return pathInside(value, where);
  throw new FoveaError(
    "bad-file",
    `${where}: path: expected one, got ${value === undefined ? "none" : shortened(value)}`,
  );
}
