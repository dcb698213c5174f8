/** @file What is said where the hub gives no model, and who is told the token. */

import { lstatSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lockFolder } from "../../src/files/lock.js";
import { ownMark, stateOf } from "../../src/files/write/process-mark.js";
import { knownToken } from "../support/hub/replies.js";
import { repository } from "../support/hub/repository.js";
import { startHub } from "../support/hub/stand-in.js";
import { beginEach, cacheOf, files, folder, from, hub, messageFrom, settingsWith } from "./setting.js";

beginEach();

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
    expect(await messageFrom("hf:ada/cats")).toContain("got a refusal of so many questions (429): try again later");
    hub.troubles.status = 200;
    expect(await messageFrom("hf:ada/cats")).toContain("got something else than its lists");
    hub.troubles.silent = true;
    expect(await messageFrom("hf:ada/cats")).toBe(
      `hf:ada/cats: expected an answer from ${hub.url}, got nothing for 0.5 s: ${advice}`,
    );
    await hub.close();
    expect(await messageFrom("hf:ada/cats")).toMatch(/, got none: fetch failed \([A-Z_]+\): /);
  });

  it("where a lock is held by somebody who does not get on", async () => {
    await from("hf:ada/cats");
    const locks = join(folder, "hub/.locks/models--ada--cats");
    const lock = await lockFolder(locks, { mark: ownMark, stateOf });
    rmSync(join(cacheOf("ada/cats"), "snapshots"), { recursive: true });
    expect(await messageFrom("hf:ada/cats", { HF_HUB_DOWNLOAD_TIMEOUT: "0.1" })).toContain(`${locks}: `);
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
