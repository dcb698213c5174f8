/** @file Command lines as files that are given away tell them: without folders, which name users and their clients. */

import { basename, resolve } from "node:path";
import { isHubName } from "../../hub/name.js";
import type { GridFlags, ModelOptions } from "./model-options.js";

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

/** Options whose values stand in the command as they were given. */
const asGiven = ["preprocess", "size", "crop", "mean", "std", "scale", "channels", "output", "task", "grid"] as const;

/** `--labels names.txt`, `--size 224` and so on, without folders. */
export function modelCommandLine(flags: ModelOptions & GridFlags): string[] {
  const { labels, skipTokens } = flags;
  return [
    ...(labels === undefined ? [] : [`--labels ${baseName(labels)}`]),
    ...asGiven.flatMap((name) => (flags[name] === undefined ? [] : [`--${name} ${flags[name]}`])),
    ...(skipTokens === undefined ? [] : [`--skip-tokens ${skipTokens}`]),
  ];
}
