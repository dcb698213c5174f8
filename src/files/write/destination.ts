/** @file What lies at a path that is to be written: a file, nothing yet, or a device or a pipe. */

import { constants, type Stats, statSync } from "node:fs";
import { access, readlink, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { makeFolder } from "../make-folder.js";
import { realPath, staysBelow } from "../own-folder.js";
import { systemCode } from "../system-error.js";

/** `file`: the place of a regular file, links followed, and what it replaces; the others are written into. */
export type Destination =
  | { readonly kind: "file"; readonly path: string; readonly replaced: Stats | undefined }
  | { readonly kind: "device" | "pipe" };

/**
 * Follows links, and makes missing folders.
 * @param isOurName nobody has asked for this name: a link there must not lead out of its folder, which may be a stranger's
 * @throws the file system's error, or one whose message ends `expected a place to write a file, got …`
 */
export async function destinationOf(path: string, isOurName: boolean): Promise<Destination> {
  if (path === "") throw new Error("an empty name");
  const destination = await followed(path);
  if (isOurName && !isInFolder(path, destination))
    throw new Error("a link out of its folder: remove it, or write elsewhere");
  return destination;
}

async function followed(path: string): Promise<Destination> {
  const found = await stat(path).catch((error: unknown) => {
    if (systemCode(error) !== "ENOENT") throw error;
    return undefined;
  });
  if (found === undefined) return { kind: "file", path: await newPlace(path), replaced: undefined };
  if (!found.isFile()) return { kind: streamKind(found) };
  // The superuser may write to protected files, but whoever protected them meant them to stay.
  if ((found.mode & 0o222) === 0) throw new Error("a write-protected file: name another one, or make it writable");
  await access(path, constants.W_OK);
  return { kind: "file", path: realPath(path), replaced: found };
}

function isInFolder(path: string, destination: Destination): boolean {
  const end = destination.kind === "file" ? destination.path : realPath(path);
  return staysBelow(relative(realPath(dirname(path)), end));
}

/** Whether a path leads to a device or a pipe: what is written there is passed on, and there is no place beside it. */
export function isStream(path: string): boolean {
  try {
    const found = statSync(path);
    return found.isCharacterDevice() || found.isFIFO();
  } catch {
    return false;
  }
}

const refused = [
  ["isDirectory", "a folder"],
  ["isSocket", "a socket"],
  ["isBlockDevice", "a disk"],
] as const;

function streamKind(found: Stats): "device" | "pipe" {
  for (const [is, got] of refused) if (found[is]()) throw new Error(got);
  return found.isFIFO() ? "pipe" : "device";
}

/** Where a file comes that is not there yet: a link may lead there. */
async function newPlace(path: string): Promise<string> {
  if (/[/\\]$/.test(path)) throw new Error("the name of a folder");
  await makeFolder(dirname(path));
  let place = path;
  // Links that lead in a circle do not come here: they are another error.
  for (let link = await linkAt(place); link !== undefined; link = await linkAt(place))
    place = isAbsolute(link) ? link : `${realPath(dirname(place))}/${link}`;
  return join(realPath(dirname(place)), basename(place));
}

/** Undefined for what is no link. */
function linkAt(path: string): Promise<string | undefined> {
  return readlink(path).catch(() => undefined);
}
