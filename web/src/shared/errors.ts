/** @file Errors as the page shows them, and those that it does not show. */

import { plainError } from "./plain-error.js";

/** Whether a request ended because a newer one came. */
export function isCancelled(error: unknown): boolean {
  return (error as { name?: string } | null)?.name === "AbortError";
}

/** The error in one line for people. */
export function sentence(error: unknown): string {
  const { text, command } = plainError(error);
  return command ? `${text} ${command}` : text;
}
