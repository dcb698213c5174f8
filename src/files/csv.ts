/** @file Comma-separated values as RFC 4180 has them, with the line of each record. */

import { FoveaError } from "../foundation/error.js";

export interface CsvRecord {
  /** The line it begins at, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Reads records; fields may be quoted and then hold delimiters, line ends and doubled quotes. Empty lines are left out. The
 * delimiter is a comma, or the tab or semicolon that the first line has in its place.
 * @param where the file's name in errors
 * @throws FoveaError `bad-file` for a quote that is out of place or never closed
 */
export function readCsv(text: string, where: string): CsvRecord[] {
  const [header = ""] = text.split(/\r?\n/, 1);
  const delimiter = [",", "\t", ";"].find((each) => header.includes(each)) ?? ",";
  const field = new RegExp(`(?:"([^"]*(?:""[^"]*)*)"|([^"${delimiter}\\r\\n]*))(${delimiter}|\\r?\\n|\\r|$)`, "y");
  field.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  const records: CsvRecord[] = [];
  let [line, recordLine] = [1, 1];
  let fields: string[] = [];
  while (field.lastIndex < text.length) {
    const start = field.lastIndex;
    const match = field.exec(text);
    if (match === null) {
      const got = JSON.stringify(text.slice(start, start + 24));
      throw new FoveaError(
        "bad-file",
        `${where}: line ${line}: expected a field, quoted as a whole or not, got ${got}`,
      );
    }
    const [all, quoted, plain = "", end = ""] = match;
    fields.push(quoted?.replaceAll('""', '"') ?? plain.trim());
    line += all.match(/\r?\n|\r/g)?.length ?? 0;
    if (end === delimiter && field.lastIndex < text.length) continue;
    if (end === delimiter) fields.push("");
    if (fields.length > 1 || fields[0] !== "") records.push({ line: recordLine, fields });
    recordLine = line;
    fields = [];
  }
  return records;
}
