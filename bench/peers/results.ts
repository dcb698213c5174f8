/** @file The rows of the comparison, one a line in `results.jsonl`, and what was known of the machine when they were measured. */

import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";

/** One tool beside Fovea: a network, a method, and a number of images in one run. */
export interface Row {
  readonly network: string;
  readonly method: string;
  readonly batch: number;
  readonly tool: string;
  /** The day. */
  readonly date: string;
  /** Milliseconds of one run in each round; empty where a side failed. */
  readonly theirs: readonly number[];
  readonly ours: readonly number[];
  /** Most memory of the process so far, in MiB, the network and all libraries included. */
  readonly theirPeak?: number | undefined;
  readonly ourPeak?: number | undefined;
  /** How near the maps are; null where one is the same everywhere. */
  readonly correlation?: number | null;
  readonly difference?: number | null;
  /** Areas under curves, of metrics. */
  readonly values?: { readonly theirs: readonly number[]; readonly ours: readonly number[] };
  /** Why there is no time: whose side failed, and what it said. */
  readonly error?: string;
}

/** The machine and the versions of a run. */
export interface About {
  readonly date: string;
  readonly machine: string;
  /** Of packages and of Fovea. */
  readonly versions: Readonly<Record<string, string>>;
  /** Commits by the tool's name. */
  readonly commits: Readonly<Record<string, string>>;
}

export interface Results {
  readonly rows: readonly Row[];
  readonly about?: About | undefined;
}

/** What rows are told apart by. */
export function keyOf({ network, method, batch, tool }: Pick<Row, "network" | "method" | "batch" | "tool">): string {
  return [network, method, batch, tool].join(" ");
}

/** The rows of a file, of those with the same key the last; nothing of a file that is not there. */
export function readResults(path: string): Results {
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
  const rows = new Map<string, Row>();
  let about: About | undefined;
  for (const line of lines) {
    const parsed: { readonly about?: About } & Row = JSON.parse(line);
    if (parsed.about) about = { ...parsed.about, versions: { ...about?.versions, ...parsed.about.versions } };
    else rows.set(keyOf(parsed), parsed);
  }
  return { rows: [...rows.values()], about };
}

export function appendResult(path: string, result: Row | { readonly about: About }): void {
  appendFileSync(path, `${JSON.stringify(result)}\n`);
}

/** Leaves out the rows that are measured again. */
export function forget(path: string, keys: ReadonlySet<string>): void {
  const { rows, about } = readResults(path);
  const kept = rows.filter((row) => !keys.has(keyOf(row)));
  const lines = [...(about ? [{ about }] : []), ...kept].map((line) => `${JSON.stringify(line)}\n`);
  writeFileSync(path, lines.join(""));
}
