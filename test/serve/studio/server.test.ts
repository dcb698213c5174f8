/** @file The studio's server: what it serves, to whom, and everything that it refuses. */

import { once } from "node:events";
import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Resource } from "../../../src/serve/studio/content.js";
import { studioHeaders } from "../../../src/serve/studio/headers.js";
import { type StudioServer, serveStudio } from "../../../src/serve/studio/server.js";
import { usualPort } from "../../../src/serve/studio/usual-port.js";
import { workFolder } from "../../cli/fovea.js";
import { type AskOptions, ask, askInside, enter } from "./ask.js";

const folder = workFolder();
const page = join(folder, "page");
const files: Readonly<Record<string, string>> = {
  "page/index.html": "<!doctype html>",
  "page/assets/app-1a2b.js": "1",
  "page/assets/style-1a2b.css": "a{}",
  "page/assets/inter-1a2b.woff2": "font",
  "page/ort/ort.wasm": "\0asm",
  "page/ort/ort.mjs": "2",
  "page/models/mnist.onnx": "onnx",
  "page/about.json": "{}",
  "page/logo.svg": "<svg/>",
  "page/logo.png": "png",
  "page/with space.txt": "text",
  "page/.env": "secret",
  "page/.hidden/a.js": "secret",
  "page-beside/a.js": "secret",
  "secret.txt": "secret",
  "given.bin": "given",
};
let studio: StudioServer;
const resources = new Map<string, Resource>([
  ["/given/0", () => ({ type: "application/octet-stream", source: join(folder, "given.bin") })],
  ["/given/1", () => ({ type: "image/png", source: Uint8Array.of(1, 2, 3) })],
  ["/given/2", () => ({ type: "image/png", source: join(folder, "gone.png") })],
  ["/given/3", () => ({ type: "image/png", source: folder })],
]);

let cookie: { readonly Cookie: string };

const get = (path: string, options: AskOptions = {}) =>
  ask(studio.url, path, { ...options, headers: { ...cookie, ...options.headers } });

beforeAll(async () => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  symlinkSync(join(folder, "secret.txt"), join(page, "link.txt"));
  symlinkSync(join(page, "about.json"), join(page, "inner-link.json"));
  symlinkSync(folder, join(page, "linked"));
  studio = await serveStudio({ page, resources, port: 0 });
  cookie = await enter(studio.address);
});

afterAll(() => studio?.close());

describe("serveStudio", () => {
  it.each([
    ["/", "text/html; charset=utf-8", "<!doctype html>"],
    ["/index.html?class=3#x", "text/html; charset=utf-8", "<!doctype html>"],
    ["/assets/app-1a2b.js", "text/javascript; charset=utf-8", "1"],
    ["/assets/style-1a2b.css", "text/css; charset=utf-8", "a{}"],
    ["/assets/inter-1a2b.woff2", "font/woff2", "font"],
    ["/ort/ort.wasm", "application/wasm", "\0asm"],
    ["/ort/ort.mjs", "text/javascript; charset=utf-8", "2"],
    ["/models/mnist.onnx", "application/octet-stream", "onnx"],
    ["/about.json", "application/json", "{}"],
    ["/logo.svg", "image/svg+xml", "<svg/>"],
    ["/logo.png", "image/png", "png"],
    ["/with%20space.txt", "text/plain; charset=utf-8", "text"],
    ["/given/0", "application/octet-stream", "given"],
    ["/given/1", "image/png", "\x01\x02\x03"],
  ])("serves %s as %s", async (path, type, text) => {
    const { status, headers, body } = await get(path);
    expect([status, headers["content-type"], body.toString()]).toEqual([200, type, text]);
    expect(headers["content-length"]).toBe(String(text.length));
    const head = await get(path, { method: "HEAD" });
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect({ ...head.headers, date: "" }).toEqual({ ...headers, date: "" });
  });

  it.each([
    ...["/../secret.txt", "/assets/../../secret.txt", "/..", "/./../secret.txt", "/../page-beside/a.js"],
    ...["/%2e%2e/secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "/%2E%2E%2Fsecret.txt", "/..%2fsecret.txt"],
    ...["/%252e%252e/secret.txt", "/..%5csecret.txt", "/..\\secret.txt", "/assets\\app-1a2b.js"],
    ...["/index.html%00", "/%00", "/index.html%00.png", "/%", "/%ff", "/%c0%ae%c0%ae/secret.txt"],
    ...["/assets/../index.html", "/assets/./app-1a2b.js", "//index.html", "/assets//app-1a2b.js", "/index.html/"],
    ...[
      "/.env",
      "/.hidden/a.js",
      "/%2eenv",
      "/link.txt",
      "/inner-link.json",
      "/linked/secret.txt",
      "/linked/given.bin",
    ],
    ...["/assets", "/assets/", "/ort/", "/secret.txt", "/given", "/given/", "/given/9", "/given/-1", "/given/00"],
    ...["/given/0/", "/given/2", "/given/3", "/given.bin", "http://127.0.0.1/index.html", "*"],
    ...[join(folder, "secret.txt"), `/${join(folder, "secret.txt")}`, `/assets/${"a".repeat(300)}`],
  ])("has nothing at %s", async (path) => {
    const { status, headers, body } = await get(path);
    expect([status, headers["content-type"]]).toEqual([404, "text/plain; charset=utf-8"]);
    expect(body.toString()).not.toContain("secret");
    expect(body.toString()).toMatch(/^expected a part of the studio or one of the given files, got something else\n$/);
  });

  it.each([
    ["evil.example", 403],
    ["evil.example:PORT", 403],
    ["127.0.0.1", 403],
    ["localhost:1", 403],
    ["127.0.0.1.evil.example:PORT", 403],
    ["127.0.0.1:PORT.evil.example", 403],
    ["user@127.0.0.1:PORT", 403],
    ["127.0.0.2:PORT", 403],
    ["127.0.0.1:PORT", 200],
    ["localhost:PORT", 200],
    ["LocalHost:PORT", 200],
    ["[::1]:PORT", 200],
  ])("answers requests to the host %j with %i", async (host, expected) => {
    const { port } = new URL(studio.url);
    for (const path of ["/", "/given/0", "/nowhere"]) {
      const { status, body } = await get(path, { headers: { Host: host.replace("PORT", port) } });
      expect(status).toBe(expected === 200 && path === "/nowhere" ? 404 : expected);
      if (expected === 403) expect(body.toString()).toMatch(/^expected a request to 127.0.0.1:\d+, got one to another/);
    }
  });

  it.each([
    ["GET / HTTP/1.0", 403],
    ["GET / HTTP/1.1", 400],
    ["GET / HTTP/1.1\r\nHost:", 403],
    ["GET \\..\\secret.txt HTTP/1.1\r\nHost: 127.0.0.1:PORT", 400],
    ["GET ../secret.txt HTTP/1.1\r\nHost: 127.0.0.1:PORT", 400],
    ["GET /index.html\0 HTTP/1.1\r\nHost: 127.0.0.1:PORT", 400],
  ])("refuses %j with %i", async (head, expected) => {
    const { port } = new URL(studio.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(`${head.replace("PORT", port)}\r\n\r\n`);
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toMatch(new RegExp(`^HTTP/1\\.1 ${expected} `));
    socket.destroy();
  });

  it.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])("refuses %s", async (method) => {
    const { status, headers } = await get("/", { method });
    expect([status, headers.allow]).toEqual([405, "GET, HEAD"]);
  });

  it("gives every answer the headers that isolate the page and keep others out", async () => {
    const hosts = { headers: { Host: "evil.example" } };
    const answers = [get("/"), get("/given/1"), get("/x"), get("/", { method: "POST" }), get("/", hosts)];
    for (const { headers } of await Promise.all(answers)) {
      for (const [name, value] of Object.entries(studioHeaders)) expect(headers[name.toLowerCase()]).toBe(value);
      expect(headers["access-control-allow-origin"]).toBeUndefined();
    }
    expect(studioHeaders["Content-Security-Policy"]).toBe(
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; media-src 'self' blob: mediastream:; worker-src 'self' blob:; connect-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  it("lets browsers keep files under assets for good, and ask whether others have changed", async () => {
    const asset = await get("/assets/app-1a2b.js");
    expect(asset.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    for (const path of ["/", "/ort/ort.wasm", "/given/0", "/given/1"]) {
      const { headers } = await get(path);
      expect(headers["cache-control"]).toBe("no-cache");
      const again = await get(path, { headers: { "If-None-Match": String(headers.etag) } });
      expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, headers.etag]);
      expect((await get(path, { headers: { "If-None-Match": '"other"' } })).status).toBe(200);
    }
    expect((await get("/nowhere")).headers["cache-control"]).toBe("no-store");
  });

  it("tells a file from another of the same size and time", async () => {
    const [path, other] = [join(folder, "given.bin"), join(folder, "other.bin")];
    const before = (await get("/given/0")).headers.etag;
    const { atime, mtime } = statSync(path);
    writeFileSync(other, "GIVEN");
    utimesSync(other, atime, mtime);
    renameSync(path, join(folder, "kept.bin"));
    renameSync(other, path);
    expect((await get("/given/0", { headers: { "If-None-Match": String(before) } })).body.toString()).toBe("GIVEN");
    renameSync(join(folder, "kept.bin"), path);
  });

  it("breaks off where a file shrinks while it is read, and goes on serving", async () => {
    const path = join(folder, "large.bin");
    writeFileSync(path, new Uint8Array(2 ** 24));
    resources.set("/given/large", () => ({ type: "application/octet-stream", source: path }));
    const { port } = new URL(studio.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(`GET /given/large HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${cookie.Cookie}\r\n\r\n`);
    await once(socket, "data");
    socket.pause();
    truncateSync(path, 2 ** 20);
    let received = 0;
    socket.on("data", (part: Buffer) => {
      received += part.length;
    });
    socket.resume();
    await once(socket, "close");
    expect(received).toBeLessThan(2 ** 24);
    expect((await get("/")).status).toBe(200);
    rmSync(path);
    expect((await get("/given/large")).status).toBe(404);
  });

  it("survives browsers that leave in the middle of a file", async () => {
    const path = join(folder, "long.bin");
    writeFileSync(path, new Uint8Array(2 ** 24));
    resources.set("/given/long", () => ({ type: "application/octet-stream", source: path }));
    const { port } = new URL(studio.url);
    for (let i = 0; i < 20; i++) {
      const socket = connect(Number(port), "127.0.0.1");
      socket.write(`GET /given/long HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${cookie.Cookie}\r\n\r\n`);
      await once(socket, "data");
      socket.destroy();
    }
    expect((await get("/given/long")).body.length).toBe(2 ** 24);
  });

  it("is not there on other addresses of the machine", async () => {
    const own = Object.values(networkInterfaces()).flatMap((all = []) => all.filter(({ internal }) => !internal));
    const addresses = own.filter(({ family }) => family === "IPv4").map(({ address }) => address);
    // On Linux every address of 127/8 is the machine itself.
    if (process.platform === "linux") addresses.push("127.0.0.2");
    const { port } = new URL(studio.url);
    for (const address of addresses) {
      const socket = connect({ host: address, port: Number(port), timeout: 2000 });
      const outcome = await Promise.race([
        once(socket, "connect").then(() => "connected"),
        once(socket, "timeout").then(() => "silent"),
      ]).catch((error: NodeJS.ErrnoException) => error.code);
      socket.destroy();
      expect([address, outcome]).not.toEqual([address, "connected"]);
    }
    expect(addresses.length).toBeGreaterThan(0);
  });

  it("takes a free port where its own is taken, unless that port was asked for", async () => {
    const other = createServer();
    const held = await new Promise<boolean>((resolve) => {
      other.once("error", () => resolve(false)).listen(usualPort, "127.0.0.1", () => resolve(true));
    });
    const studio = await serveStudio({ page, resources });
    expect(Number(new URL(studio.url).port)).not.toBe(usualPort);
    expect((await askInside(studio.address, "/")).status).toBe(200);
    const asked = serveStudio({ page, resources, port: usualPort });
    await expect(asked).rejects.toThrow(`--port ${usualPort}: expected a free port, got one that is taken`);
    await studio.close();
    if (held) other.close();
  });
});
