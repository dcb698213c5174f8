/** @file The hub's environment variables, as users of Python's library know them. */

import { writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readHubSettings } from "../../src/files/hub-settings.js";
import { workFolder } from "../cli/fovea.js";

const folder = workFolder();
const home = homedir();

describe("readHubSettings", () => {
  it.each([
    [{}, join(home, ".cache/huggingface/hub")],
    [{ XDG_CACHE_HOME: "/x" }, "/x/huggingface/hub"],
    [{ XDG_CACHE_HOME: "/x", HF_HOME: "/h" }, "/h/hub"],
    [{ HF_HOME: "/h", HUGGINGFACE_HUB_CACHE: "/old" }, "/old"],
    [{ HF_HOME: "/h", HUGGINGFACE_HUB_CACHE: "/old", HF_HUB_CACHE: "/c" }, "/c"],
    [{ HF_HOME: "~/h" }, join(home, "h/hub")],
    [{ HF_HUB_CACHE: `$BIG/${"$"}{USER}/hub`, BIG: "/big", USER: "ada" }, "/big/ada/hub"],
    [{ HF_HOME: "", HF_HUB_CACHE: "" }, join(home, ".cache/huggingface/hub")],
  ])("finds the cache of %o", (variables, cache) => {
    expect(readHubSettings({ ...variables, HF_TOKEN: "hf_x" }).cache).toBe(cache);
  });

  it("takes the token of HF_TOKEN, else of its file, unless it is not to be taken", () => {
    writeFileSync(join(folder, "token"), "hf_file\n");
    writeFileSync(join(folder, "empty"), "\n");
    const token = (variables: Record<string, string>) => readHubSettings({ HF_HOME: folder, ...variables }).token;
    expect(token({ HF_TOKEN: " hf_own\r\n" })).toBe("hf_own");
    expect(token({ HUGGING_FACE_HUB_TOKEN: "hf_old" })).toBe("hf_old");
    expect(token({})).toBe("hf_file");
    expect(token({ HF_TOKEN_PATH: join(folder, "empty") })).toBeUndefined();
    expect(token({ HF_TOKEN_PATH: join(folder, "none") })).toBeUndefined();
    expect(token({ HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" })).toBeUndefined();
    expect(token({ HF_HUB_OFFLINE: "1" })).toBeUndefined();
  });

  it("shows no token that is none", () => {
    const read = () => readHubSettings({ HF_TOKEN: "hf_se\ncret" });
    expect(read).toThrow("HF_TOKEN: expected a token of one word, got something else");
    expect(read).not.toThrow(/secret|hf_/);
  });

  it.each(["1", "on", "YES", "true"])("is offline by HF_HUB_OFFLINE=%s", (value) => {
    expect(readHubSettings({ HF_HUB_OFFLINE: value }).isOffline).toBe(true);
    expect(readHubSettings({ TRANSFORMERS_OFFLINE: value }).isOffline).toBe(true);
  });

  it.each(["", "0", "no", "off"])("is not offline by HF_HUB_OFFLINE=%j", (value) => {
    expect(readHubSettings({ HF_HUB_OFFLINE: value, HF_TOKEN: "hf_x" }).isOffline).toBe(false);
  });

  it.each([
    ["", "https://huggingface.co"],
    ["https://hf-mirror.com/", "https://hf-mirror.com"],
    ["https://example.org/hub//", "https://example.org/hub"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["http://localhost:80", "http://localhost:80"],
    ["http://[::1]:80", "http://[::1]:80"],
  ])("asks %j as %s", (given, endpoint) => {
    expect(readHubSettings({ HF_ENDPOINT: given, HF_TOKEN: "hf_x" }).endpoint).toBe(endpoint);
  });

  it.each([
    ["http://mirror.lan:8080", "got one of http"],
    ["http://127.0.0.1.evil.example", "got one of http"],
    ["ftp://example.org", "got one of ftp"],
    ["huggingface.co", "got something else"],
    ["https://ada:secret@example.org", "got one with a user's name in it"],
  ])("does not ask %s", (given, got) => {
    const read = () => readHubSettings({ HF_ENDPOINT: given, HF_TOKEN: "hf_x" });
    expect(read).toThrow(`HF_ENDPOINT: expected an address of https, or of http on this machine, ${got}`);
    expect(read).not.toThrow(/secret/);
  });

  it("waits as long as the variables say", () => {
    const { patience } = readHubSettings({
      HF_HUB_ETAG_TIMEOUT: "2.5",
      HF_HUB_DOWNLOAD_TIMEOUT: "x",
      HF_TOKEN: "hf_x",
    });
    expect(patience).toEqual({ answer: 2500, download: 30_000 });
  });
});
