/** @file The files of a folder that are images. */

import { open } from "node:fs/promises";
import { extname } from "node:path";
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
export async function isImage(path: string): Promise<boolean> {
  if (extname(path) !== "") return extensions.test(path);
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read({ buffer: new Uint8Array(64), position: 0 });
    return imageFormat(buffer.subarray(0, bytesRead)) !== undefined;
  } catch {
    return false;
  } finally {
    await file.close();
  }
}
