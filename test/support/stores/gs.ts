/** @file A stand-in of Google Cloud Storage on this machine: as much of its JSON interface as reading needs. It is not Google's own. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface GsServer {
  readonly variables: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** @param files by key, in one bucket; keys that begin with `secret/` are refused */
export async function serveGs(bucket: string, files: ReadonlyMap<string, Uint8Array>): Promise<GsServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    const json = (status: number, value: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    const refuse = (status: number, message: string) => json(status, { error: { code: status, message } });
    const [, named, key] = /\/b\/([^/]+)\/o(?:\/(.+))?$/.exec(url.pathname) ?? [];
    if (named !== bucket) return refuse(404, "The specified bucket does not exist.");
    const keys = [...files.keys()].sort();
    const item = (name: string) => ({ name, bucket, size: String(files.get(name)?.length), generation: "1" });
    if (key === undefined) {
      const prefix = url.searchParams.get("prefix") ?? "";
      const all = keys.filter((each) => each.startsWith(prefix));
      const start = Number(url.searchParams.get("pageToken") ?? 0);
      // Small pages, so that there are several.
      const end = Math.min(all.length, start + 7);
      return json(200, {
        items: all.slice(start, end).map(item),
        ...(end < all.length ? { nextPageToken: String(end) } : {}),
      });
    }
    const name = decodeURIComponent(key);
    const file = files.get(name);
    if (name.startsWith("secret/")) return refuse(403, "Caller does not have storage.objects.get access");
    if (file === undefined) return refuse(404, `No such object: ${bucket}/${name}`);
    if (url.searchParams.get("alt") !== "media") return json(200, item(name));
    const [, first = "0", last = String(file.length - 1)] =
      /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const part = file.subarray(Number(first), Number(last) + 1);
    const isPart = request.headers.range !== undefined;
    response.writeHead(isPart ? 206 : 200, {
      "content-length": part.length,
      ...(isPart ? { "content-range": `bytes ${first}-${Number(first) + part.length - 1}/${file.length}` } : {}),
    });
    response.end(part);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    variables: { STORAGE_EMULATOR_HOST: `http://127.0.0.1:${port}` },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
