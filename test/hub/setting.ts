/** @file A stand-in for the hub and a cache of its own for each test. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { type HubSettings, readHubSettings } from "../../src/files/hub-settings.js";
import { type FromHubOptions, modelFromHub } from "../../src/hub/model-from-hub.js";
import { type Repository, repository } from "../support/hub/repository.js";
import { type HubStandIn, startHub } from "../support/hub/stand-in.js";

/** Bytes in the place of a network: nothing here opens it. */
export const graph = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i + i) & 255);

export const files = {
  ".gitattributes": "*.onnx filter=lfs",
  "README.md": "# a model",
  "config.json": '{"id2label":{"0":"cat","1":"dog"}}',
  "preprocessor_config.json": '{"size":224}',
  "tokenizer.json": "{}",
  "onnx/model.onnx": graph,
  "onnx/model_fp16.onnx": graph.subarray(1),
};

type Variables = Readonly<Record<string, string>>;

export let folder: string;
/** Has `ada/cats` and `ada/dogs`. */
export let hub: HubStandIn;

/** To be called once in a file. */
export function beginEach(): void {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "fovea-hub-"));
    hub = await startHub({ "ada/cats": repository(files), "ada/dogs": repository(files) });
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await hub.close();
  });
}

export function settingsWith(variables: Variables = {}): HubSettings {
  return readHubSettings({ HF_HOME: folder, HF_ENDPOINT: hub.url, HF_HUB_ETAG_TIMEOUT: "0.5", ...variables });
}

export function from(name: string, variables: Variables = {}, options: FromHubOptions = {}): Promise<string> {
  return modelFromHub(name, { settings: settingsWith(variables), ...options });
}

export async function messageFrom(...given: Parameters<typeof from>): Promise<string> {
  return from(...given).then(
    () => "no error",
    (error: Error) => error.message,
  );
}

/** What the hub was asked since the last call, in short. */
export function questions(): string[] {
  return hub.asked().map(({ at, method, path }) => `${at} ${method} ${path.replace(/\?.*/, "")}`);
}

export const repositoryOf = (id: string): Repository => hub.repositories.get(id) ?? repository({});

/** SHA-256 of a large file. */
export function sumOf(id: string, path: string): string {
  return (
    repositoryOf(id)
      .revisions.get("main")
      ?.files.find((file) => file.path === path)?.lfs ?? ""
  );
}

export const commitOf = (id: string) => repositoryOf(id).revisions.get("main")?.commit ?? "";

export const cacheOf = (id: string) => join(folder, "hub", `models--${id.replace("/", "--")}`);
