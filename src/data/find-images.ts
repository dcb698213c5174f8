/** @file Which files are images. */

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { extname, join } from "node:path";
import { startLength } from "../files/kinds/kind.js";
import { mapAhead } from "../foundation/map-ahead.js";
import { imageFormat } from "../image/node.js";

const extensions = /\.(jpe?g|jpe|jfif|png|webp|gif|tiff?|avif|svg)$/i;

/** By its extension; where it has none, by its first bytes. */
export async function isImage(path: string): Promise<boolean> {
  if (extname(path) !== "") return extensions.test(path);
  const head = await headOf(path);
  return head !== undefined && imageFormat(head) !== undefined;
}

/** Files looked at at a time. */
const ahead = 16;

/** Those of the names that are images. @param folder that they are seen from */
export async function imagesAmong(names: readonly string[], folder = ""): Promise<string[]> {
  const images: string[] = [];
  const look = async (name: string) => ((await isImage(join(folder, name))) ? [name] : []);
  for await (const found of mapAhead(names, ahead, look)) images.push(...found);
  return images;
}

/** The first bytes of a regular file; undefined for anything else, and for what cannot be read. */
export async function headOf(path: string): Promise<Uint8Array | undefined> {
  // A pipe or a device must not hold up whoever opens it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    if (!(await file.stat()).isFile()) return undefined;
    const { buffer, bytesRead } = await file.read({ buffer: new Uint8Array(startLength), position: 0 });
    return buffer.subarray(0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
