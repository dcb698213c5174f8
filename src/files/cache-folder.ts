/** @file Where files are kept between runs, for whoever names no folder. */

import { homedir } from "node:os";
import { join } from "node:path";

/** `~/.cache/fovea`. */
export function cacheFolder(): string {
  return join(homedir(), ".cache", "fovea");
}
