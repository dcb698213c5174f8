/** @file Paths that stand for a stream that the process was given: standard input, and `<(...)` of shells. */

import { fstatSync } from "node:fs";

const names = /^\/dev\/stdin$|^\/(?:dev|proc\/self)\/fd\/(\d{1,9})$/;

/** The descriptor of the stream that a path stands for; undefined for any other path, and where the descriptor is a file. */
export function ownDescriptor(path: string): number | undefined {
  const match = names.exec(path);
  if (match === null) return undefined;
  const descriptor = Number(match[1] ?? 0);
  try {
    const status = fstatSync(descriptor);
    const isStream = status.isFIFO() || status.isSocket() || status.isCharacterDevice();
    return isStream ? descriptor : undefined;
  } catch {
    return undefined;
  }
}
