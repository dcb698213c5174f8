/** @file Writing files so that they are whole or not there. */

import type { Stats } from "node:fs";
import { type FileHandle, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { FoveaError } from "../foundation/error.js";
import { systemCode, systemReason } from "./system-error.js";
import { destinationOf } from "./write/destination.js";
import { openDevice, openPipe } from "./write/stream.js";
import { flush, syncFolder } from "./write/sync.js";
import { openTemporary } from "./write/temporary.js";

export interface WriteOptions {
  /**
   * Nobody has asked for this name, such as that of a result beside its input: a link there that leads out of its folder is
   * refused, since it may be a stranger's. Default false.
   */
  readonly isOurName?: boolean;
}

/** What is written: bytes, a text, pieces that arrive over time, or what another program writes to the path that it is given. */
export type FileContent = Uint8Array | string | AsyncIterable<Uint8Array> | { writeTo(path: string): Promise<void> };

/**
 * Writes a file under a temporary name beside it, flushes it to disk and renames it: whoever looks sees the old file or
 * the new one, never half of one, also after a power cut. Missing folders are made. An error thrown by `content` is passed on and
 * leaves nothing.
 *
 * A link stays and its target is written. The new file has the permissions of the old one, and its owner as far as the system lets
 * it; other names of the old file (hard links) keep what they hold. Devices and pipes are written into, piece by piece, which other
 * programs cannot.
 *
 * @throws FoveaError `unwritable` when the folder can't be made, the file can't be written there, or is write-protected
 */
export async function writeFileAtomically(
  path: string,
  content: FileContent,
  { isOurName = false }: WriteOptions = {},
): Promise<void> {
  const attempt: Attempt = async (action) => {
    try {
      return await action;
    } catch (cause) {
      throw unwritable(path, cause);
    }
  };
  const destination = await attempt(destinationOf(path, isOurName));
  if (destination.kind !== "file" && isProgram(content)) throw unwritable(path, new Error(`a ${destination.kind}`));
  if (destination.kind === "file") await replace(destination, content, attempt);
  else await passOn(destination.kind === "pipe" ? openPipe(path) : openDevice(path), content, attempt);
}

/** Waits for an action of the file system; its errors become the user's. */
type Attempt = <Result>(action: Promise<Result>) => Promise<Result>;

interface Place {
  readonly path: string;
  readonly replaced: Stats | undefined;
}

async function replace({ path, replaced }: Place, content: FileContent, attempt: Attempt): Promise<void> {
  const folder = dirname(path);
  const temporary = await attempt(openTemporary(folder, (replaced?.mode ?? 0o666) & 0o777));
  const { file } = temporary;
  try {
    try {
      if (isProgram(content)) await content.writeTo(temporary.path);
      else for await (const piece of piecesOf(content)) await attempt(file.writeFile(piece));
      if (replaced) await attempt(takeAfter(file, replaced));
      await attempt(sync(file));
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
    // Network drives may tell only now that there was no room.
    await attempt(file.close());
    await attempt(rename(temporary.path, path));
  } finally {
    await temporary.release();
  }
  await attempt(syncFolder(folder));
}

async function passOn(opening: ReturnType<typeof openPipe>, content: FileContent, attempt: Attempt): Promise<void> {
  const stream = await attempt(opening);
  try {
    for await (const piece of piecesOf(content)) await attempt(stream.write(piece));
  } finally {
    await attempt(stream.close());
  }
}

function isProgram(content: FileContent): content is { writeTo(path: string): Promise<void> } {
  return typeof content === "object" && "writeTo" in content;
}

async function* piecesOf(content: FileContent): AsyncGenerator<Uint8Array> {
  if (isProgram(content)) throw new Error("internal: a program writes no pieces");
  if (typeof content === "string") yield Buffer.from(content);
  else if (content instanceof Uint8Array) yield content;
  else yield* content;
}

/** Some file systems cannot flush, and say so. */
async function sync(file: FileHandle): Promise<void> {
  try {
    await flush(file.fd);
  } catch (error) {
    if (!["EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(systemCode(error))) throw error;
  }
}

/** Gives a file the owner and the permissions of the one that it replaces, as far as that is allowed. */
async function takeAfter(file: FileHandle, { uid, gid, mode }: Stats): Promise<void> {
  const own = await file.stat();
  const sameGroup = own.gid === gid || (await succeeds(file.chown(own.uid, gid)));
  if (own.uid !== uid) await succeeds(file.chown(uid, sameGroup ? gid : own.gid));
  // What the group was allowed is nothing for another group.
  await succeeds(file.chmod(mode & (sameGroup ? 0o777 : 0o707)));
}

function succeeds(action: Promise<void>): Promise<boolean> {
  return action.then(
    () => true,
    () => false,
  );
}

/** Of errors that mean something else where a file is written. */
const reasons: Readonly<Record<string, string>> = {
  EEXIST: "a file where a folder should be",
  ENOENT: "a folder that can't be made",
};

function unwritable(path: string, cause: unknown): FoveaError {
  const reason = reasons[systemCode(cause)] ?? systemReason(cause);
  return new FoveaError("unwritable", `${path}: cannot be written: expected a place to write a file, got ${reason}`, {
    cause,
  });
}
