/** @file Damage to tables and lists of lines: fields that lie, columns gone, quotes without an end, lines by the ten thousand. Seeded. */

import type { Random } from "../../../src/foundation/random.js";
import { pick } from "./mutate.js";
import type { MutatedText } from "./mutate-json.js";

const fields = [
  "",
  " ",
  '"',
  '"a""b"',
  '"a\nb"',
  "-1",
  "1e9",
  "1e999",
  "NaN",
  "0x10",
  "../../outside/secret",
  "/etc/hostname",
  "..\\..\\outside\\secret",
  "a/../a/1.png",
  "./a/1.png",
  "a//1.png",
  "x".repeat(100_000),
  "\0",
  "\u001b[31m\u202e",
  "=HYPERLINK(1)",
  "train",
  "__proto__",
  "gone.png",
  "a",
];

type TableDamage = (rows: string[][], source: Random) => string;

const damages: readonly TableDamage[] = [
  function changeField(rows, source) {
    const row = pick(rows, source);
    const [at, value] = [source.below(row.length), pick(fields, source)];
    row[at] = value;
    return `a field is ${JSON.stringify(value.slice(0, 30))}`;
  },
  function changeHeader(rows, source) {
    const [header = []] = rows;
    const at = source.below(header.length);
    const name = pick(
      ["path", "label", "split", "xmin", "width", "image", "", "PATH", "x".repeat(1000), "path "],
      source,
    );
    header[at] = name;
    return `column ${at} is ${name.slice(0, 20)}`;
  },
  function removeField(rows, source) {
    const row = pick(rows, source);
    row.splice(source.below(row.length), 1);
    return "a field is gone";
  },
  function removeColumn(rows, source) {
    const at = source.below(rows[0]?.length ?? 1);
    for (const row of rows) row.splice(at, 1);
    return `column ${at} is gone`;
  },
  function addColumns(rows, source) {
    const count = pick([1, 5000], source);
    for (const row of rows.slice(0, 30)) row.push(...Array.from({ length: count }, (_, i) => String(i)));
    return `${count} columns more`;
  },
  function repeatRow(rows, source) {
    const row = pick(rows, source);
    // Lines may be long already: a few megabytes are enough.
    const times = Math.min(pick([1, 100, 20_000], source), Math.ceil(4_000_000 / (row.join(" ").length + 1)));
    for (let i = 0; i < times; i++) rows.push(row.slice());
    return `a line ${times} times more`;
  },
  function removeRow(rows, source) {
    rows.splice(source.below(rows.length), 1);
    return "a line is gone";
  },
  function exchangeRows(rows, source) {
    const [a, b] = [source.below(rows.length), source.below(rows.length)];
    [rows[a], rows[b]] = [rows[b] as string[], rows[a] as string[]];
    return `lines ${a} and ${b} exchanged`;
  },
];

const ends = ["\n", "\n", "\n", "\r\n", "\r", "\u2028", "\n\n"];

/** One to three kinds of damage to a table, in a notation that may be another. @param separator between the fields of a line */
export function mutateTable(table: string, separator: string, source: Random): MutatedText {
  const rows = table
    .trimEnd()
    .split("\n")
    .map((line) => line.split(separator));
  const told = Array.from({ length: 1 + source.below(3) }, () =>
    rows.length > 0 ? pick(damages, source)(rows, source) : "empty",
  );
  const between = source.below(6) ? separator : pick([",", ";", "\t", "|", " ", ""], source);
  const end = pick(ends, source);
  const mark = source.below(8) === 0 ? "\ufeff" : "";
  return { text: mark + rows.map((row) => row.join(between)).join(end) + end, what: told.join("; ") };
}
