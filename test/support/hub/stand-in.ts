/**
 * @file Stands in for the Hugging Face hub: its lists, its redirects to a second server that keeps large files, its headers and its
 * refusals. Python's library takes it for the hub, see `test/reference/hub_cache.py`.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { KeptFile, Repository } from "./repository.js";

/** The one token that it knows. */
export const knownToken = "hf_standInTokenOfNobody0123456789";

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
}

export interface HubStandIn {
  /** For `HF_ENDPOINT`. */
  readonly url: string;
  readonly store: string;
  readonly repositories: Map<string, Repository>;
  /** Repositories that have another name now. */
  readonly renamed: Map<string, string>;
  readonly troubles: Troubles;
  /** All questions since the last call. */
  asked(): Asked[];
  close(): Promise<void>;
}

export async function startHub(repositories: Readonly<Record<string, Repository>> = {}): Promise<HubStandIn> {
  const asked: Asked[] = [];
  const troubles: Troubles = {};
  const known = new Map(Object.entries(repositories));
  const renamed = new Map<string, string>();
  const note = (at: Asked["at"], { method = "", url: path = "", headers }: IncomingMessage) =>
    asked.push({ at, method, path, range: headers.range, authorization: headers.authorization });
  // By another name, since to Python's library a server of the same name is the hub.
  const store = await listening("localhost", (request, response) => {
    note("store", request);
    answerStore(known, troubles, request, response);
  });
  const hub = await listening("127.0.0.1", (request, response) => {
    note("hub", request);
    if (troubles.silent) return;
    if (troubles.status !== undefined) return void response.writeHead(troubles.status).end("an error page");
    const place = { url: hub.url, store: troubles.elsewhere ?? store.url, page: troubles.page ?? 1000 };
    answerHub(known, renamed, place, request, response);
  });
  return {
    url: hub.url,
    store: store.url,
    ...{ repositories: known, renamed, troubles },
    asked: () => asked.splice(0),
    close: async () => void (await Promise.all([hub, store].map(({ close }) => close()))),
  };
}

interface Listening {
  readonly url: string;
  readonly close: () => Promise<void>;
}

async function listening(
  host: string,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Listening> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://${host}:${(server.address() as AddressInfo).port}`, close };
}

interface Place {
  readonly url: string;
  readonly store: string;
  readonly page: number;
}

const api = /^\/api\/models\/((?:[^/]+\/)?[^/]+)\/(revision|tree)\/([^/]+)$/;
const resolve = /^\/((?:[^/]+\/)?[^/]+)\/resolve\/([^/]+)\/(.+)$/;
const cached = /^\/api\/resolve-cache\/models\/((?:[^/]+\/)?[^/]+)\/([^/]+)\/(.+)$/;

function answerHub(
  repositories: ReadonlyMap<string, Repository>,
  renamed: ReadonlyMap<string, string>,
  place: Place,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { pathname, searchParams, search } = new URL(request.url ?? "", place.url);
  const [, id = "", kind = "", ...rest] =
    api.exec(pathname) ??
    asMatch("resolve", resolve.exec(pathname)) ??
    asMatch("cached", cached.exec(pathname)) ??
    [];
  const now = renamed.get(id);
  if (now !== undefined)
    return void response.writeHead(307, { location: `${pathname.replace(id, now)}${search}` }).end();
  const repo = repositories.get(id);
  const { authorization } = request.headers;
  const isKnown = authorization === `Bearer ${knownToken}`;
  if (authorization !== undefined && !isKnown)
    return refuse(response, 401, undefined, "Invalid credentials in Authorization header");
  if (repo === undefined || (repo.access === "private" && !isKnown))
    return refuse(response, authorization ? 404 : 401, "RepoNotFound", "Repository not found");
  const revision = repo.revisions.get(decodeURIComponent(rest[0] ?? ""));
  if (revision === undefined) return refuse(response, 404, "RevisionNotFound", `Invalid rev id: ${rest[0]}`);
  const { commit, files } = revision;
  if (kind === "revision") return sendJson(response, infoOf(id, repo, commit, files));
  if (kind === "tree") return sendTree(response, files, place, pathname, Number(searchParams.get("cursor") ?? 0));
  const path = decodeURIComponent(rest[1] ?? "");
  const file = files.find((each) => each.path === path);
  if (repo.access === "gated" && !isKnown)
    return refuse(response, authorization ? 403 : 401, "GatedRepo", `Access to model ${id} is restricted.`);
  if (file === undefined) {
    response.setHeader("x-repo-commit", commit);
    return refuse(response, 404, "EntryNotFound", "Entry not found");
  }
  if (kind === "cached") return sendBytes(request, response, file.bytes, { etag: `"${file.oid}"`, "x-repo-commit": commit });
  const etag = `"${file.lfs ?? file.oid}"`;
  const headers = { "x-repo-commit": commit, "x-linked-size": file.bytes.length, "x-linked-etag": etag };
  // Large files lie on a server of their own, the others on a path of the hub that caches keep.
  const location =
    file.lfs === undefined
      ? `/api/resolve-cache/models/${id}/${commit}/${encodeURI(path)}`
      : `${place.store}/xet-bridge/${file.lfs}?X-Amz-Signature=ab12`;
  response.writeHead(file.lfs === undefined ? 307 : 302, { ...headers, location }).end();
}

function asMatch(kind: string, match: RegExpExecArray | null): readonly string[] | undefined {
  return match ? [match[0], match[1] ?? "", kind, ...match.slice(2)] : undefined;
}

function infoOf(id: string, { access }: Repository, sha: string, files: readonly KeptFile[]) {
  return {
    ...{ _id: "621ffdc036468d709f17434d", id, modelId: id, sha, author: id.split("/")[0] },
    ...{ private: access === "private", gated: access === "gated" ? "auto" : false, disabled: false },
    ...{ downloads: 0, likes: 0, tags: [], lastModified: "2026-01-01T00:00:00.000Z", createdAt: "2026-01-01T00:00:00.000Z" },
    siblings: files.map(({ path }) => ({ rfilename: path })),
  };
}

function sendTree(
  response: ServerResponse,
  files: readonly KeptFile[],
  { url, page }: Place,
  pathname: string,
  start: number,
): void {
  const folders = [...new Set(files.flatMap(({ path }) => path.split("/").slice(0, -1)))];
  const entries = [
    ...folders.map((path) => ({ type: "directory", oid: "0".repeat(40), size: 0, path })),
    ...files.map(({ path, bytes, oid, lfs }) => ({
      ...{ type: "file", oid, size: bytes.length, path },
      ...(lfs === undefined ? {} : { lfs: { oid: lfs, size: bytes.length, pointerSize: 134 }, xetHash: lfs }),
    })),
  ];
  const next = start + page;
  if (next < entries.length)
    response.setHeader("link", `<${url}${pathname}?recursive=true&cursor=${next}>; rel="next"`);
  sendJson(response, entries.slice(start, next));
}

function sendJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number, code: string | undefined, message: string): void {
  const headers = { "x-error-message": message, ...(code === undefined ? {} : { "x-error-code": code }) };
  response.writeHead(status, { ...headers, "content-type": "application/json" }).end(JSON.stringify({ error: message }));
}

function answerStore(
  repositories: ReadonlyMap<string, Repository>,
  troubles: Troubles,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  // As S3 does: a signed address and a token at once are one too many.
  if (request.headers.authorization !== undefined) return void response.writeHead(400).end("Only one auth mechanism allowed");
  const [, sha] = /^\/xet-bridge\/([0-9a-f]{64})\?/.exec(request.url ?? "") ?? [];
  const all = [...repositories.values()].flatMap(({ revisions }) => [...revisions.values()].flatMap(({ files }) => files));
  const file = all.find(({ lfs }) => lfs !== undefined && lfs === sha);
  if (file === undefined) return void response.writeHead(403).end("AccessDenied");
  const bytes = troubles.wrong?.(file.bytes) ?? file.bytes;
  sendBytes(request, response, bytes, { etag: `"${file.lfs?.slice(0, 32)}"` }, troubles);
}

function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
  troubles: Troubles = {},
): void {
  const [, from] = /^bytes=(\d+)-/.exec(request.headers.range ?? "") ?? [];
  const isSame = [undefined, headers.etag].includes(request.headers["if-range"]?.toString());
  const start = from !== undefined && isSame ? Number(from) : 0;
  const range = { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
  const part = bytes.subarray(start);
  response.writeHead(start > 0 ? 206 : 200, {
    ...headers,
    ...(start > 0 ? range : {}),
    ...{ "content-length": part.length, "accept-ranges": "bytes" },
  });
  if (request.method === "HEAD") return void response.end();
  const cut = troubles.cuts?.shift();
  if (cut !== undefined) return void response.write(part.subarray(0, cut), () => response.destroy());
  if (troubles.pause === undefined) return void response.end(part);
  void trickle(response, part, troubles.pause);
}

async function trickle(response: ServerResponse, bytes: Buffer, pause: number): Promise<void> {
  const piece = 16 * 1024;
  for (let at = 0; at < bytes.length && !response.destroyed; at += piece) {
    response.write(bytes.subarray(at, at + piece));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  response.end();
}
