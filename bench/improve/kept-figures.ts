/** @file Figures in a file: what it holds already is not computed again. */

import { existsSync, readFileSync } from "node:fs";
import { writeFileAtomically } from "../../src/files/atomic.js";

/** Gives the figures of a key: from the file, else computed and written. */
export type Once = <Result>(key: string, compute: () => Promise<Result>) => Promise<Result>;

/** The figures of the file at `path`, which need not exist yet. */
export function keptFigures(path: string): Once {
  const done: Record<string, unknown> = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  return async <Result>(key: string, compute: () => Promise<Result>) => {
    if (!(key in done)) {
      done[key] = await compute();
      await writeFileAtomically(path, JSON.stringify(done, undefined, 2));
    }
    return done[key] as Result;
  };
}
