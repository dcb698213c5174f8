/** @file Downloads of published files: mirrors in turn, checksums, and nothing half-written; what broke off is gone on with. */

import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { FoveaError } from "../foundation/error.js";
import { writeFileAtomically } from "./atomic.js";
import { systemCode } from "./system-error.js";
import { type Answer, ask, Interrupted, type Terms, wrongSize } from "./transfer/answer.js";
import {
  appendPieces,
  firstLine,
  keptBytes,
  type PartialDownload,
  partialDownload,
  removePartial,
} from "./transfer/partial-download.js";
import { type PublishedSums, Sums } from "./transfer/sums.js";

export interface DownloadOptions extends PublishedSums, Terms {
  /** Told after each piece how many bytes have come; starts again when another mirror is tried. Default: nobody is told. */
  onBytes?: (done: number) => void;
  /** Milliseconds without a byte after which a mirror is given up. Default 30000. */
  patience?: number | undefined;
  /** Bytes a second, over twice the patience, below which a mirror is given up. Default 1000. */
  leastRate?: number;
  /** Milliseconds before mirrors that may answer another time are asked again; twice as many before the next time. Default 500. */
  pause?: number;
  /**
   * Nobody else downloads to this path meanwhile, since the caller has locked it: what comes is kept as it comes, so that a process that is
   * killed has lost nothing. Default false.
   */
  alone?: boolean | undefined;
  /** Stops the download. Default: nothing does. */
  signal?: AbortSignal | undefined;
}

/** How often all mirrors are asked that may answer another time. */
const rounds = 3;

/**
 * Writes the first whole and correct copy among `urls` to `path`; nothing is written there before size and checksums are right. What came
 * from a server that tells the versions of its file is kept beside it when the transfer breaks off, and gone on with the next time.
 *
 * @returns which of the urls it came from
 * @throws FoveaError `checksum` when a mirror answered with another file, `network` when none answered with any,
 *   `unwritable` when it can't be stored; the signal's reason when that stopped it
 */
export async function download(urls: readonly string[], path: string, options: DownloadOptions): Promise<number> {
  const failures = new Map<string, FoveaError>();
  let left = urls;
  for (let round = 0; round < rounds && left.length > 0; round++) {
    if (round > 0) await wait((options.pause ?? 500) * 2 ** (round - 1), options.signal);
    for (const url of left) {
      const failure = await copyFrom(url, path, options);
      if (failure === undefined) {
        for (const each of urls) await removePartial(partialPath(path, each));
        return urls.indexOf(url);
      }
      failures.set(url, failure);
    }
    left = left.filter((url) => failures.get(url) instanceof Interrupted);
  }
  const all = [...failures.values()];
  const code = all.some((failure) => failure.code === "checksum") ? "checksum" : "network";
  const got = all.map(({ message }) => message).join("; ");
  throw new FoveaError(
    code,
    `${path}: download failed: expected the file from one of ${urls.length} mirrors, got ${got || "none to ask"}`,
    { cause: all.at(-1) },
  );
}

async function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
}

/** Where what came from a mirror is kept. */
function partialPath(path: string, url: string): string {
  return `${path}.${createHash("sha256").update(url).digest("hex").slice(0, 8)}.part`;
}

/** @returns the mirror's failure; any other is thrown */
async function copyFrom(url: string, path: string, options: DownloadOptions): Promise<FoveaError | undefined> {
  const partial = partialPath(path, url);
  for (let attempt = 0; ; attempt++) {
    const begun = await partialDownload(partial, options.bytes);
    try {
      if (begun?.bytes !== options.bytes) await receive(url, partial, begun, options);
      await writeFileAtomically(path, verified(keptBytes(partial), url, options));
      return undefined;
    } catch (error) {
      options.signal?.throwIfAborted();
      // Another process has removed it, since it has the whole file by now.
      const isGone = systemCode(error) === "ENOENT" && attempt < rounds;
      if (isGone) continue;
      if (!(error instanceof FoveaError) || error.code === "unwritable") throw error;
      if (error.code !== "checksum") return error;
      await removePartial(partial);
      // With what was there before it may have become a file of two versions: once more from the beginning.
      if (begun === undefined) return error;
    }
  }
}

/** Brings a partial file to its end, or as far as it comes. @throws why it did not come to its end */
async function receive(
  url: string,
  path: string,
  begun: PartialDownload | undefined,
  options: DownloadOptions,
): Promise<void> {
  let failure: unknown;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const answer = await ask(url, { ...options, begun });
    const isAppended = options.alone && answer.start > 0;
    try {
      if (options.alone && !isAppended) await removePartial(path);
      if (!isAppended) yield firstLine(answer.version);
      if (!isAppended && answer.start > 0 && begun) yield* begun.read();
      let done = answer.start;
      for await (const piece of answer.pieces) {
        done += piece.length;
        if (done > options.bytes) throw wrongSize(url, options.bytes, "more");
        options.onBytes?.(done);
        yield piece;
      }
      failure = answer.failure ?? shortage(url, done, options.bytes);
      if (failure === undefined || isWorthKeeping(answer, done)) return;
      if (options.alone) await removePartial(path);
      throw failure;
    } finally {
      answer.end();
    }
  }
  if (options.alone) await appendPieces(path, pieces());
  else await writeFileAtomically(path, pieces());
  if (failure !== undefined) throw failure;
}

function isWorthKeeping({ version }: Answer, done: number): boolean {
  return version !== undefined && done > 0;
}

function shortage(url: string, done: number, bytes: number): FoveaError | undefined {
  if (done === bytes) return undefined;
  return new Interrupted(`${url}: ended after ${done} of ${bytes} bytes`);
}

/** Passes the bytes on; fails after the last one if they are not the published ones. */
async function* verified(
  pieces: AsyncIterable<Uint8Array>,
  url: string,
  published: PublishedSums,
): AsyncGenerator<Uint8Array> {
  const sums = new Sums(published);
  for await (const piece of pieces) {
    sums.add(piece);
    yield piece;
  }
  const wrong = sums.difference();
  if (wrong) throw new FoveaError("checksum", `${url}: wrong checksum: ${wrong}`);
}
