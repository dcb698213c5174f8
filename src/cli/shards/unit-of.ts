/** @file What decides of which shard an input is. */

import { relative } from "node:path";
import type { FoundInput } from "../../data/find-inputs.js";

/** The path of a file within the folder that was given; else as it was given. */
export function unitOf({ path, folder }: Pick<FoundInput, "path" | "folder">): string {
  return folder === undefined ? path : relative(folder, path).replaceAll("\\", "/");
}
