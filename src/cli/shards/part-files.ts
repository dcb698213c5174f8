/** @file The files of a part: a table with a row for each image, more tables, and last the header that says that the part is whole. */

import { readdirSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Columns, RowOf } from "../../data/parquet/columns.js";
import { writeParquet } from "../../data/parquet/write.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { readInputText } from "../../files/input/read-input.js";
import { isObject } from "../../foundation/check.js";
import { FoveaError } from "../../foundation/error.js";
import type { Items } from "../../foundation/map-ahead.js";
import { parseJson } from "../../foundation/parse-json.js";
import type { Shard } from "./shard.js";

/** Rows in a group: so many are in memory while they are written. */
const rowsOfGroup = 8192;

/** Row groups of further tables: single rows of them are read. */
const smallGroups = 2 ** 20;

/** The form of parts; another number where it changes. */
const format = 1;

/** What a header says. */
export interface PartHeader<Same = unknown, Own = unknown> {
  readonly format: number;
  /** The command that made it, e.g. `report`. */
  readonly command: string;
  readonly shard: Shard;
  /** Rows of the table. */
  readonly rows: number;
  /** What all parts have in common: models, settings, versions, and what the command needs to tell its result. */
  readonly same: Same;
  /** What this one adds. */
  readonly own: Own;
}

export interface NewPart<Table extends Columns, Same, Own> {
  readonly command: string;
  readonly shard: Shard;
  readonly columns: Table;
  readonly rows: Items<RowOf<Table>>;
  /** Further tables, by the end of their files' names. */
  readonly more?: Readonly<Record<string, { readonly columns: Columns; readonly rows: Items<RowOf<Columns>> }>>;
  readonly same: Same;
  readonly own: Own;
}

/** @returns the path of the table */
export async function writePart<Table extends Columns, Same, Own>(
  folder: string,
  { command, shard, columns, rows, more = {}, same, own }: NewPart<Table, Same, Own>,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const stem = join(folder, partName(shard));
  // A header that is there means a part that is whole.
  rmSync(`${stem}.json`, { force: true });
  let count = 0;
  const counted = async function* () {
    for await (const row of rows) {
      count++;
      yield row;
    }
  };
  const path = `${stem}.parquet`;
  await writeParquet(path, columns, counted(), { groupRows: rowsOfGroup });
  for (const [end, table] of Object.entries(more)) {
    await writeParquet(`${stem}.${end}.parquet`, table.columns, table.rows, { groupBytes: smallGroups });
  }
  const header: PartHeader<Same, Own> = { format, command, shard, rows: count, same, own };
  await writeFileAtomically(`${stem}.json`, `${JSON.stringify(header, undefined, 1)}\n`);
  return path;
}

/** E.g. `part-00003-of-00007`. */
export function partName({ index, count }: Shard): string {
  const digits = (number: number) => String(number).padStart(5, "0");
  return `part-${digits(index)}-of-${digits(count)}`;
}

/** A part that is there. */
export interface Part {
  readonly header: PartHeader;
  readonly path: string;
  /** The path of one of its further tables. */
  tableOf(end: string): string;
}

/**
 * The parts of a folder, in their order.
 * @throws FoveaError `not-found`, `bad-file`; `bad-input` for parts that are missing, and for those of several runs
 */
export async function readParts(folder: string): Promise<readonly [Part, ...Part[]]> {
  const names = headersIn(folder);
  const parts: Part[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const stem = path.replace(/\.json$/, "");
    const header = headerFrom(parseJson(await readInputText(path, "part")), path);
    parts.push({ header, path: `${stem}.parquet`, tableOf: (end) => `${stem}.${end}.parquet` });
  }
  const [first, ...others] = parts.sort((a, b) => a.header.shard.index - b.header.shard.index);
  if (first === undefined)
    throw new FoveaError("not-found", `${folder}: expected the parts of a run with --shard, got none`);
  checkWhole(folder, [first, ...others]);
  for (const other of others) checkSame(folder, first, other);
  return [first, ...others];
}

function headersIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^part-\d{5,}-of-\d{5,}\.json$/.test(name))
      .sort();
  } catch (cause) {
    throw new FoveaError("not-found", `${folder}: expected a folder of parts, got none there`, { cause });
  }
}

function headerFrom(value: unknown, path: string): PartHeader {
  if (!isHeader(value)) throw new FoveaError("bad-file", `${path}: expected the header of a part, got something else`);
  if (value.format !== format)
    throw new FoveaError(
      "bad-file",
      `${path}: format: expected ${format}, got ${value.format}: made by another version`,
    );
  return value;
}

function isHeader(value: unknown): value is PartHeader {
  if (!isObject(value) || !isObject(value.shard)) return false;
  const { index, count } = value.shard;
  return (
    typeof value.format === "number" &&
    typeof value.command === "string" &&
    typeof value.rows === "number" &&
    Number.isInteger(index) &&
    Number.isInteger(count) &&
    isObject(value.same) &&
    isObject(value.own)
  );
}

function checkWhole(folder: string, parts: readonly [Part, ...Part[]]): void {
  const [first] = parts;
  const { count } = first.header.shard;
  const other = parts.find(({ header }) => header.shard.count !== count || header.command !== first.header.command);
  if (other) {
    const run = ({ header }: Part) => `${header.command} in ${header.shard.count} parts`;
    throw new FoveaError(
      "bad-input",
      `${folder}: expected the parts of one run, got those of ${run(first)} and of ${run(other)}`,
    );
  }
  const there = new Set(parts.map(({ header }) => header.shard.index));
  const missing = Array.from({ length: count }, (_, index) => index).filter((index) => !there.has(index));
  if (missing.length === 0) return;
  const shown = missing.slice(0, 5).map((index) => `${index}/${count}`);
  const more = missing.length > shown.length ? ` and ${missing.length - shown.length} others` : "";
  throw new FoveaError(
    "bad-input",
    `${folder}: expected ${count} parts, got ${parts.length}: run --shard ${shown.join(", ")}${more} again`,
  );
}

/** @throws FoveaError `bad-input` where a part is of another model, of other settings or of another version */
function checkSame(folder: string, first: Part, other: Part): void {
  const difference = differenceOf(first.header.same, other.header.same, "");
  if (difference === undefined) return;
  const { path, a, b } = difference;
  const names = [first, other].map(({ header }) => partName(header.shard));
  throw new FoveaError(
    "bad-input",
    `${folder}: ${path}: expected parts of one model, of the same settings and version, got ${brief(a)} in ${names[0]} and ${brief(b)} in ${names[1]}`,
  );
}

const brief = (value: unknown) => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};

interface Difference {
  readonly path: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** The first place where two plain values differ. */
function differenceOf(a: unknown, b: unknown, path: string): Difference | undefined {
  if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = differenceOf(a[key], b[key], path === "" ? key : `${path}.${key}`);
      if (found) return found;
    }
    return undefined;
  }
  return JSON.stringify(a) === JSON.stringify(b) ? undefined : { path, a, b };
}
