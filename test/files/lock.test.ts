/** @file Locks of folders: whose they are, whose they are no more, and what is said of others. */

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { lockOwner as owner } from "../../src/cli/platform.js";
import { lockFolder } from "../../src/files/lock.js";
import { ownMark, stateOf } from "../../src/files/write/process-mark.js";

const root = mkdtempSync(join(tmpdir(), "fovea-lock-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;
function folderWith(lock: string | object | undefined): string {
  const folder = join(root, String(count++));
  mkdirSync(folder);
  if (lock !== undefined) writeFileSync(join(folder, "lock"), typeof lock === "string" ? lock : JSON.stringify(lock));
  return folder;
}
const mark = ownMark();

describe("lockFolder", () => {
  it("leaves one whole file, and takes it away in the end", async () => {
    const folder = folderWith(undefined);
    const lock = await lockFolder(folder, owner);
    expect(readdirSync(folder)).toEqual(["lock"]);
    expect(JSON.parse(readFileSync(join(folder, "lock"), "utf8"))).toMatchObject({ id: process.pid });
    expect(await lock.isHeld()).toBe(true);
    await lock.release();
    expect([readdirSync(folder), await lock.isHeld()]).toEqual([[], false]);
  });

  it("does not take away the lock of whoever came after the user had removed its own", async () => {
    const folder = folderWith(undefined);
    const first = await lockFolder(folder, owner);
    rmSync(join(folder, "lock"));
    const second = await lockFolder(folder, owner);
    expect([await first.isHeld(), await second.isHeld()]).toEqual([false, true]);
    await first.release();
    expect(await second.isHeld()).toBe(true);
  });

  it("has one owner of many that ask in one process at once", async () => {
    const folder = folderWith({ token: "x", ...mark, id: 2 ** 22 + 1 });
    const results = await Promise.allSettled(Array.from({ length: 40 }, () => lockFolder(folder, owner)));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(["lock"]);
  });

  it.each<[string, string | object]>([
    ["nothing", ""],
    ["no JSON", "{oops"],
    ["null", "null"],
    ["a list", "[]"],
    ["JSON without end", "[".repeat(4000)],
    ["other types", { token: 1, id: "2" }],
    ["a token that is no name", { token: "../../x", id: process.pid }],
    ["bytes of a disk that lost its power", "\0".repeat(100)],
    ["more than any lock has", "7".repeat(100_000)],
    ["a process of that number which began at another time", { token: "x", ...mark, began: "1" }],
    ["a process from before the machine was started again", { token: "x", ...mark, space: "an-earlier-start" }],
  ])("takes one that holds %s for one of a process that has ended", async (_, text) => {
    const folder = folderWith(text);
    const lock = await lockFolder(folder, owner);
    expect(readdirSync(folder)).toEqual(["lock"]);
    await lock.release();
  });

  it.each<[string, object, RegExp]>([
    ["a process that runs", { token: "x", ...mark }, /in use by process \d+: wait for it to end, or keep .* --cache$/],
    ["one as earlier versions wrote it", { token: "x", id: process.pid }, /in use by process \d+: wait for it to end/],
    [
      "a process on another machine",
      { token: "x", ...mark, host: "elsewhere 12" },
      /in use by process \d+ of elsewhere: wait .*; if it is no more, remove .*\/lock$/,
    ],
    [
      "a process among others, as in another container",
      { token: "x", ...mark, space: mark.space?.replace(/\[\d+/, "[1") },
      /in use by process \d+ of .*; if it is no more, remove/,
    ],
  ])("leaves that of %s, and says whose it is", async (_, text, message) => {
    const folder = folderWith(text);
    await expect(lockFolder(folder, owner)).rejects.toMatchObject({ code: "bad-input" });
    await expect(lockFolder(folder, owner)).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(["lock"]);
  });

  it.each<[string, (path: string) => void]>([
    ["a folder", (path) => mkdirSync(path)],
    ["a link that leads nowhere", (path) => symlinkSync("nowhere", path)],
  ])("says that %s is no lock", async (_, make) => {
    const folder = folderWith(undefined);
    make(join(folder, "lock"));
    await expect(lockFolder(folder, owner)).rejects.toThrow(/lock: expected a lock, got something else than a file: /);
  });
});

describe("the state of a process", () => {
  it("is that it runs, until it has ended, also while nobody has asked for its end", async () => {
    expect(stateOf(mark)).toBe("running");
    // The shell becomes a program that never asks how its child ended.
    const shell = spawn("sh", ["-c", "sh -c 'echo $$; exit' & exec sleep 20"], { stdio: ["ignore", "pipe", "ignore"] });
    const id = Number(await new Promise((resolve) => shell.stdout.once("data", (data) => resolve(String(data)))));
    const deadline = Date.now() + 20_000;
    while (stateOf({ id }) === "running" && Date.now() < deadline) await new Promise((go) => setTimeout(go, 5));
    expect(stateOf({ id })).toBe("ended");
    shell.kill("SIGKILL");
  });
});
