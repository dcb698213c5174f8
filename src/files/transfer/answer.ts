/** @file What a server answers when it is asked for a file, or for the rest of one: over https, and not too slowly. */

import { FoveaError } from "../../foundation/error.js";
import { type LeastPace, Pace } from "./pace.js";
import type { PartialDownload } from "./partial-download.js";

/** A failure that may be over when the server is asked again. */
export class Interrupted extends FoveaError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("network", message, options);
  }
}

/** Who is asked, and as whom. */
export interface Terms {
  /** Whether http will do on this machine. Default false. */
  readonly loopback?: boolean | undefined;
  /** Tells the server who asks; no other server is told, wherever it leads. Default: nobody in particular. */
  readonly bearer?: string | undefined;
  /** What a server means that answers with something else than the file. Default: what its status says. */
  readonly refusal?: ((response: Pick<Response, "status" | "headers">) => FoveaError | undefined) | undefined;
}

export interface Question extends Partial<LeastPace>, Terms {
  /** The whole file's size. */
  readonly bytes: number;
  /** What has come before. Default nothing. */
  readonly begun: PartialDownload | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  /** Where the pieces begin: behind what has come before, or at 0. */
  readonly start: number;
  /** What the server calls this version of the file; undefined where what comes of it cannot be gone on with. */
  readonly version: string | undefined;
  /** They end where the file ends or the transfer breaks off. */
  readonly pieces: AsyncIterable<Uint8Array>;
  /** Why it broke off, or the signal's reason; undefined before the pieces have ended, and where all came. */
  readonly failure: unknown;
  /** Ends the transfer, wherever it is. */
  readonly end: () => void;
}

const usual: LeastPace = { patience: 30_000, leastRate: 1000 };

/**
 * Asks for a file.
 * @throws FoveaError `checksum` where another file would come; `network` for any other answer, or none; the signal's reason
 */
export async function ask(url: string, question: Question): Promise<Answer> {
  const { patience = usual.patience, leastRate = usual.leastRate, signal } = question;
  const pace = new Pace({ patience, leastRate });
  const failureOf = (error: unknown) => {
    if (signal?.aborted) return signal.reason;
    if (error instanceof FoveaError) return error;
    if (pace.signal.aborted) return new FoveaError("network", `${url}: ${pace.signal.reason}`, { cause: error });
    return new Interrupted(`${url}: ${reasonOf(error)}`, { cause: error });
  };
  try {
    const { begun } = question;
    const headers: Record<string, string> = begun ? { range: `bytes=${begun.bytes}-`, "if-range": begun.version } : {};
    const stop = signal ? AbortSignal.any([pace.signal, signal]) : pace.signal;
    const response = await followed(url, { headers, signal: stop }, question);
    const { start, version, body } = await fitting(url, response, question);
    let failure: unknown;
    async function* pieces() {
      try {
        for await (const piece of body) {
          pace.came(piece.length);
          yield piece;
        }
      } catch (error) {
        failure = failureOf(error);
      }
    }
    return {
      ...{ start, version, pieces: pieces(), end: () => pace.end() },
      get failure() {
        return failure;
      },
    };
  } catch (error) {
    const failure = failureOf(error);
    pace.end();
    throw failure;
  }
}

const mostRedirects = 5;

/**
 * The answer at the end of redirects, none of which leaves https.
 * @throws FoveaError `network` for an address that is not asked; what `fetch` throws
 */
export async function followed(
  url: string,
  request: RequestInit,
  { loopback = false, bearer }: Terms,
): Promise<Response> {
  let address = allowed(url, loopback, url);
  const { origin } = address;
  let isAtHome = true;
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    // Whoever was led elsewhere may be led back with a question of somebody else's.
    isAtHome &&= address.origin === origin;
    const headers = new Headers(request.headers);
    // A file that is itself gzipped must arrive as it lies there, not unpacked on the way.
    headers.set("accept-encoding", "identity");
    if (bearer !== undefined && isAtHome) headers.set("authorization", `Bearer ${bearer}`);
    const response = await fetch(address, { ...request, headers, redirect: "manual" });
    if (![301, 302, 303, 307, 308].includes(response.status)) return response;
    await response.body?.cancel();
    const place = response.headers.get("location") ?? "";
    address = allowed(place, loopback && address.protocol === "http:", url, address);
  }
  throw new FoveaError("network", `${url}: expected a file, got more than ${mostRedirects} redirects`);
}

const loopbackHosts = ["127.0.0.1", "[::1]", "localhost"];

/** Whether an address is asked: https, or http on this machine where that will do. */
export function isAllowed({ protocol, hostname }: URL, loopback: boolean): boolean {
  return protocol === "https:" || (loopback && protocol === "http:" && loopbackHosts.includes(hostname));
}

/** An address that is asked. @throws FoveaError `network` for any other than https, or http on this machine where that will do */
function allowed(place: string, loopback: boolean, url: string, base?: URL): URL {
  const where = base ? `${url}: redirect` : url;
  const address = URL.canParse(place, base?.href) ? new URL(place, base?.href) : undefined;
  if (address && isAllowed(address, loopback)) return address;
  const got = address === undefined ? "none" : address.protocol.replace(":", "");
  throw new FoveaError("network", `${where}: expected an address of https, got ${got.slice(0, 20)}`);
}

interface Fitting extends Pick<Answer, "start" | "version"> {
  readonly body: AsyncIterable<Uint8Array>;
}

/** The answer, if it is the file, or what is missing of it. */
async function fitting(url: string, response: Response, { begun, bytes, refusal }: Question): Promise<Fitting> {
  const { body, headers, status } = response;
  try {
    const isRest = begun !== undefined && status === 206;
    if (begun && status === 416) throw wrongRange(url, begun, "none");
    if (!isRest && status !== 200) throw refusal?.(response) ?? unwanted(url, response);
    if (body === null) throw new Interrupted(`${url}: expected a file, got nothing`);
    if (isRest && !isFrom(headers.get("content-range"), begun.bytes, bytes))
      throw wrongRange(url, begun, headers.get("content-range")?.slice(0, 80) ?? "none");
    const start = isRest ? begun.bytes : 0;
    // It is unpacked on the way: its length is another, and there is no going on in its middle.
    const isPacked = !["identity", null].includes(headers.get("content-encoding"));
    if (isRest && isPacked) throw wrongRange(url, begun, "one that is packed");
    const length = isPacked ? null : headers.get("content-length");
    if (length !== null && start + Number(length) !== bytes) throw wrongSize(url, bytes, start + Number(length));
    return { start, version: isPacked ? undefined : versionIn(headers), body };
  } catch (error) {
    await body?.cancel();
    throw error;
  }
}

function unwanted(url: string, { status, statusText }: Response): FoveaError {
  const message = `${url}: ${`${status} ${statusText}`.trim()}`;
  return status >= 500 || [408, 425, 429].includes(status)
    ? new Interrupted(message)
    : new FoveaError("network", message);
}

/** Of `Content-Range: bytes first-last/size`, where the size may be `*` (RFC 9110, 14.4). */
function isFrom(range: string | null, start: number, bytes: number): boolean {
  const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(range ?? "") ?? [];
  return Number(first) === start && Number(last) === bytes - 1 && (size === "*" || Number(size) === bytes);
}

/** A weak tag does not say that all bytes are the same (RFC 9110, 8.8.1). */
function versionIn(headers: Headers): string | undefined {
  const tag = headers.get("etag");
  return tag?.startsWith('"') ? tag : (headers.get("last-modified") ?? undefined);
}

function wrongRange(url: string, { bytes }: PartialDownload, got: string): FoveaError {
  return new FoveaError("checksum", `${url}: wrong range: expected the bytes from ${bytes} on, got ${got}`);
}

export function wrongSize(url: string, expected: number, got: number | string): FoveaError {
  return new FoveaError("checksum", `${url}: wrong size: expected ${expected} bytes, got ${got}`);
}

/** fetch says "fetch failed" and keeps the reason in `cause`. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  const reason = cause?.code ?? cause?.message;
  return reason === undefined ? message : `${message} (${reason})`;
}
