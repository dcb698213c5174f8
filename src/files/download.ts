/** @file Downloads of published files: mirrors in turn, a checksum, and nothing half-written. */

import { createHash } from "node:crypto";
import { FoveaError } from "../foundation/error.js";
import { writeFileAtomically } from "./atomic.js";

export interface DownloadOptions {
  /** The published md5 of the file, in hexadecimal. */
  md5: string;
  /** Told after each piece how many bytes have come; starts again when another mirror is tried. Default: nobody is told. */
  onBytes?: (done: number) => void;
  /** Milliseconds without a byte after which a mirror is given up. Default 30000. */
  patience?: number;
  /** Stops the download. Default: nothing does. */
  signal?: AbortSignal;
}

/**
 * Writes the first whole and correct copy among `urls` to `path`; nothing is written before the checksum is right.
 *
 * @returns which of the urls it came from
 * @throws FoveaError `checksum` when a mirror answered with another file, `network` when none answered with any,
 *   `unwritable` when it can't be stored; the signal's reason when that stopped it
 */
export async function download(urls: readonly string[], path: string, options: DownloadOptions): Promise<number> {
  const failures: FoveaError[] = [];
  for (const [i, url] of urls.entries()) {
    try {
      await writeFileAtomically(path, verified(receive(url, options), url, options));
      return i;
    } catch (error) {
      if (!(error instanceof FoveaError) || error.code === "unwritable") throw error;
      failures.push(error);
    }
  }
  const code = failures.some((failure) => failure.code === "checksum") ? "checksum" : "network";
  const got = failures.map((failure) => failure.message).join("; ");
  throw new FoveaError(
    code,
    `${path}: download failed: expected the file from one of ${urls.length} mirrors, got ${got || "none to ask"}`,
    { cause: failures.at(-1) },
  );
}

/** Passes the bytes on; fails after the last one if they are not the published ones. */
async function* verified(
  pieces: AsyncIterable<Uint8Array>,
  url: string,
  { md5, onBytes }: DownloadOptions,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("md5");
  let done = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    done += piece.length;
    onBytes?.(done);
    yield piece;
  }
  const digest = hash.digest("hex");
  if (digest !== md5) throw new FoveaError("checksum", `${url}: wrong checksum: expected md5 ${md5}, got ${digest}`);
}

/** The bytes of one answer, as they come. */
async function* receive(url: string, { patience = 30000, signal }: DownloadOptions): AsyncGenerator<Uint8Array> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(), patience);
  const signals = [stalled.signal, ...(signal ? [signal] : [])];
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any(signals),
      // A file that is itself gzipped must arrive as it lies there, not unpacked on the way.
      headers: { "accept-encoding": "identity" },
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new FoveaError("network", `${url}: ${`${response.status} ${response.statusText}`.trim()}`);
    }
    for await (const piece of response.body) {
      timer.refresh();
      yield piece;
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof FoveaError) throw error;
    const reason = stalled.signal.aborted ? `nothing for ${patience / 1000} s` : reasonOf(error);
    throw new FoveaError("network", `${url}: ${reason}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** fetch says "fetch failed" and keeps the reason in `cause`. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  const reason = cause?.code ?? cause?.message;
  return reason === undefined ? message : `${message} (${reason})`;
}
