/** @file Tells whether a file, or anything that a result depends on, is the same as it was. */

import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { resolve } from "node:path";

/** Tells whether a file is the same: its place, size and time. Undefined where it cannot be looked at. */
export function fileIdentity(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && `${resolve(path)} ${stats.size} ${stats.mtimeMs}`;
}

/** A short text for all the parts together. */
export function fingerprint(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 32);
}
