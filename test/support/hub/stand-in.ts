/**
 * @file Stands in for the Hugging Face hub: a server with its replies, and a second one that keeps large files. Python's library takes it
 * for the hub, see `test/reference/hub_cache.py`.
 */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { hubReply, type Reply, storeReply } from "./replies.js";
import type { Repository } from "./repository.js";

/** A question that was asked. */
export interface Asked {
  readonly at: "hub" | "store";
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** What goes wrong; all of it may change while it runs. */
export interface Troubles {
  /** The hub does not answer at all. Default false. */
  silent?: boolean;
  /** The status of all answers of the hub. Default: the right one. */
  status?: number;
  /** Bytes of a large file after which the store hangs up, for each question in turn. Default: none. */
  cuts?: number[];
  /** Milliseconds between pieces of 16 kB from the store. Default: none. */
  pause?: number;
  /** What the store sends in the place of a file's bytes. */
  wrong?: (bytes: Buffer) => Buffer;
  /** Where the hub leads to in the place of its store. */
  elsewhere?: string;
  /** Files in a page of a list. Default 1000. */
  page?: number;
  /** Where further pages are. Default: where the first is. */
  lists?: string;
}

export interface HubStandIn {
  /** For `HF_ENDPOINT`. */
  readonly url: string;
  /** Where large files are. */
  readonly store: string;
  readonly repositories: Map<string, Repository>;
  /** Repositories that have another name now. */
  readonly renamed: Map<string, string>;
  readonly troubles: Troubles;
  /** All questions since the last call. */
  asked(): Asked[];
  close(): Promise<void>;
}

export async function startHub(given: Readonly<Record<string, Repository>> = {}): Promise<HubStandIn> {
  const asked: Asked[] = [];
  const troubles: Troubles = {};
  const [repositories, renamed] = [new Map(Object.entries(given)), new Map<string, string>()];
  const note = (at: Asked["at"], { method = "", url: path = "", headers }: IncomingMessage) =>
    asked.push({ at, method, path, range: headers.range, authorization: headers.authorization });
  // By another name, since to Python's library a server of the same name is the hub.
  const store = await listening("localhost", (request, response) => {
    note("store", request);
    const reply = storeReply(questionOf(request), { repositories });
    if (reply.status !== 200) return send(request, response, reply);
    const body = Buffer.from(reply.body);
    send(request, response, { ...reply, body: troubles.wrong?.(body) ?? body }, troubles);
  });
  const hub = await listening("127.0.0.1", (request, response) => {
    note("hub", request);
    const { silent, status, elsewhere = store.url, lists = hub.url, page = 1000 } = troubles;
    if (silent) return;
    const reply = hubReply(questionOf(request), { repositories, renamed, store: elsewhere, lists, page });
    send(request, response, status === undefined ? reply : { status, headers: {}, body: "an error page" });
  });
  return {
    ...{ url: hub.url, store: store.url, repositories, renamed, troubles },
    asked: () => asked.splice(0),
    close: async () => void (await Promise.all([hub, store].map(({ close }) => close()))),
  };
}

function questionOf({ url, headers }: IncomingMessage) {
  return { url: new URL(url ?? "", "http://127.0.0.1"), authorization: headers.authorization };
}

async function listening(host: string, answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://${host}:${(server.address() as AddressInfo).port}`, close };
}

/** Sends a reply, or the part of it that is asked for. */
function send(request: IncomingMessage, response: ServerResponse, reply: Reply, troubles: Troubles = {}): void {
  const { headers, status } = reply;
  const bytes = Buffer.from(reply.body);
  const [, from] = /^bytes=(\d+)-/.exec(request.headers.range ?? "") ?? [];
  const isSame = [undefined, headers.etag].includes(request.headers["if-range"]?.toString());
  const start = status === 200 && from !== undefined && isSame ? Number(from) : 0;
  const part = bytes.subarray(start);
  response.writeHead(start > 0 ? 206 : status, {
    ...headers,
    // Pages may ask as well, and read what the hub says in headers.
    ...{
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "ETag,Link,X-Error-Code,X-Error-Message",
    },
    ...(start > 0 ? { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
    ...{ "content-length": part.length, "accept-ranges": "bytes" },
  });
  const cut = troubles.cuts?.shift();
  if (request.method === "HEAD") response.end();
  else if (cut !== undefined) response.write(part.subarray(0, cut), () => response.destroy());
  else if (troubles.pause === undefined) response.end(part);
  else void trickle(response, part, troubles.pause);
}

async function trickle(response: ServerResponse, bytes: Buffer, pause: number): Promise<void> {
  const piece = 16 * 1024;
  for (let at = 0; at < bytes.length && !response.destroyed; at += piece) {
    response.write(bytes.subarray(at, at + piece));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  response.end();
}
