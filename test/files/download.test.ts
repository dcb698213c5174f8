/** @file Downloads from mirrors on this machine that answer well, wrongly, late or not at all. */

import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { download } from "../../src/files/download.js";
import { type Answer, hangUp, type Mirror, stall, startMirror } from "../data/idx/mirror.js";
import { everything } from "../support/share.js";

const good = Uint8Array.from({ length: 200000 }, (_, i) => (i * i) & 255);
const sumOf = (kind: string, bytes: Uint8Array) => createHash(kind).update(bytes).digest("hex");
const md5 = sumOf("md5", good);
/** Of the good file, for mirrors on this machine. */
const published = { md5, bytes: good.length, loopback: true, pause: 10 };

let folder: string;
let mirrors: Mirror[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-download-"));
  mirrors = [];
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await Promise.all(mirrors.map((mirror) => mirror.close()));
});

/** Mirrors that answer so, as urls of the file. */
async function answering(...answers: Answer[]): Promise<string[]> {
  mirrors = await Promise.all(answers.map((file) => startMirror({ file })));
  return mirrors.map(({ url }) => `${url}file`);
}

describe("download", () => {
  it("writes a good file, tells the bytes as they come, and says which mirror it was", async () => {
    const urls = await answering(good);
    const told: number[] = [];
    const path = join(folder, "new", "file");
    expect(await download(urls, path, { ...published, onBytes: (done) => told.push(done) })).toBe(0);
    expect(new Uint8Array(readFileSync(path))).toEqual(good);
    expect(readdirSync(join(folder, "new"))).toEqual(["file"]);
    expect(told.at(-1)).toBe(good.length);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  });

  it("asks the next mirror after a 404, a transfer that breaks off, one that stalls and a wrong file", async () => {
    const urls = await answering(404, hangUp, stall, good.subarray(1), good);
    const path = join(folder, "file");
    expect(await download(urls, path, { ...published, patience: 1000 })).toBe(4);
    expect(new Uint8Array(readFileSync(path))).toEqual(good);
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("refuses a file with the wrong checksum and leaves nothing of it", async () => {
    const other = good.map((byte) => byte ^ 1);
    const [url] = (await answering(other)) as [string];
    const path = join(folder, "file");
    const attempt = download([url], path, published);
    const found = sumOf("md5", other);
    await expect(attempt).rejects.toThrow(
      `${path}: download failed: expected the file from one of 1 mirrors, got ${url}: wrong checksum: expected md5 ${md5}, got ${found}`,
    );
    await expect(attempt).rejects.toMatchObject({ code: "checksum" });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.runIf(everything)("says what each mirror answered when all fail, and leaves nothing half-written", async () => {
    const urls = await answering(404, 503, hangUp, stall);
    const gone = await startMirror({});
    await gone.close();
    const path = join(folder, "file");
    const attempt = download([...urls, gone.url], path, { ...published, patience: 1000 });
    await expect(attempt).rejects.toMatchObject({ code: "network" });
    const { message } = (await attempt.catch((error) => error)) as Error;
    const [notFound, busy, broken, silent] = urls;
    expect(message).toContain(`${path}: download failed: expected the file from one of 5 mirrors, got `);
    expect(message).toContain(`${notFound}: 404 Not Found; ${busy}: 503 Service Unavailable; ${broken}: terminated (`);
    expect(message).toContain(`; ${silent}: nothing for 1 s; ${gone.url}: fetch failed (ECONNREFUSED)`);
    expect(message).not.toContain("\n");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("leaves the old file when the new one doesn't come", async () => {
    const path = join(folder, "file");
    writeFileSync(path, "old");
    await expect(download(await answering(hangUp), path, published)).rejects.toThrow("download failed");
    expect(readFileSync(path, "utf8")).toBe("old");
  });

  it("stops with the signal's reason, asks no other mirror and leaves nothing", async () => {
    const urls = await answering(stall, good);
    const stop = new AbortController();
    const attempt = download(urls, join(folder, "file"), {
      ...published,
      signal: stop.signal,
      onBytes: () => stop.abort(new Error("enough")),
    });
    await expect(attempt).rejects.toThrow("enough");
    expect(mirrors[1]?.asked).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    const late = download(urls, join(folder, "file"), { ...published, signal: stop.signal });
    await expect(late).rejects.toThrow("enough");
  });

  it("passes on what the listener throws", async () => {
    const onBytes = () => {
      throw new RangeError("a bug in the listener");
    };
    await expect(download(await answering(good), join(folder, "file"), { ...published, onBytes })).rejects.toThrow(
      RangeError,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it("says at once when the file can't be stored, whatever the mirrors", async () => {
    writeFileSync(join(folder, "flat"), "");
    const attempt = download(await answering(good, good), join(folder, "flat", "file"), published);
    await expect(attempt).rejects.toThrow("cannot be written: expected a place to write a file, got a file where");
    await expect(attempt).rejects.toMatchObject({ code: "unwritable" });
    expect(mirrors.flatMap((mirror) => mirror.asked)).toEqual([]);
  });

  it("says when there is no mirror to ask", async () => {
    const path = join(folder, "file");
    await expect(download([], path, published)).rejects.toThrow(
      `${path}: download failed: expected the file from one of 0 mirrors, got none to ask`,
    );
  });
});
