/** @file What the hub, and the server that keeps its large files, reply to a question: their lists, redirects, headers and refusals. */

import type { KeptFile, Repository } from "./repository.js";

/** The one token that is known. */
export const knownToken = "hf_standInTokenOfNobody0123456789";

export interface Question {
  /** With what follows its path. */
  readonly url: URL;
  readonly authorization: string | undefined;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** What the hub holds, and where it leads to. */
export interface Holdings {
  readonly repositories: ReadonlyMap<string, Repository>;
  /** Repositories that have another name now. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Origins of large files, and of further pages of lists. */
  readonly store: string;
  readonly lists: string;
  /** Files in a page of a list. */
  readonly page: number;
}

interface Parsed {
  readonly id: string;
  readonly kind: "revision" | "tree" | "resolve" | "cached";
  readonly revision: string;
  readonly path: string;
}

const repo = "((?:[^/]+/)?[^/]+)";
const routes: readonly (readonly [Parsed["kind"], RegExp])[] = [
  ["revision", new RegExp(`^/api/models/${repo}/revision/([^/]+)$`)],
  ["tree", new RegExp(`^/api/models/${repo}/tree/([^/]+)$`)],
  ["cached", new RegExp(`^/api/resolve-cache/models/${repo}/([^/]+)/(.+)$`)],
  ["resolve", new RegExp(`^/${repo}/resolve/([^/]+)/(.+)$`)],
];

function parsed({ pathname }: URL): Parsed | undefined {
  for (const [kind, pattern] of routes) {
    const match = pattern.exec(pathname);
    if (match === null) continue;
    const [, id = "", revision = "", path = ""] = match;
    return { id, kind, revision: decodeURIComponent(revision), path: decodeURIComponent(path) };
  }
  return undefined;
}

export function hubReply({ url, authorization }: Question, holdings: Holdings): Reply {
  const asked = parsed(url);
  if (asked === undefined) return { status: 404, headers: {}, body: "Not found" };
  const { id, kind, path } = asked;
  const now = holdings.renamed.get(id);
  if (now !== undefined) return redirect(307, `${url.pathname.replace(id, now)}${url.search}`);
  const isKnown = authorization === `Bearer ${knownToken}`;
  if (authorization !== undefined && !isKnown)
    return refusal(401, undefined, "Invalid credentials in Authorization header");
  const repository = holdings.repositories.get(id);
  if (repository === undefined || (repository.access === "private" && !isKnown))
    return refusal(authorization ? 404 : 401, "RepoNotFound", "Repository not found");
  const revision = repository.revisions.get(asked.revision);
  if (revision === undefined) return refusal(404, "RevisionNotFound", `Invalid rev id: ${asked.revision}`);
  const { commit, files } = revision;
  if (kind === "revision") return json(infoOf(id, repository, commit, files));
  if (kind === "tree") return treeOf(files, url, holdings);
  if (repository.access === "gated" && !isKnown)
    return refusal(authorization ? 403 : 401, "GatedRepo", `Access to model ${id} is restricted.`);
  const file = files.find((each) => each.path === path);
  if (file === undefined) return refusal(404, "EntryNotFound", "Entry not found", { "x-repo-commit": commit });
  if (kind === "cached")
    return { status: 200, headers: { etag: `"${file.oid}"`, "x-repo-commit": commit }, body: file.bytes };
  return resolved(id, commit, file, holdings.store);
}

/** Large files lie on a server of their own, the others on a path of the hub that caches keep. */
function resolved(id: string, commit: string, { path, bytes, oid, lfs }: KeptFile, store: string): Reply {
  const headers = {
    "x-repo-commit": commit,
    "x-linked-size": String(bytes.length),
    "x-linked-etag": `"${lfs ?? oid}"`,
  };
  return lfs === undefined
    ? redirect(307, `/api/resolve-cache/models/${id}/${commit}/${encodeURI(path)}`, headers)
    : redirect(302, `${store}/xet-bridge/${lfs}?X-Amz-Signature=ab12`, headers);
}

export function storeReply({ url, authorization }: Question, { repositories }: Pick<Holdings, "repositories">): Reply {
  // As S3 does: a signed address and a token at once are one too many.
  if (authorization !== undefined) return { status: 400, headers: {}, body: "Only one auth mechanism allowed" };
  const [, sha] = /^\/xet-bridge\/([0-9a-f]{64})$/.exec(url.pathname) ?? [];
  const files = [...repositories.values()].flatMap(({ revisions }) => [...revisions.values()]);
  const file = files.flatMap((each) => each.files).find(({ lfs }) => lfs !== undefined && lfs === sha);
  if (file === undefined) return { status: 403, headers: {}, body: "AccessDenied" };
  return { status: 200, headers: { etag: `"${file.lfs?.slice(0, 32)}"` }, body: file.bytes };
}

function infoOf(id: string, { access }: Repository, sha: string, files: readonly KeptFile[]): object {
  const time = "2026-01-01T00:00:00.000Z";
  return {
    ...{ _id: "621ffdc036468d709f17434d", id, modelId: id, sha, author: id.split("/")[0] },
    ...{ private: access === "private", gated: access === "gated" ? "auto" : false, disabled: false },
    ...{ downloads: 0, likes: 0, tags: [], lastModified: time, createdAt: time },
    siblings: files.map(({ path }) => ({ rfilename: path })),
  };
}

function treeOf(files: readonly KeptFile[], url: URL, { lists, page }: Holdings): Reply {
  const start = Number(url.searchParams.get("cursor") ?? 0);
  const folders = [...new Set(files.flatMap(({ path }) => path.split("/").slice(0, -1)))];
  const entries = [
    ...folders.map((path) => ({ type: "directory", oid: "0".repeat(40), size: 0, path })),
    ...files.map(({ path, bytes, oid, lfs }) => ({
      ...{ type: "file", oid, size: bytes.length, path },
      ...(lfs === undefined ? {} : { lfs: { oid: lfs, size: bytes.length, pointerSize: 134 }, xetHash: lfs }),
    })),
  ];
  const next = start + page;
  const link = `<${lists}${url.pathname}?recursive=true&cursor=${next}>; rel="next"`;
  return json(entries.slice(start, next), next < entries.length ? { link } : {});
}

function json(value: object, headers: Readonly<Record<string, string>> = {}): Reply {
  const type = { "content-type": "application/json; charset=utf-8" };
  return { status: 200, headers: { ...type, ...headers }, body: JSON.stringify(value) };
}

function redirect(status: number, location: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { ...headers, location }, body: "" };
}

function refusal(
  status: number,
  code: string | undefined,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const said = { "x-error-message": message, ...(code === undefined ? {} : { "x-error-code": code }) };
  const type = { "content-type": "application/json" };
  return { status, headers: { ...headers, ...said, ...type }, body: JSON.stringify({ error: message }) };
}
