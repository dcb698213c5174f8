/** @file Comma-separated values as RFC 4180 has them, with the line of each record. */

import { FoveaError, shortened } from "../foundation/error.js";

export interface CsvRecord {
  /** The line it begins at, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** Far above any list of photos or names: more would not fit into memory. */
const mostFields = 5_000_000;
const longestField = 2 ** 20;

/**
 * Reads records; fields may be quoted and then hold delimiters, line ends and doubled quotes. Empty lines are left out. The
 * delimiter is a comma, or the tab or semicolon that the first line has in its place. Takes time in proportion to the size.
 * @param where the file's name in errors
 * @throws FoveaError `bad-file` for a quote that is out of place or never closed, a field of more than 2^20 characters, and more
 *   than five million fields
 */
export function readCsv(text: string, where: string): CsvRecord[] {
  const reader = new CsvReader(text, where);
  const records: CsvRecord[] = [];
  let left = mostFields;
  while (!reader.atEnd) {
    const record = reader.record();
    left -= record.fields.length;
    if (left < 0) throw reader.refuse(record.line, `at most ${mostFields} fields in all`, "more");
    if (record.fields.length > 1 || record.fields[0] !== "") records.push(record);
  }
  return records;
}

/** The first line of a text. */
export function firstLine(text: string): string {
  return text.slice(0, endOfLine(text, 0));
}

function endOfLine(text: string, from: number): number {
  const end = /[\r\n]/g;
  end.lastIndex = from;
  return end.exec(text)?.index ?? text.length;
}

class CsvReader {
  readonly #text: string;
  readonly #where: string;
  readonly #delimiter: string;
  /** What ends a field that is not quoted. */
  readonly #end: RegExp;
  #at: number;
  #line = 1;

  constructor(text: string, where: string) {
    this.#text = text;
    this.#where = where;
    const header = firstLine(text);
    this.#delimiter = [",", "\t", ";"].find((each) => header.includes(each)) ?? ",";
    this.#end = new RegExp(`[${this.#delimiter}\\r\\n]`, "g");
    this.#at = text.startsWith("\ufeff") ? 1 : 0;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  record(): CsvRecord {
    const line = this.#line;
    const fields: string[] = [];
    do {
      if (fields.length >= mostFields) throw this.refuse(line, `at most ${mostFields} fields in all`, "more");
      fields.push(this.#field());
    } while (this.#take(this.#delimiter));
    if (this.#take("\r\n") || this.#take("\n") || this.#take("\r")) this.#line++;
    return { line, fields };
  }

  #field(): string {
    const start = this.#at;
    if (this.#text[start] === '"') return this.#quoted();
    this.#end.lastIndex = start;
    const end = this.#end.exec(this.#text)?.index ?? this.#text.length;
    this.#checkLength(end - start);
    const field = this.#text.slice(start, end);
    if (field.includes('"')) throw this.#outOfPlace(start);
    this.#at = end;
    return field.trim();
  }

  #quoted(): string {
    const start = this.#at;
    let end = start + 1;
    for (;;) {
      end = this.#text.indexOf('"', end);
      if (end < 0) throw this.#outOfPlace(start);
      if (this.#text[end + 1] !== '"') break;
      end += 2;
    }
    this.#checkLength(end - start);
    const field = this.#text.slice(start + 1, end);
    const next = this.#text[end + 1];
    if (next !== undefined && next !== this.#delimiter && next !== "\r" && next !== "\n") throw this.#outOfPlace(start);
    this.#at = end + 1;
    this.#line += field.match(/\r\n|\n|\r/g)?.length ?? 0;
    return field.replaceAll('""', '"');
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #checkLength(length: number): void {
    if (length > longestField)
      throw this.refuse(this.#line, `a field of at most ${longestField} characters`, `${length}`);
  }

  #outOfPlace(start: number): FoveaError {
    const got = shortened(this.#text.slice(start, start + 24));
    return this.refuse(this.#line, "a field, quoted as a whole or not", got);
  }

  refuse(line: number, expected: string, got: string): FoveaError {
    return new FoveaError("bad-file", `${this.#where}: line ${line}: expected ${expected}, got ${got}`);
  }
}

/** Fields as a line of CSV (RFC 4180), without its end; those that a spreadsheet would compute stand behind an apostrophe. */
export function csvLine(fields: readonly string[]): string {
  return fields.map(csvField).join(",");
}

/** A field without that apostrophe. */
export function withoutGuard(text: string): string {
  return formula.test(text) ? text.replace(/^'/, "") : text;
}

function csvField(text: string): string {
  const guarded = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** What spreadsheets compute: an apostrophe more keeps it a text, and is taken off in reading. */
const formula = /^'*[=+\-@\t\r]/;
