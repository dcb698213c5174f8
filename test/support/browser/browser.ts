/** @file A real Chromium for tests, and a server on this machine for the pages it opens. */

import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { buffer } from "node:stream/consumers";
import chromium from "@sparticuz/chromium";
import { type Browser, type BrowserServer, type Download, chromium as playwright } from "playwright-core";

/** The packaged browser is built for this platform only; elsewhere its tests are skipped. */
export const hasBrowser = process.platform === "linux" && process.arch === "x64";

/** Where the browser is; unpacked if it never was, which one process has to have done before several ask for it. */
export function browserPath(): Promise<string> {
  return chromium.executablePath();
}

export interface LaunchOptions {
  /** With WebGPU, computed in software. Default false: there is no adapter. */
  readonly webgpu?: boolean;
  /** With a camera that shows a test picture, and permission for it. Default false. */
  readonly camera?: boolean;
}

/** What tests need of a browser. */
export interface TestBrowser extends Pick<Browser, "newContext" | "newPage"> {
  /** Closes the pages that were opened here, and the browser if it was launched for them alone. Takes no time worth telling. */
  close(): Promise<void>;
}

/** Names the address of a browser that all tests share. */
export const sharedBrowserVariable = "FOVEA_TEST_BROWSER";

/** Opens pages in the shared browser where there is one that fits, and in one of its own otherwise. */
export async function openBrowser(options: LaunchOptions = {}): Promise<TestBrowser> {
  const shared = process.env[sharedBrowserVariable];
  if (shared && !options.webgpu && !options.camera) return playwright.connect(shared);
  const server = await launchBrowser(options);
  const browser = await playwright.connect(server.wsEndpoint());
  return {
    newContext: (options) => browser.newContext(options),
    newPage: (options) => browser.newPage(options),
    // Asked to close, Chromium first waits for pages that compute, up to half a minute. Nothing of it is needed any more.
    close: () => server.kill(),
  };
}

/** Launches Chromium without a window, with its usual security: what needs other origins or threads has to ask as on the web. */
export async function launchBrowser({ webgpu = false, camera = false }: LaunchOptions = {}): Promise<BrowserServer> {
  // WebGPU is computed in software, and so is all else that is drawn then; without it that would be twice the work for nothing.
  const card = ["--ignore-gpu-blocklist", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
  const gpu = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan", ...card];
  const film = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
  return playwright.launchServer({
    host: "127.0.0.1",
    executablePath: await browserPath(),
    args: [
      "--no-sandbox",
      "--font-render-hinting=none",
      ...(webgpu ? gpu : ["--disable-gpu"]),
      ...(camera ? film : []),
    ],
    headless: true,
  });
}

/** Reads what a page saved. */
export async function readDownload(download: Download): Promise<Buffer> {
  return buffer(await download.createReadStream());
}

export interface ServeOptions {
  /** Files by path from the root, e.g. `index.html`, before those on disk; what is added later is served, too. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Cross-origin isolated, as threads in a page need it. Default true. */
  readonly isolated?: boolean;
}

export interface Site {
  /** `http://127.0.0.1:<port>/` */
  readonly url: string;
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".jpg": "image/jpeg",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** Serves folders on loopback, at a free port; the first that has a file wins, and `/` is `index.html`. */
export async function serveFolder(
  folders: string | readonly string[],
  { files = {}, isolated = true }: ServeOptions = {},
): Promise<Site> {
  const roots = [folders].flat();
  const onDisk = (path: string) => {
    const found = roots.map((root) => join(root, path)).find((file) => existsSync(file) && statSync(file).isFile());
    return found && readFileSync(found);
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    const path = normalize(decodeURIComponent(pathname)).slice(1) || "index.html";
    const body = Object.hasOwn(files, path) ? files[path] : onDisk(path);
    response.writeHead(body === undefined ? 404 : 200, {
      "content-type": types[extname(path)] ?? "application/octet-stream",
      ...(isolated ? isolation : {}),
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
