/** @file Tests of Parquet tables: what is written is read again, by row groups, and what is damaged is refused in words. */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RowOf } from "../../../src/data/parquet/columns.js";
import { openParquet } from "../../../src/data/parquet/file.js";
import { readParquet, readParquetRows } from "../../../src/data/parquet/read.js";
import { writeParquet } from "../../../src/data/parquet/write.js";
import { random } from "../../../src/foundation/random.js";
import { everything } from "../../support/share.js";
import { type TestFolder, testFolder } from "../photos/folder.js";

let folder: TestFolder;
beforeEach(() => {
  folder = testFolder();
});
afterEach(() => folder.remove());

const columns = {
  path: "string",
  label: "string",
  count: "int32",
  hash: "int64",
  score: "float32",
  exact: "float64",
  right: "boolean",
  scores: "float32[]",
  image: "bytes",
} as const;

type Row = RowOf<typeof columns>;

/** Rows with empty values here and there, and long lists of no length. */
function* rowsOf(count: number): Generator<Row> {
  const source = random("rows");
  for (let i = 0; i < count; i++) {
    const isEmpty = i % 7 === 3;
    yield {
      path: `cat/${i} ü.jpg`,
      label: isEmpty ? undefined : `class ${i % 3}`,
      count: i % 2 === 0 ? i - 2 ** 31 : 2 ** 31 - 1 - i,
      hash: -(2n ** 63n) + BigInt(i) * 1_234_567_890_123n,
      score: Math.fround(source.normal()),
      exact: isEmpty ? undefined : source.normal(),
      right: i % 3 === 0,
      scores: Array.from({ length: i % 4 }, () => Math.fround(source.uniform())),
      image: Uint8Array.from({ length: i % 50 }, (_, at) => (at * i) % 256),
    };
  }
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const path = () => join(folder.path, "table.parquet");

describe("writeParquet and readParquet", () => {
  it("give back every row of every type, empty values included, in row groups of bounded size", async () => {
    await writeParquet(path(), columns, rowsOf(1000), { groupRows: 300, metadata: { made: "by a test" } });
    expect(await all(readParquet(path(), columns))).toEqual([...rowsOf(1000)]);
    const table = await openParquet(path());
    expect(table.groups).toEqual([
      { start: 0, rows: 300 },
      { start: 300, rows: 300 },
      { start: 600, rows: 300 },
      { start: 900, rows: 100 },
    ]);
    expect([...table.metadata]).toEqual([["made", "by a test"]]);
    expect([...table.columns.keys()]).toEqual(Object.keys(columns));
    await table.close();
  });

  it("begin at any row, and read no other columns than those asked for", async () => {
    await writeParquet(path(), columns, rowsOf(50), { groupRows: 8 });
    for (const from of [0, 1, 8, 47, 50, 80]) {
      const rows = await all(readParquet(path(), { path: "string" }, { from }));
      expect(rows).toEqual([...rowsOf(50)].slice(from).map((row) => ({ path: row.path })));
    }
  });

  it("end a row group by its bytes, so that images do not fill the memory", async () => {
    const images = Array.from({ length: 10 }, (_, i) => ({ image: new Uint8Array(1000).fill(i) }));
    await writeParquet(path(), { image: "bytes" }, images, { groupBytes: 2500 });
    const table = await openParquet(path());
    expect(table.groups.map(({ rows }) => rows)).toEqual([3, 3, 3, 1]);
    await table.close();
    expect(await all(readParquet(path(), { image: "bytes" }))).toEqual(images);
  });

  it("make the same bytes of the same rows, and a table of no rows", async () => {
    await writeParquet(path(), columns, rowsOf(100));
    const first = await readFile(path());
    await writeParquet(path(), columns, rowsOf(100));
    expect(await readFile(path())).toEqual(first);
    await writeParquet(path(), columns, []);
    expect(await all(readParquet(path(), columns))).toEqual([]);
    const table = await openParquet(path());
    expect([...table.columns.keys()]).toEqual(Object.keys(columns));
    await table.close();
  });

  it("leave nothing where rows end with an error", async () => {
    const rows = async function* () {
      yield* rowsOf(10);
      throw new Error("no more rows");
    };
    await expect(writeParquet(path(), columns, rows(), { groupRows: 2 })).rejects.toThrow("no more rows");
    expect(existsSync(path())).toBe(false);
  });
});

describe("damaged tables", () => {
  it("are refused in words, wherever they are cut off", async () => {
    await writeParquet(path(), columns, rowsOf(60), { groupRows: 20 });
    const whole = await readFile(path());
    const source = random("damage");
    for (let i = 0; i < 100; i++) {
      await folder.write({ "table.parquet": whole.subarray(0, Math.floor(source.uniform() * whole.length)) });
      const error: unknown = await all(readParquetRows(path())).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: "bad-file", message: expect.stringContaining("table.parquet") });
    }
  });

  it("are read or refused in a moment, whichever byte is wrong", async () => {
    await writeParquet(path(), columns, rowsOf(60), { groupRows: 20 });
    const whole = await readFile(path());
    const source = random("damage");
    for (let i = 0; i < (everything ? 400 : 60); i++) {
      const bytes = Uint8Array.from(whole);
      bytes[Math.floor(source.uniform() * whole.length)] = Math.floor(256 * source.uniform());
      await folder.write({ "table.parquet": bytes });
      const result = await all(readParquetRows(path())).catch((error: unknown) => error);
      if (!Array.isArray(result)) expect(result).toMatchObject({ code: "bad-file" });
    }
  });

  it("say which column or value is not as expected", async () => {
    await writeParquet(path(), { path: "string", label: "int32" }, [{ path: "a", label: 1 }]);
    const message = (promise: Promise<unknown>) => promise.then(String, (error: Error) => error.message);
    expect(await message(all(readParquet(path(), { label: "string" })))).toMatch(
      /table\.parquet: row 0: label: expected string, got 1$/,
    );
    expect(await message(all(readParquetRows(path(), { columns: ["image"] })))).toMatch(
      /table\.parquet: expected a column image, got "path", "label"$/,
    );
    await folder.write({ "table.parquet": "no table" });
    expect(await message(all(readParquetRows(path())))).toMatch(
      /table\.parquet: expected a Parquet file, got one with another end$/,
    );
    expect(await message(all(readParquetRows(join(folder.path, "none.parquet"))))).toMatch(
      /none\.parquet: expected a file, got none there$/,
    );
  });
});
