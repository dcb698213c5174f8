/** @file Puts the parts of a run together: what each command makes of them is its own. */

import { FoveaError } from "../../foundation/error.js";
import { counted } from "../../foundation/words.js";
import { readParts } from "../shards/part-files.js";
import { rowMerger } from "../shards/rows/row-merger.js";
import type { Job } from "../terminal/job.js";
import { print, printJson } from "../terminal/print.js";
import { mergeTables } from "./merge-tables.js";
import type { MergeFlags, MergeOptions, Merger } from "./merger.js";
import { writeNearCopies } from "./near-copies.js";

/** How the parts of each command come together, by the command that wrote them; loaded when it is needed. */
const mergers: Readonly<Record<string, () => Promise<Merger>>> = {
  report: async () => (await import("../report/parts/merge-report.js")).reportMerger,
  evaluate: async () => rowMerger((await import("../evaluate/rows/evaluation-command.js")).evaluationCommand),
  "evaluate of regions": async () => rowMerger((await import("../evaluate/rows/regions-command.js")).regionsCommand),
  localise: async () => rowMerger((await import("../localise/rows/localise-command.js")).localiseCommand),
  explain: async () => rowMerger((await import("../explain/rows/explain-command.js")).explainCommand),
  trust: async () => rowMerger((await import("../trust/rows/trust-command.js")).trustCommand),
};

/** @returns the exit code */
export async function merge(
  job: Job,
  folder: string,
  flags: MergeFlags,
  options: MergeOptions = { tellsFailures: true, tellsBesideTable: false },
): Promise<number> {
  const parts = await readParts(folder);
  const { command } = parts[0].header;
  const load = mergers[command];
  if (load === undefined) {
    const expected = `expected parts of ${Object.keys(mergers).join(", ")}`;
    throw new FoveaError("bad-file", `${folder}: ${expected}, got those of "${command}"`);
  }
  const merger = await load();
  const { out, nearCopies } = flags;
  if (nearCopies !== undefined) await writeNearCopies(job, parts, nearCopies);
  if (out === undefined || !/\.parquet$/i.test(out)) return merger.merge(job, parts, { ...flags, ...options });
  const rows = await mergeTables(job, parts, merger.columns, out);
  const { out: _, ...others } = flags;
  if (options.tellsBesideTable) {
    job.note(`wrote ${out}: ${counted(rows, "row")}`);
    return merger.merge(job, parts, { ...others, ...options });
  }
  if (job.format === "text") print(`wrote ${out}: ${counted(rows, "row")} of ${counted(parts.length, "part")}`);
  else printJson({ out, rows, parts: parts.length });
  return job.end();
}
