/** @file Sends the answers of the studio's server: a file or bytes, with the headers for browsers to keep them. */

import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";

/** The path of a file, or bytes. */
export interface Content {
  readonly type: string;
  readonly source: string | Uint8Array;
  /** How it is packed; whoever does not take that gets it as a file of bytes, still packed. Default: not at all. */
  readonly packed?: "br";
  /** How long browsers may keep it. Default: they ask each time whether it has changed. */
  readonly cache?: string;
}

/** Content that is found, or made, when it is asked for. */
export type Resource = () => Content | Promise<Content>;

/** By URL. */
export type Resources = ReadonlyMap<string, Resource>;

/**
 * Sends it; 304 where the browser has it already, no body for HEAD.
 * @throws the file system's errors; nothing was sent then
 */
export async function sendContent(request: IncomingMessage, response: ServerResponse, content: Content): Promise<void> {
  const { source } = content;
  if (typeof source !== "string") {
    const etag = `"${createHash("sha256").update(source).digest("base64url")}"`;
    if (begin(request, response, content, etag, source.byteLength)) response.end(source);
    return;
  }
  // Where a pipe has come in a file's place, nobody waits for its other end.
  const file = await open(source, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw Object.assign(new Error(`${source}: no regular file`), { code: "ENOENT" });
    const { ino, size, mtimeMs } = stats;
    // Files of different runs share a URL: size and time alone may be the same.
    if (!begin(request, response, content, `W/"${ino}-${size}-${mtimeMs}"`, size)) return;
    const bytes = file.createReadStream({ autoClose: false, end: Math.max(0, size - 1) });
    await pipeline(bytes, response, { end: false });
    // Of a file that shrank meanwhile a browser shall not wait for the rest.
    if (bytes.bytesRead < size) response.destroy();
    else response.end();
  } finally {
    await file.close();
  }
}

/** Sends the head of the answer. @returns whether a body is to follow */
function begin(
  { headers, method }: IncomingMessage,
  response: ServerResponse,
  { type, packed, cache = "no-cache" }: Content,
  etag: string,
  size: number,
): boolean {
  response.setHeader("ETag", etag).setHeader("Cache-Control", cache);
  if (packed !== undefined) response.setHeader("Vary", "Accept-Encoding");
  if (headers["if-none-match"] === etag) {
    response.writeHead(304).end();
    return false;
  }
  const takesPacked = packed !== undefined && accepts(headers["accept-encoding"], packed);
  if (takesPacked) response.setHeader("Content-Encoding", packed);
  response.setHeader("Content-Type", packed === undefined || takesPacked ? type : "application/octet-stream");
  response.setHeader("Content-Length", size);
  response.writeHead(200);
  if (method !== "HEAD") return true;
  response.end();
  return false;
}

/** Whether a header `Accept-Encoding` names a way of packing, and not as one that is refused. */
function accepts(header: string | string[] | undefined, encoding: string): boolean {
  return String(header ?? "")
    .split(",")
    .some((each) => {
      const [name = "", weight = ""] = each.split(";").map((part) => part.trim().toLowerCase());
      return name === encoding && !/^q=0(\.0*)?$/.test(weight);
    });
}
