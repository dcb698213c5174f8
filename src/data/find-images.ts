/** @file The files of a folder that are images. */

import { extname } from "node:path";
import { startOfFile } from "../files/kinds/start-of-file.js";
import { imageFormat } from "../image/node.js";

const byName = new Intl.Collator("en", { numeric: true });

/** Files that match and are no results of ours, sorted; numbers in names count as numbers. */
export async function filesMatching(pattern: string, cwd = "."): Promise<string[]> {
  const { glob: search } = await import("tinyglobby");
  const names = await search(pattern, { cwd, expandDirectories: false });
  return names.filter((name) => !/\.fovea\./.test(name)).sort(byName.compare);
}

const extensions = /\.(jpe?g|jpe|jfif|png|webp|gif|tiff?|avif|svg)$/i;

/** By its extension; where it has none, by its first bytes. */
export function isImage(path: string): boolean {
  if (extname(path) !== "") return extensions.test(path);
  const head = startOfFile(path);
  return head !== undefined && imageFormat(head) !== undefined;
}
