/** @file Writing files so that they are whole or not there. */

import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { FoveaError } from "../foundation/error.js";
import { makeFolder } from "./make-folder.js";
import { messageOf, systemCode } from "./system-error.js";

/**
 * Writes a file under a temporary name beside it, flushes it to disk and renames it: whoever looks sees the old file or
 * the new one, never half of one. Missing folders are made. An error thrown by `content` is passed on and leaves nothing.
 *
 * @param content the bytes, a text, or pieces that arrive over time
 * @throws FoveaError `unwritable` when the folder can't be made or the file can't be written there
 */
export async function writeFileAtomically(
  path: string,
  content: Uint8Array | string | AsyncIterable<Uint8Array>,
): Promise<void> {
  const attempt = async <Result>(action: Promise<Result>): Promise<Result> => {
    try {
      return await action;
    } catch (cause) {
      throw unwritable(path, cause);
    }
  };
  await attempt(makeFolder(dirname(path)));
  const { file, temporary } = await attempt(openBeside(path));
  try {
    try {
      if (typeof content === "string" || content instanceof Uint8Array) await attempt(file.writeFile(content));
      else for await (const piece of content) await attempt(file.writeFile(piece));
      await attempt(file.sync());
    } finally {
      await file.close();
    }
    await attempt(rename(temporary, path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A new file of its own beside `path`: two writers of one path must not share it. */
async function openBeside(path: string): Promise<{ file: FileHandle; temporary: string }> {
  for (let attempt = 0; ; attempt++) {
    const temporary = `${path}.${attempt}.tmp`;
    try {
      return { file: await open(temporary, "wx"), temporary };
    } catch (error) {
      if (systemCode(error) !== "EEXIST" || attempt === 99) throw error;
    }
  }
}

const reasons: Record<string, string> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "a read-only file system",
  ENOSPC: "a full disk",
  EDQUOT: "a used-up quota",
  EISDIR: "a folder",
  ENOTDIR: "a file where a folder should be",
  EEXIST: "a file where a folder should be",
  ENOENT: "a folder that can't be made",
  ENAMETOOLONG: "a name that is too long",
};

function unwritable(path: string, cause: unknown): FoveaError {
  const reason = reasons[systemCode(cause)] ?? messageOf(cause);
  return new FoveaError("unwritable", `${path}: cannot be written: expected a place to write a file, got ${reason}`, {
    cause,
  });
}
