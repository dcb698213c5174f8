/** @file What is written beside the maps of `test/fixtures/peers`. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Preprocessing } from "../../../src/image/input/preprocessing.js";

export const peerFolder = fileURLToPath(new URL("../../fixtures/peers/", import.meta.url));

interface Meta {
  readonly versions: Readonly<Record<string, string>>;
  /** Commits by repository. */
  readonly sources: Readonly<Record<string, string>>;
  readonly classes: readonly number[];
  readonly preprocessing: Pick<Preprocessing, "mean" | "std">;
}

export const peerMeta = JSON.parse(readFileSync(`${peerFolder}meta.json`, "utf8")) as Meta;
