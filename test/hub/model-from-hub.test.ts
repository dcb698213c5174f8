/** @file Models from a stand-in for the hub: what is asked, what lies in the cache, and what becomes of transfers that break off. */

import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockFolder } from "../../src/files/lock.js";
import { ownMark, stateOf } from "../../src/files/write/process-mark.js";
import { type FromHubOptions, modelFromHub } from "../../src/hub/model-from-hub.js";
import { readHubSettings } from "../../src/hub/settings.js";
import { knownToken } from "../support/hub/replies.js";
import { push, repository } from "../support/hub/repository.js";
import { type HubStandIn, startHub } from "../support/hub/stand-in.js";

/** Bytes in the place of a network: nothing here opens it. */
const graph = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i + i) & 255);
const files = {
  ".gitattributes": "*.onnx filter=lfs",
  "README.md": "# a model",
  "config.json": '{"id2label":{"0":"cat","1":"dog"}}',
  "preprocessor_config.json": '{"size":224}',
  "tokenizer.json": "{}",
  "onnx/model.onnx": graph,
  "onnx/model_fp16.onnx": graph.subarray(1),
};

let folder: string;
let hub: HubStandIn;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fovea-hub-"));
  hub = await startHub({ "ada/cats": repository(files), "ada/dogs": repository(files) });
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await hub.close();
});

const settingsWith = (variables: Readonly<Record<string, string>> = {}) =>
  readHubSettings({ HF_HOME: folder, HF_ENDPOINT: hub.url, HF_HUB_ETAG_TIMEOUT: "1", ...variables });
const from = (name: string, variables: Readonly<Record<string, string>> = {}, options: FromHubOptions = {}) =>
  modelFromHub(name, { settings: settingsWith(variables), ...options });
const messageFrom = async (...given: Parameters<typeof from>): Promise<string> =>
  from(...given).then(
    () => "no error",
    (error: Error) => error.message,
  );
const questions = () => hub.asked().map(({ at, method, path }) => `${at} ${method} ${path.replace(/\?.*/, "")}`);
const repositoryOf = (id: string) => hub.repositories.get(id) ?? repository({});
const sumOf = (id: string, path: string) =>
  repositoryOf(id)
    .revisions.get("main")
    ?.files.find((file) => file.path === path)?.lfs ?? "";
const commitOf = (id: string, revision = "main") => repositoryOf(id).revisions.get(revision)?.commit ?? "";
const cacheOf = (id: string) => join(folder, "hub", `models--${id.replace("/", "--")}`);

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

describe("what is wrong is one sentence, with what to do", () => {
  it.each([
    ["hf:ada/none", {}, "expected a repository of URL, got none: look at its spelling; for a private one set HF_TOKEN"],
    [
      "hf:ada/none",
      { HF_TOKEN: knownToken },
      "expected a repository of URL, got none: look at its spelling; a private one must be open to the account of the token in HF_TOKEN",
    ],
    [
      "hf:ada/secret",
      {},
      "expected a repository of URL, got none: look at its spelling; for a private one set HF_TOKEN",
    ],
    [
      "hf:ada/gated",
      {},
      "expected a model that may be read, got a gated one: ask for access at URL/ada/gated, then set HF_TOKEN to a token of the same account",
    ],
    ["hf:ada/cats@v9", {}, 'expected a branch, a tag or a commit of ada/cats, got "v9", which it does not have'],
    [
      "hf:ada/cats:model.onnx",
      {},
      "expected a file of the repository, got none called model.onnx: it has onnx/model.onnx, onnx/model_fp16.onnx",
    ],
    [
      "hf:ada/cats",
      { HF_TOKEN: "hf_wrong" },
      "expected a token that URL knows, got one that it refuses: set HF_TOKEN to another one, or log in again",
    ],
    [
      "hf:ada/cats",
      { HF_HUB_OFFLINE: "1" },
      "HF_HUB_OFFLINE is set: expected the model in the cache CACHE, got nothing of it: download it once without HF_HUB_OFFLINE",
    ],
  ] as [string, Record<string, string>, string][])("%s with %o", async (name, variables, sentence) => {
    hub.repositories.set("ada/secret", repository(files, "private")).set("ada/gated", repository(files, "gated"));
    const expected = sentence.replace("URL", hub.url).replace("CACHE", join(folder, "hub"));
    expect(await messageFrom(name, variables)).toBe(`${name}: ${expected}`);
  });

  it("where the hub does not answer, hangs up, or answers with something else", async () => {
    const advice = "try again later, or set HF_ENDPOINT to a mirror";
    hub.troubles.status = 500;
    expect(await messageFrom("hf:ada/cats")).toBe(
      `hf:ada/cats: expected an answer from ${hub.url}, got HTTP status 500: ${advice}`,
    );
    hub.troubles.status = 429;
    expect(await messageFrom("hf:ada/cats")).toContain("too many questions were asked");
    hub.troubles.status = 200;
    expect(await messageFrom("hf:ada/cats")).toContain("got something else than its lists");
    hub.troubles.silent = true;
    expect(await messageFrom("hf:ada/cats")).toBe(
      `hf:ada/cats: expected an answer from ${hub.url}, got nothing for 1 s: ${advice}`,
    );
    await hub.close();
    expect(await messageFrom("hf:ada/cats")).toMatch(/, got none: fetch failed \([A-Z_]+\): /);
  });

  it("where a lock is held by somebody who does not get on", async () => {
    await from("hf:ada/cats");
    const locks = join(folder, "hub/.locks/models--ada--cats");
    const lock = await lockFolder(locks, { mark: ownMark, stateOf });
    rmSync(join(cacheOf("ada/cats"), "snapshots"), { recursive: true });
    expect(await messageFrom("hf:ada/cats", { HF_HUB_DOWNLOAD_TIMEOUT: "0.5" })).toContain(`${locks}: `);
    await lock.release();
  });
});

describe("the token", () => {
  it("opens what its account may read, goes to the hub's own address, and to no other that it leads to", async () => {
    hub.repositories.set("ada/secret", repository(files, "private")).set("ada/gated", repository(files, "gated"));
    for (const id of ["ada/secret", "ada/gated"]) {
      await from(`hf:${id}`, { HF_TOKEN: knownToken });
      const asked = hub.asked();
      expect(asked.filter(({ at }) => at === "store").map(({ authorization }) => authorization)).toEqual([undefined]);
      const own = asked.filter(({ at }) => at === "hub");
      expect(own.map(({ authorization }) => authorization)).toEqual(own.map(() => `Bearer ${knownToken}`));
    }
  });

  it("is not sent where a list goes on at another address, nor by http elsewhere than on this machine", async () => {
    const other = await startHub({ "ada/cats": repository(files) });
    hub.troubles.elsewhere = other.url;
    await messageFrom("hf:ada/cats", { HF_TOKEN: knownToken });
    const [led] = other.asked();
    expect(led?.path).toMatch(/^\/xet-bridge\//);
    expect(led?.authorization).toBeUndefined();
    hub.troubles.page = 1;
    hub.troubles.lists = other.url;
    await messageFrom("hf:ada/cats", { HF_TOKEN: knownToken });
    const listed = other.asked().filter(({ path }) => path.includes("/tree/"));
    expect(listed.length).toBeGreaterThan(0);
    expect(listed.map(({ authorization }) => authorization)).toEqual(listed.map(() => undefined));
    await other.close();
    expect(() => settingsWith({ HF_ENDPOINT: "http://hub.example", HF_TOKEN: knownToken })).toThrow(
      "HF_ENDPOINT: expected an address of https, or of http on this machine, got one of http",
    );
  });

  it("stands in no error, and in no file of the cache", async () => {
    hub.repositories.set("ada/secret", repository(files, "private"));
    const told: string[] = [];
    const ask = async (name: string, variables: Record<string, string> = {}) =>
      told.push(await messageFrom(name, { HF_TOKEN: knownToken, ...variables }));
    await ask("hf:ada/secret");
    await ask("hf:ada/none");
    await ask("hf:ada/secret@v9");
    await ask("hf:ada/secret:none.onnx");
    hub.troubles.elsewhere = "http://hub.example";
    await ask("hf:ada/cats");
    hub.troubles.elsewhere = "https://127.0.0.1:1";
    await ask("hf:ada/cats");
    hub.troubles.status = 500;
    await ask("hf:ada/dogs");
    await hub.close();
    await ask("hf:ada/dogs");
    expect(told.filter((each) => each === "no error")).toHaveLength(1);
    expect(told.join("\n")).not.toContain(knownToken);
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path));
    for (const path of paths) {
      expect(path).not.toContain(knownToken);
      if (lstatSync(path).isFile()) expect(readFileSync(path).includes(knownToken)).toBe(false);
    }
  });
});
