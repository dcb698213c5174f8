/** @file The default folder of files kept between runs. */

import { homedir } from "node:os";
import { join } from "node:path";

/** `~/.cache/fovea`. */
export function cacheFolder(): string {
  return join(homedir(), ".cache", "fovea");
}
