/** @file Fetches files with progress. */

import { FoveaError } from "fovea/web";
import type { Progress } from "./api.js";

/** @throws FoveaError `network` */
export async function fetchWithProgress(url: string, what: string, progress: (state: Progress) => void): Promise<Blob> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new FoveaError("network", `${what}: expected ${url}, got no answer`, { cause });
  });
  if (!response.ok || response.body === null)
    throw new FoveaError("network", `${what}: expected ${url}, got status ${response.status}`);
  const total = Number(response.headers.get("content-length") ?? 0);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done: ended, value } = await reader.read();
    if (ended) return new Blob(parts, { type: response.headers.get("content-type") ?? "" });
    parts.push(value);
    done += value.length;
    progress({ what, done, total });
  }
}
