/** @file A web server on this machine that gives out files, with or without parts, and fails as it is told. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface WebServer {
  readonly origin: string;
  /** What was asked for so far: method, path with query, and range. */
  readonly asked: string[];
  close(): Promise<void>;
}

export interface WebServerOptions {
  /** Whether it knows ranges. Default true. */
  readonly parts?: boolean;
  /** Answers in the server's place. @returns whether it did */
  readonly fail?: (request: IncomingMessage, response: ServerResponse, times: number) => boolean;
}

/** @param files by path, e.g. `/photos/1.png` */
export async function serveFiles(
  files: ReadonlyMap<string, Uint8Array>,
  { parts = true, fail = () => false }: WebServerOptions = {},
): Promise<WebServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { url = "", headers } = request;
    asked.push(`${request.method} ${url} ${headers.range ?? ""}`.trim());
    if (fail(request, response, asked.length)) return;
    const file = files.get(decodeURIComponent(new URL(url, "http://localhost").pathname));
    if (file === undefined) return void response.writeHead(404).end();
    const tag = { etag: `"${file.length}"` };
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
    if (!parts || first === undefined)
      return void response.writeHead(200, { ...tag, "content-length": file.length }).end(file);
    const [start, end] = [Number(first), Math.min(Number(last) + 1, file.length)];
    if (start >= file.length) return void response.writeHead(416, { "content-range": `bytes */${file.length}` }).end();
    const range = { "content-range": `bytes ${start}-${end - 1}/${file.length}`, "content-length": end - start };
    response.writeHead(206, { ...tag, ...range }).end(file.subarray(start, end));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
