/** @file Errors that no one has put into words where they arose: what they mean, and whose fault they are. */

import { isSystemError, systemCode, systemReason } from "../../files/system-error.js";
import { FoveaError, messageOf } from "../../foundation/error.js";

/** An error's cause for people, on one line where the error's own message is. */
export interface Failure {
  readonly message: string;
  /** Fovea is at fault, and neither its input nor the machine. */
  readonly isInternal: boolean;
}

/** What one value cannot be, as V8 and Node word it. */
const tooLarge =
  /allocation failed|^Invalid (typed )?array (buffer )?length|^Invalid string length|(longer|larger) than 0x|"size" is out of range|greater than \d+ GiB/i;

const unloadable: readonly string[] = ["ERR_MODULE_NOT_FOUND", "ERR_DLOPEN_FAILED"];

export function failureOf(error: unknown): Failure {
  const message = error instanceof FoveaError ? error.message : outerCause(error);
  if (message !== undefined) return { message, isInternal: false };
  const name = error instanceof Error ? error.name : typeof error;
  const report = "please report it with the command; with FOVEA_DEBUG=1 it says where it arose";
  return { message: `a fault of Fovea, not of its input: ${name}: ${messageOf(error)}: ${report}`, isInternal: true };
}

/** Undefined for an error of Fovea itself. */
function outerCause(error: unknown): string | undefined {
  const message = messageOf(error);
  if (isSystemError(error)) {
    const where = `${error.path ?? "the system"}: ${error.syscall ?? "a call"}`;
    return `${where}: expected a file or a device that can be used, got ${systemReason(error)}`;
  }
  if (unloadable.includes(systemCode(error))) {
    const way = "install Fovea again, or allow more open files (ulimit -n)";
    return `a part of Fovea: expected files that can be loaded, got: ${message}: ${way}`;
  }
  if (tooLarge.test(message)) {
    return `this command: expected work that fits into memory, got more (${message}): try smaller batches, numbers or files`;
  }
  if (error instanceof RangeError && /call stack/.test(message))
    return "the input: expected a reasonable depth, got one that is nested too deeply";
  return undefined;
}
