/** @file Fetches files by their address, or gives the reason why not. */

import { FoveaError } from "../foundation/error.js";

/**
 * @param url absolute, or relative to the page
 * @throws FoveaError `not-found` or `network`; an aborted fetch throws the signal's reason
 */
export async function fetchFile(url: string, signal?: AbortSignal): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(url, signal ? { signal } : {});
  } catch (cause) {
    signal?.throwIfAborted();
    const expected = "expected a file of this site, or of one that allows other sites to read it";
    throw new FoveaError("network", `${shortUrl(url)}: ${expected}, got no answer`, { cause });
  }
  if (!response.ok)
    throw new FoveaError("not-found", `${shortUrl(url)}: expected a file, got HTTP status ${response.status}`);
  return response.blob();
}

/** An address as errors name it: data is not written out. */
export function shortUrl(url: string): string {
  return url.length > 80 || url.startsWith("data:") ? `${url.slice(0, 40)}...` : url;
}
