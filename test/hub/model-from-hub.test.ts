/** @file Models from a stand-in for the hub: what is asked, what lies in the cache, and what becomes of transfers that break off. */

import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FromHubOptions, modelFromHub } from "../../src/hub/model-from-hub.js";
import { readHubSettings } from "../../src/hub/settings.js";
import { push, repository } from "../support/hub/repository.js";
import { type HubStandIn, knownToken, startHub } from "../support/hub/stand-in.js";

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
const repo = repository(files);
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fovea-hub-"));
  hub = await startHub({ "ada/cats": repository(files), "ada/dogs": repo });
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
const commitOf = (id: string, revision = "main") => hub.repositories.get(id)?.revisions.get(revision)?.commit ?? "";
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
    const sha = hub.repositories.get("ada/cats")?.revisions.get("main")?.files.find((f) => f.path === "onnx/model.onnx")?.lfs;
    expect(readlinkSync(path)).toBe(join("..", "..", "..", "blobs", sha ?? ""));
    expect(readdirSync(join(cacheOf("ada/cats"), "blobs"))).toHaveLength(4);
    expect(questions().slice(0, 2)).toEqual([
      "hub GET /api/models/ada/cats/revision/main",
      `hub GET /api/models/ada/cats/tree/${commit}`,
    ]);
  });
});
