/** @file Command lines as files that are given away tell them: without folders, which name users and their clients. */

import { basename, resolve } from "node:path";
import { isHubName } from "../../hub/name.js";

/** The last part of a path, also of `.`; a dataset's name, and one on the hub, as it is. */
export function baseName(path: string): string {
  if (isHubName(path)) return path;
  return basename(resolve(path)) || path;
}

/** `name=folder/file` as `name=file`. */
export function inputBaseName(input: string): string {
  const at = input.indexOf("=");
  return `${input.slice(0, at + 1)}${baseName(input.slice(at + 1))}`;
}
