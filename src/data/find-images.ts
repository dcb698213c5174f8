/** @file Which files are images. */

import { extname, join } from "node:path";
import { startOfFile } from "../files/kinds/start-of-file.js";
import { imageFormat } from "../image/node.js";

const extensions = /\.(jpe?g|jpe|jfif|png|webp|gif|tiff?|avif|svg)$/i;

export const hasImageEnding = (path: string) => extensions.test(path);

/** By its extension; where it has none, by its first bytes. */
export function isImage(path: string): boolean {
  if (extname(path) !== "") return extensions.test(path);
  const head = startOfFile(path);
  return head !== undefined && imageFormat(head) !== undefined;
}

/** Those of the names that are images. @param folder that they are seen from */
export function imagesAmong(names: readonly string[], folder = ""): string[] {
  return names.filter((name) => isImage(join(folder, name)));
}
