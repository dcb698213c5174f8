/** @file A plugin that writes the service worker, once all files are there that it keeps. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { minify, type Plugin, transformWithOxc } from "vite";
import type { Built } from "./built.js";

const source = fileURLToPath(new URL("worker.ts", import.meta.url));

/** Its name beside the page. */
const workerName = "service-worker.js";
/** Files that are for the host, or for whoever updates the page, and that no page asks for. */
const notOfPage: readonly string[] = [workerName, "_headers", "third-party.json"];

export interface ServiceWorkerOptions {
  /** Where the page is built. */
  readonly outDir: string;
  readonly headers: Built["headers"];
}

export function serviceWorker({ outDir, headers }: ServiceWorkerOptions): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    closeBundle: {
      order: "post",
      sequential: true,
      async handler(error?: Error) {
        if (error) return;
        const files = hashesIn(outDir);
        const built: Built = {
          version: hash(JSON.stringify(files)).slice(0, 16),
          files,
          headers,
        };
        const { code } = await transformWithOxc(readFileSync(source, "utf8"), source);
        const script = `const built = ${JSON.stringify(built)};\n${code}`;
        writeFileSync(join(outDir, workerName), (await minify(workerName, script)).code);
      },
    },
  };
}

/** Of the page's files, by their paths from its folder. */
function hashesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    )
    .filter((name) => !notOfPage.includes(name))
    .sort();
  return Object.fromEntries(names.map((name) => [name, integrity(name, readFileSync(join(folder, name)))]));
}

/** Some hosts unpack a packed file on its way, so that either content is right. */
function integrity(name: string, content: Uint8Array): string {
  const contents = name.endsWith(".br") ? [content, brotliDecompressSync(content)] : [content];
  return contents.map((each) => `sha256-${hash(each)}`).join(" ");
}

function hash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("base64");
}
