/** @file Errors as the page shows them, and those that it does not show. */

/** Whether a request ended because a newer one came. */
export function isCancelled(error: unknown): boolean {
  return (error as { name?: string } | null)?.name === "AbortError";
}

/** The error in one line for people. */
export function sentence(error: unknown): string {
  const message = (error as { message?: string } | null)?.message ?? String(error);
  if (/out of memory|allocation failed|failed to allocate|bad_alloc|Array buffer allocation/i.test(message))
    return "The browser has no more memory for this: close other tabs, or take a smaller model or image.";
  return message;
}
