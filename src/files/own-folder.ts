/** @file The one guard of paths that files name: they stay in their folder, by their text and with links followed. */

import { realpathSync } from "node:fs";
import { dirname, isAbsolute, join, posix, relative, resolve, win32 } from "node:path";
import { FoveaError } from "../foundation/error.js";

/** Whether a relative path stays below its folder, by its text alone, on POSIX and on Windows. */
export function staysBelow(name: string): boolean {
  if (name.includes("\0") || isAbsolute(name) || win32.isAbsolute(name)) return false;
  return isBelow(posix.normalize(name.replaceAll("\\", "/")));
}

export interface FoundInside {
  /** The real path, links followed. */
  readonly path: string;
  /** Whether a link leads to it. */
  readonly linked: boolean;
}

export interface NotInside {
  /** The kind of name, for a message. */
  readonly got: "a path out of it" | "a link out of it" | "none";
  readonly cause?: unknown;
}

/**
 * Looks up a name in a folder; it may lead to a folder or a device.
 * @param name relative to the folder
 * @param owner a file of the folder: where it is a link, others may lead into its target's folder as well. Default none
 */
export function lookInside(folder: string, name: string, owner?: string): FoundInside | NotInside {
  if (!staysBelow(name)) return { got: "a path out of it" };
  try {
    const home = realpathSync(folder);
    const store = owner === undefined ? home : dirname(realpathSync(owner));
    const path = realpathSync(join(folder, name));
    const inside = [home, store, ...hubStores(home)].some((each) => isBelow(relative(each, path)));
    return inside ? { path, linked: path !== join(home, name) } : { got: "a link out of it" };
  } catch (cause) {
    return { got: "none", cause };
  }
}

/**
 * Where the cache of the Hugging Face hub keeps what its snapshots are links to: a repository's contents, and those that repositories share,
 * each in a folder by its name's beginning. One model's files may lie in both.
 */
function hubStores(home: string): readonly string[] {
  const [, root, repo] = /^(.*)[/\\](models--[^/\\]+)[/\\]snapshots[/\\][\da-f]{40}(?:[/\\]|$)/s.exec(home) ?? [];
  return root === undefined || repo === undefined ? [] : [join(root, repo, "blobs"), join(root, "blobs")];
}

/**
 * The real path of a file that a model's file names beside it. Two folders are a model's own: the one that its path names, and the one
 * that its file really lies in, since caches keep models as links into a store (that of the hub into several). What a link leads to must
 * lie in one of them.
 * @param where the beginning of errors
 * @param folder where the file lies. Default the model's
 * @throws FoveaError `not-found`, `bad-file` for files elsewhere
 */
export function pathBeside(modelPath: string, name: string, where: string, folder = dirname(modelPath)): string {
  const entry = lookInside(folder, name, modelPath);
  if ("path" in entry) return entry.path;
  const code = entry.got === "none" ? "not-found" : "bad-file";
  throw new FoveaError(code, `${where}: expected a file in the model's folder, got ${entry.got}`, entry);
}

/**
 * The path with links followed.
 * @throws the file system's error, where there is none
 */
export function realPath(path: string): string {
  // Node's own way takes `..` from the text before it, where the system takes it from what a link leads to.
  return realpathSync.native(path);
}

/** Whether a path lies below a folder. @param folder and path with links followed, see `realPath` */
export function liesBelow(folder: string, path: string): boolean {
  return isBelow(relative(folder, path));
}

/** Whether two paths lead to one file; those of files that are not there yet, and of pipes, are compared by their text. */
export function isSameFile(path: string, other: string): boolean {
  const [first, second] = [path, other].map((each) => {
    try {
      return realPath(each);
    } catch {
      return resolve(each);
    }
  });
  return first === second;
}

/** @param way from a folder to a path */
function isBelow(way: string): boolean {
  return !/^(\.?\/?$|\.\.([/\\]|$))/.test(way) && !isAbsolute(way);
}
