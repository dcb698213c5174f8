/** @file `label-changes.csv`: what a person says of labels that may be wrong; written to be filled in, and checked when it comes back. */

import { csvLine, readCsv, withoutGuard } from "../files/csv.js";
import { FoveaError, shortened } from "../foundation/error.js";

/** What a person can say of a label that a model contradicts. */
export const verdicts = ["label wrong", "model wrong", "unclear"] as const;
export type LabelVerdict = (typeof verdicts)[number];

/** The columns, in the order in which they are written. */
export const labelChangeColumns = ["path", "old", "new", "verdict"] as const;

export interface LabelChange {
  /** The image, as its data set names it. */
  readonly path: string;
  /** Name of the class that it is labelled with. */
  readonly old: string;
  /** Name of the class that it may rather be. */
  readonly new: string;
  /** Undefined until somebody has looked at it. */
  readonly verdict?: LabelVerdict | undefined;
}

/** The changes as CSV (RFC 4180), to be filled in; names that a spreadsheet would compute stand behind an apostrophe. */
export function writeLabelChanges(changes: readonly LabelChange[]): string {
  const rows = changes.map((change) => `${undecidedRow(change)}${change.verdict ?? ""}`);
  return `${[labelChangeColumns.join(","), ...rows].join("\r\n")}\r\n`;
}

/** A row up to its verdict, which is to be put behind it. */
export function undecidedRow({ path, old, new: changed }: LabelChange): string {
  return `${csvLine([path, old, changed])},`;
}

/** A row with the place that errors name. */
interface Row extends LabelChange {
  readonly where: string;
}

/** What changes are checked against. */
export interface LabelledNames {
  readonly classes: readonly string[];
  /** Name of the class of an image; undefined for an image that there is not. */
  labelOf(path: string): string | undefined;
}

/**
 * The changes that are to be made: rows with the verdict "label wrong"; all others change nothing, but every row is checked.
 * @param where the file's name in errors
 * @throws FoveaError `bad-file`, a sentence for the first fault: columns, verdicts that are none, unknown paths, an old label that is
 *   not the present one, classes that do not exist, a new label that is the old one, and paths that come twice
 */
export function acceptedChanges(text: string, where: string, data: LabelledNames): LabelChange[] {
  const rows = readRows(text, where);
  const seen = new Map<string, string>();
  for (const row of rows) {
    checkRow(row, data);
    const earlier = seen.get(row.path);
    if (earlier !== undefined) throw fault(row.where, "path", `each image once`, `${row.path} as in ${earlier}`);
    seen.set(row.path, row.where.slice(where.length + 2));
  }
  return rows.flatMap(({ where: _, ...change }) => (change.verdict === "label wrong" ? [change] : []));
}

function readRows(text: string, where: string): Row[] {
  const [{ fields: header } = { fields: [] }, ...records] = readCsv(text, where);
  const names = header.map((name) => name.trim().toLowerCase());
  const places = labelChangeColumns.map((column) => names.indexOf(column));
  if (places.includes(-1)) {
    const got = header.length === 0 ? "an empty file" : shortened(header.join(", "));
    throw fault(where, "columns", labelChangeColumns.join(", "), got);
  }
  return records.map(({ line, fields }) => {
    const place = `${where}: line ${line}`;
    if (fields.length !== header.length)
      throw new FoveaError("bad-file", `${place}: expected ${header.length} fields, got ${fields.length}`);
    const [path = "", old = "", changed = "", verdict = ""] = places.map((at) => withoutGuard(fields[at] ?? ""));
    return { where: place, path, old, new: changed, verdict: verdictOf(verdict, place) };
  });
}

function verdictOf(text: string, where: string): LabelVerdict | undefined {
  const plain = text.trim().toLowerCase().replace(/\s+/g, " ");
  if (plain === "") return undefined;
  const verdict = verdicts.find((each) => each === plain);
  if (verdict === undefined) throw fault(where, "verdict", `${verdicts.join(", ")}, or nothing`, shortened(text));
  return verdict;
}

function checkRow({ where, path, old, new: changed, verdict }: Row, { classes, labelOf }: LabelledNames): void {
  const present = labelOf(path);
  if (present === undefined) throw fault(where, "path", "an image of the data", shortened(path));
  if (old !== present) throw fault(where, "old", `the present label of ${path}, ${present}`, shortened(old));
  // What changes nothing may name no class.
  if (changed === "" && verdict !== "label wrong") return;
  if (!classes.includes(changed)) throw fault(where, "new", `a class of the data`, shortened(changed));
  if (changed === old) throw fault(where, "new", "another class than the old one", shortened(changed));
}

function fault(where: string, what: string, expected: string, got: string): FoveaError {
  return new FoveaError("bad-file", `${where}: ${what}: expected ${expected}, got ${got}`);
}
