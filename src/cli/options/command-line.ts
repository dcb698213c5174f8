/** @file Command lines as files that are given away tell them: without folders, which name users and their clients. */

import { basename, resolve } from "node:path";

/** The last part of a path, also of `.`; a dataset's name as it is. */
export function baseName(path: string): string {
  return basename(resolve(path)) || path;
}

/** `name=folder/file` as `name=file`. */
export function inputBaseName(input: string): string {
  const at = input.indexOf("=");
  return `${input.slice(0, at + 1)}${baseName(input.slice(at + 1))}`;
}
