/** @file Serves the studio's page and the given files to the browser that opened its address, and to nobody else. */

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FoveaError } from "../../foundation/error.js";
import { Admission, type Admitted } from "./admission.js";
import { type Content, type Resources, sendContent } from "./content.js";
import { studioHeaders } from "./headers.js";
import { pageFile } from "./page.js";
import { usualPort } from "./usual-port.js";

export interface ServeStudioOptions {
  /** The folder of the built page. */
  readonly page: string;
  /** Contents that are served besides the page, by URL. */
  readonly resources: Resources;
  /** 0 for any free one. Default: `usualPort`, or a free one where that is taken. */
  readonly port?: number | undefined;
  /** Called when an answer fails for no fault of the request. Default: none. */
  readonly onFailure?: (error: unknown) => void;
  /** Called whenever somebody opens the address with the token. Default: nothing is called. */
  readonly onEnter?: () => void;
}

export interface StudioServer {
  /** Address of the page, with a slash at the end. */
  readonly url: string;
  /** The same with the token, which lets a browser in. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Serves on 127.0.0.1. The first request of a browser must have the token of `address`, which is new for each server; it gets a
 * cookie for it, and is sent to the address without the token. All others must have the cookie; without it there is one sentence
 * and nothing else, whatever is asked for. Requests that name another host are refused: a page of somebody else's, whose name
 * leads here, would else share in what the browser may do (DNS rebinding).
 * @throws FoveaError `bad-input` for a port that is taken or not allowed
 */
export async function serveStudio(options: ServeStudioOptions): Promise<StudioServer> {
  const { page, resources, port, onFailure, onEnter } = options;
  const server = createServer();
  await listen(server, port);
  const { port: actualPort } = server.address() as AddressInfo;
  const hosts = hostsOf(actualPort);
  const admission = new Admission(actualPort);
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch((error: unknown) => {
      if (!fail(response, error)) onFailure?.(error);
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(studioHeaders)) response.setHeader(name, value);
    const { headers, method = "", url = "" } = request;
    if (!hosts.has(headers.host?.toLowerCase() ?? "")) {
      return refuse(response, 403, `expected a request to 127.0.0.1:${actualPort}, got one to another host`);
    }
    const admitted = await admission.admit(request);
    if (admitted.how === "out") return refuse(response, 403, admitted.sentence);
    if (method !== "GET" && method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return refuse(response, 405, "expected GET or HEAD, got another method");
    }
    if (admitted.how === "redirect") {
      redirect(response, admitted);
      if (admitted.cookie !== undefined) onEnter?.();
      return;
    }
    const content = await contentAt(url);
    if (content === undefined) return refuse(response, 404, nothing);
    await sendContent(request, response, content);
  }

  async function contentAt(url: string): Promise<Content | undefined> {
    const path = decoded(url);
    return path === undefined ? undefined : ((await resources.get(path)?.()) ?? pageFile(page, path));
  }

  const url = `http://127.0.0.1:${actualPort}/`;
  return {
    url,
    address: admission.addressOf(url),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** The names by which a browser of this machine may ask. */
function hostsOf(port: number): ReadonlySet<string> {
  const names = ["127.0.0.1", "localhost", "[::1]"];
  return new Set([...names.map((name) => `${name}:${port}`), ...(port === 80 ? names : [])]);
}

async function listen(server: Server, port: number | undefined): Promise<void> {
  try {
    server.listen(port ?? usualPort, "127.0.0.1");
    await once(server, "listening");
  } catch (cause) {
    if (port === undefined) return listen(server, 0);
    const code = codeOf(cause);
    const got = code === "EADDRINUSE" ? "one that is taken" : code;
    throw new FoveaError("bad-input", `--port ${port}: expected a free port, got ${got}`, { cause });
  }
}

const nothing = "expected a part of the studio or one of the given files, got something else";

/** The path of a URL; undefined where it is not well formed. */
function decoded(url: string): string | undefined {
  try {
    return url.startsWith("/") ? decodeURIComponent(url.replace(/[?#].*$/s, "")) : undefined;
  } catch {
    return undefined;
  }
}

function redirect(response: ServerResponse, admitted: Extract<Admitted, { how: "redirect" }>): void {
  const { to, cookie, fromElsewhere } = admitted;
  response.setHeader("Cache-Control", "no-store");
  if (cookie !== undefined) response.setHeader("Set-Cookie", cookie);
  if (!fromElsewhere) {
    response.writeHead(303, { Location: to }).end();
    return;
  }
  // Browsers hold such cookies back on whatever another site led to, redirections included: only a page of our own gets on.
  response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", Refresh: `0; url=${to}` });
  response.end(
    `<!doctype html><title>Fovea studio</title><a href="${to.replaceAll("&", "&amp;")}">Open the studio</a>\n`,
  );
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" });
  response.end(`${sentence}\n`);
}

/** Files may go, and browsers may leave; neither ends the server. @returns whether the error is explained by that */
function fail(response: ServerResponse, error: unknown): boolean {
  if (response.headersSent) response.destroy();
  else if (error instanceof FoveaError) refuse(response, error.code === "not-found" ? 404 : 422, error.message);
  else if (["ENOENT", "ENOTDIR", "EACCES"].includes(codeOf(error))) refuse(response, 404, nothing);
  else {
    refuse(response, 500, "the studio's server failed, see its terminal");
    return false;
  }
  return true;
}

/** The code of a system's error; empty for other errors. */
function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
