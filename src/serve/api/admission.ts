/** @file Who may ask: whoever has the token, by a name of this server, and no page of another site. */

import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Refusal } from "./refusal.js";

export interface AdmissionOptions {
  /** Without one everybody is let in who reaches the server. */
  readonly token: string | undefined;
  /** Names that requests may call the server by, with or without a port, in lower case; undefined for any. */
  readonly hosts: ReadonlySet<string> | undefined;
}

export class Admission {
  readonly #token: Buffer | undefined;
  readonly #hosts: ReadonlySet<string> | undefined;

  constructor({ token, hosts }: AdmissionOptions) {
    this.#token = token === undefined ? undefined : digest(token);
    this.#hosts = hosts;
  }

  /**
   * @param needsToken false for what everybody may know
   * @throws Refusal 403 for another host or site (a page whose name leads here would else share in what its browser may do), 401 without
   *   the token
   */
  check({ headers }: IncomingMessage, needsToken: boolean): void {
    const host = headers.host?.toLowerCase() ?? "";
    if (this.#hosts && !this.#hosts.has(host) && !this.#hosts.has(withoutPort(host)))
      throw new Refusal(403, "Host: expected a name of this server, got another: --allow-host adds one");
    const site = headers["sec-fetch-site"] ?? "none";
    const isElsewhere = site !== "none" && site !== "same-origin";
    if (isElsewhere || (headers.origin !== undefined && !isSameOrigin(headers.origin, host)))
      throw new Refusal(403, "Origin: expected a program or a page of this server, got a page of another site");
    if (needsToken && this.#token && !this.#hasToken(headers.authorization))
      throw new Refusal(401, "Authorization: expected Bearer and the server's token, got none or another");
  }

  #hasToken(header = ""): boolean {
    const [, sent] = /^Bearer +(\S+) *$/i.exec(header) ?? [];
    // In a time that tells nothing of where two tokens differ, or of their lengths.
    return this.#token !== undefined && sent !== undefined && timingSafeEqual(digest(sent), this.#token);
  }
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, "");
}

function isSameOrigin(origin: string, host: string): boolean {
  return origin.toLowerCase().replace(/^https?:\/\//, "") === host;
}
