/** @file Rows kept on disk: read back, whole after a crash, for one process at a time. */

import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { lockOwner as owner } from "../../src/cli/platform.js";
import { RowStore } from "../../src/files/row-store.js";

const root = mkdtempSync(join(tmpdir(), "fovea-rows-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const row = (value: number) => Uint8Array.of(value, value + 1, value + 2);
const rows = (...values: number[]) => Uint8Array.from(values.flatMap((value) => [...row(value)]));

async function filled(name: string): Promise<string> {
  const folder = join(root, name);
  const store = await RowStore.open(folder, 3, owner);
  await store.append(["a", "b"], rows(10, 20));
  await store.append(["c"], rows(30));
  await store.close();
  return folder;
}

describe("RowStore", () => {
  it("gives rows back in any order, and after it was opened again", async () => {
    const store = await RowStore.open(await filled("order"), 3, owner);
    expect(["a", "b", "c", "d"].map((key) => store.has(key))).toEqual([true, true, true, false]);
    expect(await store.read(["c", "a", "c"])).toEqual(rows(30, 10, 30));
    await store.append(["d"], rows(40));
    expect(await store.read(["d"])).toEqual(rows(40));
    await store.close();
  });

  it("keeps the last of two rows under one key", async () => {
    const folder = await filled("twice");
    const store = await RowStore.open(folder, 3, owner);
    await store.append(["a", "e"], rows(50, 60));
    await store.close();
    const again = await RowStore.open(folder, 3, owner);
    expect(await again.read(["a", "b", "e"])).toEqual(rows(50, 20, 60));
    await again.close();
  });

  it.each([
    ["rows without their keys", "rows", "xxxx"],
    ["a key that was cut off", "keys", "d"],
    ["a key without its row", "keys", "d\n"],
  ])("drops what a killed process left half-written: %s", async (what, file, rest) => {
    const folder = await filled(what);
    appendFileSync(join(folder, file), rest);
    const store = await RowStore.open(folder, 3, owner);
    expect(store.has("d")).toBe(false);
    await store.append(["d"], rows(40));
    await store.close();
    expect(statSync(join(folder, "rows")).size).toBe(12);
    expect(readFileSync(join(folder, "keys"), "utf8")).toBe("a\nb\nc\nd\n");
    const again = await RowStore.open(folder, 3, owner);
    expect(await again.read(["a", "d"])).toEqual(rows(10, 40));
    await again.close();
  });

  it("is open to one process at a time; one that is no more does not count", async () => {
    const folder = await filled("locked");
    const store = await RowStore.open(folder, 3, owner);
    await expect(RowStore.open(folder, 3, owner)).rejects.toThrow(
      `${folder}: the cache is in use by process ${process.pid}: wait for it to end`,
    );
    await store.close();
    const { pid } = spawnSync(process.execPath, ["--version"]);
    writeFileSync(join(folder, "lock"), String(pid));
    await (await RowStore.open(folder, 3, owner)).close();
  });

  it("says where it cannot keep anything", async () => {
    const folder = join(root, "file");
    writeFileSync(folder, "");
    await expect(RowStore.open(join(folder, "cache"), 3, owner)).rejects.toThrow(
      /file\/cache: expected a folder to keep a cache/,
    );
    mkdirSync(join(root, "rows-is-a-folder", "rows"), { recursive: true });
    await expect(RowStore.open(join(root, "rows-is-a-folder"), 3, owner)).rejects.toThrow();
  });
});
