/** @file Who may ask the studio's server: whoever opened the address with its token, and has the cookie since then. */

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { userAtOtherEnd } from "./other-end.js";

/** What a request may do. */
export type Admitted =
  | { readonly how: "in" }
  /** The address holds the token, or holds one in vain: the same without it comes next. */
  | { readonly how: "redirect"; readonly to: string; readonly cookie?: string; readonly fromElsewhere: boolean }
  | { readonly how: "out"; readonly sentence: string };

const noCookie =
  "expected a browser that has opened the address which the terminal shows, got another: open that address";
const otherSite = "expected the studio's own page to ask, got another site: open the address that the terminal shows";

/** The name of the token in the address. */
const parameter = "token";

/** The secrets of one server. They end with it. */
export class Admission {
  readonly #token = randomSecret();
  readonly #cookieName: string;
  /** A secret for each user of the machine who has opened the address; `undefined` where the system does not tell users. */
  readonly #cookies = new Map<number | undefined, string>();

  /** @param port names the cookie: browsers send it to every port of a host */
  constructor(port: number) {
    this.#cookieName = `fovea-studio-${port}`;
  }

  /** The address with the token, which is for the user's eyes alone. @param url of the page */
  addressOf(url: string): string {
    return `${url}?${parameter}=${this.#token}`;
  }

  async admit(request: IncomingMessage): Promise<Admitted> {
    const { headers, socket, url = "" } = request;
    const { page, token, to } = readAddress(url);
    const isRight = page && token !== undefined && isSame(token, this.#token);
    const site = headers["sec-fetch-site"] ?? "none";
    const fromElsewhere = site !== "none" && site !== "same-origin";
    // A link, or the file that opens the browser, leads here from elsewhere; frames and scripts of other pages do not.
    const isNavigation = headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
    if (fromElsewhere && !(isRight && isNavigation)) return { how: "out", sentence: otherSite };
    if (isRight) return { how: "redirect", to, cookie: this.#cookieFor(await userAtOtherEnd(socket)), fromElsewhere };
    if (!(await this.#hasCookie(request))) return { how: "out", sentence: noCookie };
    return page && token !== undefined ? { how: "redirect", to, fromElsewhere } : { how: "in" };
  }

  #cookieFor(user: number | undefined): string {
    const secret = this.#cookies.get(user) ?? randomSecret();
    this.#cookies.set(user, secret);
    return `${this.#cookieName}=${secret}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** Whether a request has the cookie of its user: on Linux it is of no use to another, who may have seen it at another port. */
  async #hasCookie({ headers, socket }: IncomingMessage): Promise<boolean> {
    const sent = valuesOf(headers.cookie ?? "", this.#cookieName);
    const [owner] = [...this.#cookies].filter(([, secret]) => sent.some((value) => isSame(value, secret)));
    if (owner === undefined) return false;
    const [user] = owner;
    return user === undefined || user === (await userAtOtherEnd(socket));
  }
}

/** 256 bits, in characters that addresses and cookies may hold. */
function randomSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** In a time that tells nothing of where two texts differ, or of their lengths. */
function isSame(text: string, other: string): boolean {
  const [first, second] = [text, other].map((each) => createHash("sha256").update(each).digest());
  return first !== undefined && second !== undefined && timingSafeEqual(first, second);
}

/** Whether an address is that of the page, its token, and where it leads without one. */
function readAddress(url: string): { readonly page: boolean; readonly token: string | undefined; readonly to: string } {
  const [path = "", query = ""] = url.replace(/#.*$/s, "").split(/\?(.*)/s, 2);
  const parameters = new URLSearchParams(query);
  const token = parameters.get(parameter) ?? undefined;
  parameters.delete(parameter);
  return { page: path === "/" || path === "/index.html", token, to: parameters.size > 0 ? `/?${parameters}` : "/" };
}

/** All values of a cookie: a server at another port may have added its own. */
function valuesOf(cookies: string, name: string): string[] {
  const pairs = cookies.split(";").map((pair) => pair.trim());
  return pairs.flatMap((pair) => (pair.startsWith(`${name}=`) ? [pair.slice(name.length + 1)] : []));
}
