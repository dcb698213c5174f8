/** @file Asks web servers for parts of files, by ranges of bytes (RFC 9110, 14). */

import { followed, Interrupted, reasonOf, type Terms } from "../../../files/transfer/answer.js";
import type { LeastPace, Pace } from "../../../files/transfer/pace.js";
import { FoveaError } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import type { ByteRange } from "../store.js";
import { collect, paced, usualPace } from "./collect.js";
import { isPassing, retrying } from "./retry.js";

export interface WebFile extends Pick<Terms, "loopback" | "bearer"> {
  readonly url: string;
  /** How errors call it: without what is secret in the address. */
  readonly where: string;
  /** The version that is meant; any other is refused. Default any. */
  readonly version?: string | undefined;
  /** What an answer means that is none of the usual ones. Default: what its status says. */
  readonly refusal?: (response: Pick<Response, "status" | "headers">) => FoveaError | undefined;
  readonly pace?: LeastPace;
}

export interface WebPart {
  readonly bytes: Uint8Array;
  /** Of the whole file; undefined where the server does not tell. */
  readonly total: number | undefined;
  readonly version: string | undefined;
  readonly headers: Headers;
  /** Whether it is the part that was asked for, or the file from its beginning, as servers answer that know no parts. */
  readonly isPart: boolean;
}

/**
 * A part of a file, or all of it; undefined where there is none. Of a server that knows no parts as much from the beginning as was asked
 * for, or nothing.
 * @throws FoveaError `network`, `not-found`, `bad-file` where it has changed
 */
export function askWeb(file: WebFile, range?: ByteRange): Promise<WebPart | undefined> {
  return retrying(() => paced((pace) => askOnce(file, range, pace), file.pace ?? usualPace));
}

async function askOnce(file: WebFile, range: ByteRange | undefined, pace: Pace): Promise<WebPart | undefined> {
  const response = await answerTo(file, range, pace);
  try {
    return await partIn(response, file, range, pace);
  } finally {
    // What is left of it does not come.
    if (response.body && !response.bodyUsed) await response.body.cancel().catch(() => undefined);
  }
}

async function answerTo(
  { url, where, version, loopback, bearer }: WebFile,
  range: ByteRange | undefined,
  pace: Pace,
): Promise<Response> {
  const headers: Record<string, string> = {};
  if (range) headers.range = `bytes=${range.start}-${range.end - 1}`;
  // A weak tag does not say that all bytes are the same.
  if (version?.startsWith('"')) headers["if-match"] = version;
  try {
    return await followed(url, { headers, signal: pace.signal }, { loopback, bearer });
  } catch (cause) {
    const got = pace.signal.aborted ? String(pace.signal.reason) : reasonOf(cause).replaceAll(url, where);
    // Words of ours name the whole address, which may hold secrets.
    if (cause instanceof FoveaError) throw new FoveaError(cause.code, got);
    throw new Interrupted(`${where}: expected an answer, got none: ${got}`);
  }
}

async function partIn(
  response: Response,
  file: WebFile,
  range: ByteRange | undefined,
  pace: Pace,
): Promise<WebPart | undefined> {
  const { status, headers } = response;
  const { where } = file;
  const version = headers.get("etag") ?? headers.get("last-modified") ?? undefined;
  if (status === 416) return { bytes: new Uint8Array(), total: sizeIn(headers), version, headers, isPart: true };
  if (status === 412) throw new FoveaError("bad-file", `${where}: expected an unchanged file, got a newer version`);
  if (status !== 200 && status !== 206) {
    const refused = file.refusal?.(response);
    if (refused) throw refused;
    if (status === 404 || status === 410) return undefined;
    throw refusalOf(status, where);
  }
  if (status === 200 || range === undefined) return wholeIn(response, where, range, pace);
  const [start, last] = rangeIn(headers);
  if (start !== range.start || last < start || last >= range.end) {
    const got = headers.get("content-range")?.slice(0, 80) ?? "others";
    throw new FoveaError("network", `${where}: expected the bytes from ${range.start} to ${range.end}, got ${got}`);
  }
  const bytes = await collect(response.body ?? nothing(), { where, bytes: last + 1 - start, pace });
  return { bytes, total: sizeIn(headers), version, headers, isPart: true };
}

async function wholeIn(
  { headers, body }: Response,
  where: string,
  range: ByteRange | undefined,
  pace: Pace,
): Promise<WebPart> {
  const isPacked = !["identity", null].includes(headers.get("content-encoding"));
  const length = isPacked ? null : headers.get("content-length");
  const total = length === null ? undefined : Number(length);
  const version = headers.get("etag") ?? headers.get("last-modified") ?? undefined;
  if (range && range.start > 0) return { bytes: new Uint8Array(), total, version, headers, isPart: false };
  const bytes = range ? Math.min(range.end, total ?? range.end) : total;
  const found = await collect(body ?? nothing(), { where, bytes, orFewer: total === undefined, pace });
  return { bytes: found, total, version, headers, isPart: range === undefined };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function refusalOf(status: number, where: string): FoveaError {
  const got = `HTTP status ${status}`;
  if (isPassing(status)) return new Interrupted(`${where}: expected a file, got ${got}: try again later`);
  if (status === 401 || status === 403) {
    const advice = "it may need a login, or a signed address may have expired";
    return new FoveaError("network", `${where}: expected a file that may be read, got ${got}: ${advice}`);
  }
  return new FoveaError("network", `${where}: expected a file, got ${got}`);
}

/** First and last byte of `Content-Range: bytes first-last/size`. */
function rangeIn(headers: Headers): readonly [number, number] {
  const parts = /^bytes (\d{1,15})-(\d{1,15})\//.exec(headers.get("content-range") ?? "");
  return parts ? [Number(at(parts, 1)), Number(at(parts, 2))] : [Number.NaN, Number.NaN];
}

function sizeIn(headers: Headers): number | undefined {
  const size = /\/(\d{1,15})$/.exec(headers.get("content-range") ?? "")?.[1];
  return size === undefined ? undefined : Number(size);
}
