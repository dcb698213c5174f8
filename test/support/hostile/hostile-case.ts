/** @file What a hostile case is: files, a command on them, and the family that it belongs to. */

import type { Random } from "../../../src/foundation/random.js";

/** Files and a command on them. In the arguments, names that begin with `@` are those of the case's folder. */
export interface HostileCase {
  /** Seed, family and number, `1/keras/17`: enough to make it again. */
  readonly name: string;
  /** What was done to the files. */
  readonly what: string;
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  readonly args: readonly string[];
}

export type CaseContent = Omit<HostileCase, "name">;

/** Cases of one kind. */
export interface Family {
  readonly name: string;
  /** Its share of a run, in cases of a hundred or so. */
  readonly weight: number;
  /** Loads what the cases are made of, once. */
  prepare(): Promise<(source: Random) => CaseContent | Promise<CaseContent>>;
}
