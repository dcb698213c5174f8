/** @file Archives and tables as other programs write them: test/reference/sources.py has made them, and says what is in them. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readParquetRows } from "../../../src/data/parquet/read.js";
import { bytesOfImage } from "../../../src/data/sources/image-of.js";
import { openSource } from "../../../src/data/sources/open-source.js";
import { imageSize } from "../../../src/image/node.js";

interface Expected {
  readonly name?: string;
  readonly member?: string;
  readonly label: string;
  readonly split?: string;
  readonly sha?: string;
}

const folder = join("test", "fixtures", "sources");
const { sources }: { sources: Record<string, Expected[]> } = JSON.parse(
  readFileSync(join(folder, "expected.json"), "utf8"),
);

async function found(file: string): Promise<Expected[]> {
  const source = await openSource(join(folder, file));
  const images: Expected[] = [];
  for await (const { name, label = "", split, ...image } of source.images()) {
    const isListed = file.includes("list");
    const bytes = isListed ? undefined : await bytesOfImage(image);
    if (bytes) expect(await imageSize(bytes)).toEqual({ width: 8 + images.length, height: 6 });
    images.push({
      ...(isListed ? { name } : {}),
      ...(file.endsWith(".tar") ? { member: name.slice(file.length + 1) } : {}),
      label,
      ...(split ? { split } : {}),
      ...(bytes ? { sha: createHash("sha256").update(bytes).digest("hex").slice(0, 16) } : {}),
    });
  }
  await source.close();
  expect(source.notes).toEqual([]);
  return images;
}

describe("openSource", () => {
  it.each(Object.entries(sources))("reads %s as its own program does", async (file, expected) => {
    expect(expected.length).toBeGreaterThan(0);
    expect(await found(file)).toEqual(expected);
  });
});

it("readParquetRows gives numbers and empty values of Arrow", async () => {
  const numbers: unknown[] = [];
  for await (const row of readParquetRows(join(folder, "arrow-zstd-2.0-dictionary.parquet"), { columns: ["number"] })) {
    numbers.push(row.number);
  }
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => (i % 4 === 1 ? undefined : BigInt(i))));
  expect(numbers).toHaveLength(7);
});
