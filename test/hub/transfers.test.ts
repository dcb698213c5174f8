/** @file Transfers of models that break off, bring something else, or happen twice at once. */

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { beginEach, cacheOf, folder, from, graph, hub, messageFrom, sumOf } from "./setting.js";

beginEach();

describe("a transfer of a model", () => {
  const blobs = () => readdirSync(join(cacheOf("ada/cats"), "blobs"));

  it("that breaks off goes on in the same call, and in a later one", async () => {
    hub.troubles.cuts = [100_000, 50_000, 20_000];
    const message = await messageFrom("hf:ada/cats");
    expect(message).toContain("hf:ada/cats: expected onnx/model.onnx as it was published, got ");
    expect(message).toContain("what came is kept, and the same command goes on");
    expect(hub.asked().flatMap(({ at, range }) => (at === "store" ? [range] : []))).toEqual([
      undefined,
      "bytes=100000-",
      "bytes=150000-",
    ]);
    expect(blobs().filter((name) => name.endsWith(".part"))).toHaveLength(1);
    expect(existsSync(join(cacheOf("ada/cats"), "refs"))).toBe(false);
    const path = await from("hf:ada/cats");
    expect(hub.asked().flatMap(({ at, range }) => (at === "store" ? [range] : []))).toEqual(["bytes=170000-"]);
    expect(new Uint8Array(readFileSync(path))).toEqual(graph);
    expect(blobs().filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("that is cut short without a word, or brings other bytes, is noticed, and nothing is kept of it", async () => {
    hub.troubles.wrong = (bytes) => bytes.subarray(0, 1000);
    expect(await messageFrom("hf:ada/cats")).toMatch(/wrong size: expected 300000 bytes, got 1000/);
    hub.troubles.wrong = (bytes) => Buffer.from(bytes.map((byte) => byte ^ 1));
    expect(await messageFrom("hf:ada/cats")).toMatch(/wrong checksum: expected sha256 [0-9a-f]{64}, got [0-9a-f]{64}$/);
    expect(
      blobs().filter((name) => name.endsWith(".part") || name.startsWith(sumOf("ada/cats", "onnx/model.onnx"))),
    ).toEqual([]);
  });

  it("of two processes at once happens once: the other one waits, and finds it", async () => {
    const notes: string[] = [];
    hub.troubles.pause = 20;
    const paths = await Promise.all(
      [1, 2, 3].map(() => from("hf:ada/cats", {}, { onNote: (note) => notes.push(note) })),
    );
    expect(new Set(paths).size).toBe(1);
    expect(hub.asked().filter(({ at }) => at === "store")).toHaveLength(1);
    expect(notes).toEqual(Array(2).fill("hf:ada/cats: waiting for another process that downloads it"));
    expect(readdirSync(join(folder, "hub/.locks/models--ada--cats"))).toEqual([]);
  });

  it("stops with the signal's reason and goes on later", async () => {
    hub.troubles.pause = 5;
    const stop = new AbortController();
    const onProgress = (_: string, done: number) => void (done > 100_000 && stop.abort(new Error("enough")));
    await expect(from("hf:ada/cats", {}, { onProgress, signal: stop.signal })).rejects.toThrow("enough");
    hub.asked();
    await from("hf:ada/cats");
    expect(hub.asked().find(({ at }) => at === "store")?.range).toMatch(/^bytes=\d{6}-$/);
  });

  it("replaces a damaged content of the cache", async () => {
    const path = await from("hf:ada/cats");
    writeFileSync(join(cacheOf("ada/cats"), "blobs", sumOf("ada/cats", "onnx/model.onnx")), "short");
    rmSync(path);
    await from("hf:ada/cats");
    expect(new Uint8Array(readFileSync(path))).toEqual(graph);
  });
});
