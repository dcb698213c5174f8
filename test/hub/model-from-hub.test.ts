/** @file Models from a stand-in for the hub: what is asked for, and what lies in the cache. */

import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { push } from "../support/hub/repository.js";
import { beginEach, cacheOf, commitOf, files, from, graph, hub, questions, repositoryOf, sumOf } from "./setting.js";

beginEach();

describe("a model of the hub", () => {
  it("is downloaded once, with what belongs to it, into the cache of links that Python's library keeps", async () => {
    const commit = commitOf("ada/cats");
    const path = await from("hf:ada/cats");
    expect(path).toBe(join(cacheOf("ada/cats"), "snapshots", commit, "onnx", "model.onnx"));
    expect(new Uint8Array(readFileSync(path))).toEqual(graph);
    const snapshot = join(cacheOf("ada/cats"), "snapshots", commit);
    expect(readdirSync(snapshot).sort()).toEqual(["config.json", "onnx", "preprocessor_config.json", "tokenizer.json"]);
    expect(readFileSync(join(snapshot, "config.json"), "utf8")).toBe(files["config.json"]);
    expect(readFileSync(join(cacheOf("ada/cats"), "refs", "main"), "utf8")).toBe(commit);
    expect(readlinkSync(path)).toBe(join("..", "..", "..", "blobs", sumOf("ada/cats", "onnx/model.onnx")));
    expect(readdirSync(join(cacheOf("ada/cats"), "blobs"))).toHaveLength(4);
    const get = (file: string) => `hub GET /ada/cats/resolve/${commit}/${file}`;
    const kept = (file: string) => `hub GET /api/resolve-cache/models/ada/cats/${commit}/${file}`;
    const small = ["config.json", "preprocessor_config.json", "tokenizer.json"];
    expect(questions()).toEqual([
      "hub GET /api/models/ada/cats/revision/main",
      `hub GET /api/models/ada/cats/tree/${commit}`,
      ...small.flatMap((file) => [get(file), kept(file)]),
      get("onnx/model.onnx"),
      `store GET /xet-bridge/${sumOf("ada/cats", "onnx/model.onnx")}`,
    ]);
  });

  it("is asked for by its revision alone the second time, and offline not at all", async () => {
    const path = await from("hf:ada/cats");
    questions();
    expect(await from("hf:ada/cats")).toBe(path);
    expect(questions()).toEqual(["hub GET /api/models/ada/cats/revision/main"]);
    expect(await from("hf:ada/cats", { HF_HUB_OFFLINE: "1" })).toBe(path);
    expect(questions()).toEqual([]);
  });

  it("is the newer one once there is one; what both have is not downloaded again", async () => {
    await from("hf:ada/cats");
    questions();
    const next = push(repositoryOf("ada/cats"), "main", { ...files, "config.json": '{"id2label":{"0":"tom"}}' });
    const path = await from("hf:ada/cats");
    expect(path).toContain(next);
    expect(readFileSync(join(path, "../../config.json"), "utf8")).toContain("tom");
    expect(questions().filter((each) => /resolve\/|store/.test(each))).toEqual([
      `hub GET /ada/cats/resolve/${next}/config.json`,
    ]);
    expect(await from("hf:ada/cats", { HF_HUB_OFFLINE: "1" })).toBe(path);
  });

  it("comes from a branch, a tag or a commit, which are kept apart", async () => {
    const tagged = push(repositoryOf("ada/cats"), "v1.0", { ...files, "config.json": "{}" });
    push(repositoryOf("ada/cats"), "refs/pr/1", { ...files, "config.json": "[]" });
    for (const [revision, text] of [
      ["v1.0", "{}"],
      ["refs/pr/1", "[]"],
      [tagged, "{}"],
    ]) {
      const path = await from(`hf:ada/cats@${revision}`);
      expect(readFileSync(join(path, "../../config.json"), "utf8")).toBe(text);
      expect(await from(`hf:ada/cats@${revision}`, { HF_HUB_OFFLINE: "1" })).toBe(path);
    }
    expect(readFileSync(join(cacheOf("ada/cats"), "refs/refs/pr/1"), "utf8")).toMatch(/^[0-9a-f]{40}$/);
    expect(existsSync(join(cacheOf("ada/cats"), "refs", tagged))).toBe(false);
  });

  it("is another file where one is named", async () => {
    const path = await from("hf:ada/cats:onnx/model_fp16.onnx");
    expect(new Uint8Array(readFileSync(path))).toEqual(graph.subarray(1));
    expect(existsSync(join(path, "../model.onnx"))).toBe(false);
  });

  it("is found by its old name, and in a list of several pages", async () => {
    hub.renamed.set("ada/kittens", "ada/cats");
    hub.troubles.page = 2;
    expect(new Uint8Array(readFileSync(await from("hf:ada/kittens")))).toEqual(graph);
    expect(questions().filter((each) => each.includes("/ada/cats/tree/")).length).toBeGreaterThan(2);
  });

  it("comes from the cache, with a note, while the hub does not answer", async () => {
    const path = await from("hf:ada/cats");
    const notes: string[] = [];
    const onNote = (note: string) => notes.push(note);
    hub.troubles.status = 503;
    expect(await from("hf:ada/cats", {}, { onNote })).toBe(path);
    await hub.close();
    expect(await from("hf:ada/cats", {}, { onNote })).toBe(path);
    expect(notes).toHaveLength(2);
    expect(notes[0]).toContain("the copy in the cache is taken");
  });

  it("is used from a cache that may only be read", async () => {
    const path = await from("hf:ada/cats");
    rmSync(join(cacheOf("ada/cats"), "refs"), { recursive: true });
    writeFileSync(join(cacheOf("ada/cats"), "refs"), "no folder");
    expect(await from("hf:ada/cats")).toBe(path);
  });

  it("tells how much has come, of all missing files together", async () => {
    const told: [string, number, number][] = [];
    await from("hf:ada/cats", {}, { onProgress: (...progress) => told.push(progress) });
    const [last] = told.slice(-1);
    const small = ["config.json", "preprocessor_config.json", "tokenizer.json"] as const;
    const total = graph.length + small.reduce((sum, file) => sum + files[file].length, 0);
    expect(last).toEqual(["onnx/model.onnx", total, total]);
    expect(told.map(([, done]) => done)).toEqual(told.map(([, done]) => done).toSorted((a, b) => a - b));
  });
});
