/** @file The body of a request: JSON, and behind it the bytes of tensors where the binary tensor extension is used. */

import type { IncomingHttpHeaders } from "node:http";
import { messageOf } from "../../../foundation/error.js";
import { badRequest, Refusal } from "../refusal.js";

export interface Body {
  readonly json: unknown;
  /** What follows the JSON; empty without the extension. */
  readonly binary: Buffer;
}

/** The header of the binary tensor extension: how many bytes of the body are JSON. */
export const jsonLengthHeader = "inference-header-content-length";

/** @throws Refusal 400 for what is no JSON, or for a length that does not fit; 415 for a compressed body */
export function readBody(body: unknown, headers: IncomingHttpHeaders): Body {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity")
    throw new Refusal(415, "Content-Encoding: expected a body that is not compressed, got one that is");
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const length = jsonLength(headers[jsonLengthHeader], bytes.length);
  return { json: jsonIn(bytes.subarray(0, length)), binary: bytes.subarray(length) };
}

function jsonLength(header: string | readonly string[] | undefined, total: number): number {
  if (header === undefined) return total;
  const length = /^\d{1,10}$/.test(String(header)) ? Number(header) : Number.NaN;
  if (length <= total) return length;
  const got = Number.isNaN(length) ? "another text" : String(length);
  throw badRequest("Inference-Header-Content-Length", `a whole number up to the body's ${total} bytes`, got);
}

function jsonIn(bytes: Buffer): unknown {
  if (bytes.length === 0) throw badRequest("the body", "JSON", "none");
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    // V8 quotes the text, which may be an image.
    const place = /at position \d+/.exec(messageOf(error))?.[0];
    throw badRequest("the body", "JSON", `something else${place === undefined ? "" : ` ${place}`}`);
  }
}
