/** @file A stand-in of the Hugging Face hub's datasets on this machine: commits, lists, and files in parts. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface DatasetHub {
  readonly endpoint: string;
  /** Paths that were asked for, with who asked. */
  readonly asked: string[];
  close(): Promise<void>;
}

export const commit = "0123456789abcdef0123456789abcdef01234567";
export const token = "hf_aTokenThatNoSentenceMayHold";

/** @param files by path, of the dataset `people/photos`; `people/private` holds the same for whoever has the token */
export async function serveDatasets(files: ReadonlyMap<string, Uint8Array>): Promise<DatasetHub> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    const isKnown = request.headers.authorization === `Bearer ${token}`;
    asked.push(`${url.pathname}${isKnown ? " with token" : ""}`);
    const json = (value: unknown) =>
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
    const refuse = (status: number, code: string) => response.writeHead(status, { "x-error-code": code }).end();
    const [, repo, rest = ""] = /(?:^\/api)?\/datasets\/(people\/[a-z]+)(?:\/(.*))?$/.exec(url.pathname) ?? [];
    if (repo === "people/gated" && url.pathname.includes("/resolve/")) return refuse(401, "GatedRepo");
    const isOpen = repo === "people/photos" || repo === "people/gated" || (repo === "people/private" && isKnown);
    if (!isOpen) return refuse(401, "RepoNotFound");
    const [, kind, revision = "", path = ""] = /^(revision|tree|resolve)\/([^/]+)(?:\/(.*))?$/.exec(rest) ?? [];
    if (!["main", commit].includes(revision)) return refuse(404, "RevisionNotFound");
    if (kind === "revision")
      return json({
        _id: "1",
        id: repo,
        sha: commit,
        private: false,
        gated: false,
        downloads: 0,
        likes: 0,
        lastModified: "2026-01-01T00:00:00.000Z",
      });
    const decoded = decodeURIComponent(path);
    if (kind === "tree") {
      const inside = [...files].filter(([name]) => decoded === "" || name.startsWith(`${decoded}/`));
      if (inside.length === 0) return refuse(404, "EntryNotFound");
      return json(
        inside.map(([name, bytes]) => ({ type: "file", path: name, size: bytes.length, oid: "1".repeat(40) })),
      );
    }
    const file = files.get(decoded);
    if (file === undefined) return refuse(404, "EntryNotFound");
    const [, first = "0", last = String(file.length - 1)] =
      /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const part = file.subarray(Number(first), Number(last) + 1);
    response.writeHead(request.headers.range ? 206 : 200, {
      "content-length": part.length,
      "content-range": `bytes ${first}-${Number(first) + part.length - 1}/${file.length}`,
    });
    response.end(part);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
