/** @file Fetches files with progress. */

import { FoveaError } from "../../../src/foundation/error.js";
import type { Progress } from "./api.js";

/** @throws FoveaError `network` */
export async function fetchWithProgress(
  url: string,
  what: string,
  progress: (state: Progress) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new FoveaError("network", `${what}: expected ${url}, got no answer`, { cause });
  });
  if (!response.ok || response.body === null)
    throw new FoveaError("network", `${what}: expected ${url}, got status ${response.status}`);
  // Of what the browser unpacks on its way, the length that a host tells is another.
  const { headers } = response;
  const total = headers.has("content-encoding") ? 0 : Number(headers.get("content-length") ?? 0);
  const parts: Uint8Array[] = [];
  let [done, reported] = [0, 0];
  const reader = response.body.getReader();
  for (;;) {
    const { done: ended, value } = await reader.read();
    if (ended) return concatenate(parts, done);
    parts.push(value);
    done += value.length;
    if (done - reported < step) continue;
    progress({ what, done, total });
    reported = done;
  }
}

/** Bytes between two reports of progress. */
const step = 2 ** 19;

function concatenate(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
