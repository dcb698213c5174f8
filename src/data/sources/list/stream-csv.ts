/** @file Reads lists of images in CSV record by record: of any length, in little memory. */

import { Readable } from "node:stream";
import { firstLine } from "../../../files/csv.js";
import type { RandomAccess } from "../../../files/input/random-access.js";
import { FoveaError, messageOf } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import { annotationReader } from "../../photos/manifest.js";
import type { Annotation } from "../../photos/photo.js";

/** Bytes read at a time. */
const piece = 2 ** 18;
const longestRecord = 2 ** 20;

/**
 * The annotations of a list, as `readCsvManifest` reads them. One photo's lines are handed out together where they follow each other.
 * @throws FoveaError `bad-file`
 */
export async function* streamCsv(file: RandomAccess): AsyncGenerator<Annotation[]> {
  let together: Annotation[] = [];
  for await (const annotation of annotationsIn(file)) {
    if (together.length > 0 && at(together, 0).path !== annotation.path) {
      yield together;
      together = [];
    }
    together.push(annotation);
  }
  if (together.length > 0) yield together;
}

async function* annotationsIn(file: RandomAccess): AsyncGenerator<Annotation> {
  const { parse } = await import("csv-parse");
  const start = new TextDecoder().decode(await file.read(0, Math.min(file.byteLength, piece)));
  const header = firstLine(start);
  const delimiter = [",", "\t", ";"].find((each) => header.includes(each)) ?? ",";
  const lines = { delimiter, bom: true, trim: true, skip_empty_lines: true, relax_column_count: true };
  const parser = parse({ ...lines, info: true, max_record_size: longestRecord });
  const records = Readable.from(piecesOf(file))
    .on("error", (error) => parser.destroy(error))
    .pipe(parser);
  let read: ReturnType<typeof annotationReader> | undefined;
  try {
    for await (const { record, info } of records) {
      if (read === undefined) read = annotationReader(record, file.where);
      else yield read({ line: info.lines, fields: record });
    }
  } catch (cause) {
    if (cause instanceof FoveaError) throw cause;
    throw new FoveaError("bad-file", `${file.where}: expected a list as CSV, got ${messageOf(cause)}`, { cause });
  } finally {
    parser.destroy();
  }
  if (read === undefined) annotationReader([], file.where);
}

async function* piecesOf({ byteLength, read }: RandomAccess): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < byteLength; start += piece) yield await read(start, Math.min(piece, byteLength - start));
}
