/** @file Parquet tables with images in them as a source, as Hugging Face's library writes them. */

import { FoveaError, shortenedList } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import { openParquet, type ParquetFile, type ParquetRow } from "../../parquet/file.js";
import { cachedBlocks } from "../../stores/block-cache.js";
import { accessTo, type Store } from "../../stores/store.js";
import { imagesOfArchives } from "../archive-images.js";
import { splitOfArchive } from "../archive-split.js";
import type { LeftOut } from "../left-out.js";
import { Pool } from "../pool.js";
import type { ImagesOptions, Source, SourceImage } from "../source.js";
import { bytesOfCell, labelsOfRow, type TableColumns, tableColumns } from "./table-columns.js";

/** Tables that are open at a time. */
const mostOpen = 16;
/** Row groups whose images are in memory: the one that is read, and the next. */
const mostGroups = 2;
/** Descriptions and columns of labels are small; columns of images are larger than this, and read by themselves. */
const blocks = { block: 2 ** 19, blocks: 4 };

interface Table extends ParquetFile {
  readonly known: TableColumns;
  readonly version: string | undefined;
}

interface Group {
  readonly rows: readonly ParquetRow[];
  readonly close: () => Promise<void>;
}

export class TableSource implements Source {
  readonly address: string;
  readonly origin = "labelled in the tables";
  readonly #names: readonly string[];
  readonly #store: Store;
  readonly #left: LeftOut;
  readonly #tables: Pool<Table>;
  /** By the number of the group and the name of the table. */
  readonly #groups: Pool<Group>;

  /** @param names of the tables, in their order @param left told of what is left out */
  constructor(address: string, store: Store, names: readonly string[], left: LeftOut) {
    this.address = address;
    this.#store = store;
    this.#names = names;
    this.#left = left;
    this.#tables = new Pool(mostOpen, (name) => openTable(store, name));
    this.#groups = new Pool(mostGroups, (key) => this.#readGroup(key));
  }

  get archives(): readonly string[] {
    return this.#names;
  }

  get notes(): string[] {
    return this.#left.notes();
  }

  images(options?: ImagesOptions): AsyncGenerator<SourceImage> {
    return imagesOfArchives(this.#names, this.#tables, (unit, each) => this.#imagesIn(unit, each), options);
  }

  async close(): Promise<void> {
    await this.#groups.close();
    await this.#tables.close();
    await this.#store.close();
  }

  async *#imagesIn(unit: string, table: Table): AsyncGenerator<SourceImage> {
    const { known, groups, version } = table;
    if (known.image === undefined && this.#names.length > 1) {
      this.#left.add("other", unit);
      return;
    }
    imageColumn(table);
    const ofTable = splitOfArchive(unit);
    const columns = [known.label, known.split].flatMap((name) => name ?? []);
    for (const [index, { start, rows }] of groups.entries()) {
      const labels = columns.length > 0 ? await table.readGroup(index, columns) : [];
      for (let row = 0; row < rows; row++) {
        const name = `${unit}/${start + row}`;
        const read = () =>
          this.#groups.use(`${index}/${unit}`, async (group) => imageIn(at(group.rows, row), table, start + row));
        yield {
          ...{ name, unit, path: this.#store.address(name), split: ofTable, file: { version, read } },
          ...labelsOfRow(labels[row] ?? {}, known),
        };
      }
    }
  }

  async #readGroup(key: string): Promise<Group> {
    const slash = key.indexOf("/");
    const [index, unit] = [Number(key.slice(0, slash)), key.slice(slash + 1)];
    const rows = await this.#tables.use(unit, (table) => table.readGroup(index, [imageColumn(table)]));
    return { rows, close: async () => undefined };
  }
}

function imageIn(row: ParquetRow, table: Table, number: number): Uint8Array {
  const bytes = bytesOfCell(row[imageColumn(table)]);
  if (bytes) return bytes;
  throw new FoveaError("bad-file", `${table.where}/${number}: expected the bytes of an image, got none in its row`);
}

/** @throws FoveaError `bad-file` for a table without images */
function imageColumn({ where, known, columns }: Table): string {
  if (known.image !== undefined) return known.image;
  const expected = "expected a column of images (image: {bytes, path}, or bytes), or columns path and label";
  throw new FoveaError("bad-file", `${where}: ${expected}, got ${shortenedList([...columns.keys()])}`);
}

async function openTable(store: Store, name: string): Promise<Table> {
  const table = await openStoredParquet(store, name);
  return { ...table, known: tableColumns(table) };
}

/** @throws FoveaError `not-found`, `bad-file` */
export async function openStoredParquet(
  store: Store,
  name: string,
): Promise<ParquetFile & { readonly version: string | undefined }> {
  const found = await store.find(name);
  if (found?.bytes === undefined) {
    throw new FoveaError("not-found", `${store.address(name)}: expected a Parquet file, got none there`);
  }
  const file = await openParquet(cachedBlocks(accessTo(store, found, found.bytes), blocks));
  return { ...file, version: found.version };
}
