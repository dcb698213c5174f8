/** @file The system's errors: their codes, their messages, and what they mean in words. */

import { messageOf } from "../foundation/error.js";

/** The system's code for an error, e.g. `ENOENT`; empty where it has none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Whether the system refused something, e.g. to open a file; Node's own complaints are no such errors. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return /^E[A-Z0-9]+$/.test(systemCode(error)) && error instanceof Error && "syscall" in error;
}

/** Whether what stood in the way of a file stands in the way of all others: a full disk, say. @param error the file's own */
export function meetsAllFiles(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return ["EDQUOT", "EIO", "EMFILE", "ENFILE", "ENOSPC", "EROFS"].includes(systemCode(cause));
}

/** What was met in the place of what was expected. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EBUSY: "a file that is mounted or in use",
  EDQUOT: "a used-up quota",
  EFBIG: "a limit on the size of files (ulimit -f)",
  EIO: "a device that fails",
  EISDIR: "a folder",
  ELOOP: "links that lead in a circle",
  EMFILE: "too many open files (ulimit -n allows no more)",
  ENAMETOOLONG: "a name that is too long",
  ENFILE: "too many open files on this machine",
  ENODEV: "a device that is not there",
  ENOENT: "no such file",
  ENOMEM: "too little memory",
  ENOSPC: "a full disk",
  ENOTDIR: "a file where a folder should be",
  ENXIO: "a device that is not there",
  EPERM: "no permission",
  EPIPE: "a pipe that nobody reads",
  EROFS: "a read-only file system",
  ESTALE: "a network drive that has lost the file",
  ETIMEDOUT: "a network drive that does not answer",
  ETXTBSY: "a program that runs",
};

/** What an error means, as the end of `expected …, got …`; its message where the system has not made it. */
export function systemReason(error: unknown): string {
  return reasons[systemCode(error)] ?? messageOf(error);
}
