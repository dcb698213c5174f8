/** @file Tells whether a file, or anything that a result depends on, is the same as it was. */

import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { FoundImage } from "../../data/sources/image-of.js";

/** Tells whether a file is the same: its place, size and time. Undefined where it cannot be looked at. */
export function fileIdentity(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && `${resolve(path)} ${stats.size} ${stats.mtimeMs}`;
}

/** The same of an image wherever it lies; undefined also for one that may change without anybody noticing. */
export function imageIdentity({ path, file }: FoundImage): string | undefined {
  if (file === undefined) return fileIdentity(path);
  return file.version === undefined ? undefined : `${path} ${file.version}`;
}

/** A short text for all the parts together. */
export function fingerprint(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 32);
}
