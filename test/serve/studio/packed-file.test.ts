/** @file A file of the page that is packed: unpacked by browsers that can, and given as it is to everybody else. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type StudioServer, serveStudio } from "../../../src/serve/studio/server.js";
import { workFolder } from "../../cli/fovea.js";
import { askInside } from "./ask.js";

const packed = brotliCompressSync(Buffer.from("\0asm".repeat(1000)));
let studio: StudioServer;

beforeAll(async () => {
  const page = join(workFolder(), "page");
  mkdirSync(join(page, "ort"), { recursive: true });
  writeFileSync(join(page, "ort/runtime.wasm.br"), packed);
  studio = await serveStudio({ page, resources: new Map(), port: 0 });
});
afterAll(() => studio?.close());

it.each([
  ["gzip, deflate, br, zstd", "br", "application/wasm"],
  ["BR;q=0.5", "br", "application/wasm"],
  ["gzip, br;q=0", undefined, "application/octet-stream"],
  ["gzip, brotli", undefined, "application/octet-stream"],
  [undefined, undefined, "application/octet-stream"],
])("is given to whoever accepts %s as %s, %s", async (accepted, encoding, type) => {
  const headers: Record<string, string> = accepted === undefined ? {} : { "Accept-Encoding": accepted };
  const answer = await askInside(studio.address, "/ort/runtime.wasm.br", { headers });
  expect(answer.body.equals(packed)).toBe(true);
  const { "content-encoding": got, "content-type": gotType, "content-length": length, vary } = answer.headers;
  expect([got, gotType, length, vary]).toEqual([encoding, type, String(packed.length), "Accept-Encoding"]);
});

it("is not sent again to a browser that has it", async () => {
  const { headers } = await askInside(studio.address, "/ort/runtime.wasm.br");
  const again = await askInside(studio.address, "/ort/runtime.wasm.br", {
    headers: { "If-None-Match": String(headers.etag), "Accept-Encoding": "br" },
  });
  expect([again.status, again.body.length, again.headers["content-encoding"]]).toEqual([304, 0, undefined]);
});
