/** @file Serves the studio's page and the given files to this machine's own browser, and to no other. */

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FoveaError } from "../../foundation/error.js";
import { type Content, type Resources, sendContent } from "./content.js";
import { studioHeaders } from "./headers.js";
import { pageFile } from "./page.js";

/** Taken unless another port is asked for. */
export const usualPort = 4747;

export interface ServeStudioOptions {
  /** The folder of the built page. */
  readonly page: string;
  /** Contents that are served besides the page, by URL. */
  readonly resources: Resources;
  /** 0 for any free one. Default: `usualPort`, or a free one where that is taken. */
  readonly port?: number | undefined;
  /** Called when an answer fails for no fault of the request. Default: none. */
  readonly onFailure?: (error: unknown) => void;
}

export interface StudioServer {
  /** Address of the page, with a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves on 127.0.0.1. Requests that name another host are refused: a page of somebody else's, whose name leads here, would
 * else read everything (DNS rebinding).
 * @throws FoveaError `bad-input` for a port that is taken or not allowed
 */
export async function serveStudio({ page, resources, port, onFailure }: ServeStudioOptions): Promise<StudioServer> {
  const server = createServer();
  await listen(server, port);
  const { port: actualPort } = server.address() as AddressInfo;
  const hosts = hostsOf(actualPort);
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
    if (method !== "GET" && method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return refuse(response, 405, "expected GET or HEAD, got another method");
    }
    const content = await contentAt(url);
    if (content === undefined) return refuse(response, 404, nothing);
    await sendContent(request, response, content);
  }

  async function contentAt(url: string): Promise<Content | undefined> {
    const path = decoded(url);
    return path === undefined ? undefined : ((await resources.get(path)?.()) ?? pageFile(page, path));
  }

  return {
    url: `http://127.0.0.1:${actualPort}/`,
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
