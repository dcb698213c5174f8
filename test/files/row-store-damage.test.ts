/** @file Rows on disk that were damaged, cut off, mixed, or written by another version: they are computed again, never read as others. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { lockOwner as owner } from "../../src/cli/platform.js";
import { RowStore } from "../../src/files/row-store.js";
import { random } from "../../src/foundation/random.js";
import { everything } from "../support/share.js";

const root = mkdtempSync(join(tmpdir(), "fovea-row-damage-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const size = 5;
const keys = ["photo-a", "photo-b", "photo-ü", "photo-d"];
const rowOf = (key: string) => Uint8Array.from({ length: size }, (_, i) => keys.indexOf(key) * 16 + i);
const names = ["rows", "keys", "sums"] as const;
/** Damages tried on each file. */
const damages = everything ? 12 : 3;
let count = 0;

async function filled(): Promise<string> {
  const folder = join(root, String(count++));
  const store = await RowStore.open(folder, size, owner);
  for (const key of keys) await store.append([key], rowOf(key));
  await store.close();
  return folder;
}

/** Opens a store, looks at the rows that it says it has, and appends the others, as a training does. */
async function used(folder: string): Promise<string[]> {
  const store = await RowStore.open(folder, size, owner);
  const missing = keys.filter((key) => !store.has(key));
  for (const key of keys) if (!missing.includes(key)) expect(await store.read([key]), key).toEqual(rowOf(key));
  for (const key of missing) await store.append([key], rowOf(key));
  for (const key of keys) expect(await store.read([key]), key).toEqual(rowOf(key));
  await store.close();
  return missing;
}

describe("a store of rows", () => {
  it("gives the right rows whichever byte of its files was changed", { timeout: 60_000 }, async () => {
    const folder = await filled();
    const whole = names.map((name) => readFileSync(join(folder, name)));
    const source = random(1).fork("damage");
    for (const [i, name] of names.entries()) {
      const bytes = whole[i] as Buffer;
      for (let n = 0; n < damages; n++) {
        for (const [k, each] of names.entries()) writeFileSync(join(folder, each), whole[k] as Buffer);
        const damaged = Buffer.from(bytes);
        const at = Math.floor(source.uniform() * bytes.length);
        damaged[at] = (damaged[at] as number) ^ (1 << Math.floor(source.uniform() * 8));
        writeFileSync(join(folder, name), damaged);
        expect((await used(folder)).length, `${name}, byte ${at}`).toBeGreaterThan(0);
        expect(await used(folder)).toEqual([]);
      }
    }
  });

  it("gives the right rows wherever one of its files ends", { timeout: 60_000 }, async () => {
    const folder = await filled();
    const whole = names.map((name) => readFileSync(join(folder, name)));
    for (const [i, name] of names.entries()) {
      const { length } = whole[i] as Buffer;
      for (let end = 0; end < length; end += Math.ceil(length / damages)) {
        for (const [k, each] of names.entries()) writeFileSync(join(folder, each), whole[k] as Buffer);
        truncateSync(join(folder, name), end);
        expect((await used(folder)).length, `${name}, ${end} bytes`).toBeGreaterThan(0);
        expect(await used(folder)).toEqual([]);
      }
    }
  });

  it("computes all rows again that an earlier version kept, or that have another size", async () => {
    const folder = await filled();
    rmSync(join(folder, "sums"));
    expect(await used(folder)).toEqual(keys);
    const larger = await RowStore.open(folder, size * 2, owner);
    expect(keys.filter((key) => larger.has(key))).toEqual([]);
    await larger.close();
    expect(await used(folder)).toEqual(keys);
  });

  it("says of a row that was changed since that it is no longer the one", async () => {
    const folder = await filled();
    const store = await RowStore.open(folder, size, owner);
    writeFileSync(join(folder, "rows"), Buffer.alloc(4 * size, 9));
    await expect(store.read(["photo-b"])).rejects.toMatchObject({ code: "bad-file" });
    await expect(store.read(["photo-b"])).rejects.toThrow(
      `${join(folder, "rows")}: row 1: expected what was written there, got other bytes: run the command again`,
    );
    await store.close();
  });

  it("does not write where another process writes, and mixes up no rows", async () => {
    const folder = join(root, "two");
    const first = await RowStore.open(folder, size, owner);
    rmSync(join(folder, "lock"));
    const second = await RowStore.open(folder, size, owner);
    const outcomes = await Promise.allSettled([
      first.append(["photo-a"], rowOf("photo-a")),
      second.append(["photo-b"], rowOf("photo-b")),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    expect(outcomes[0]).toMatchObject({ reason: { code: "bad-file" } });
    expect(await second.read(["photo-b"])).toEqual(rowOf("photo-b"));
    writeFileSync(join(folder, "rows"), Buffer.alloc(7 * size));
    await expect(second.append(["photo-d"], rowOf("photo-d"))).rejects.toThrow(
      `${folder}: expected 5 bytes in rows, got 35, which another process wrote: run one command at a time there`,
    );
    await first.close();
    await second.close();
  });

  it("gives the folder back where its files cannot be opened", async () => {
    const folder = await filled();
    rmSync(join(folder, "keys"));
    mkdirSync(join(folder, "keys"));
    await expect(RowStore.open(folder, size, owner)).rejects.toMatchObject({ code: "unwritable" });
    expect(readdirSync(folder).sort()).toEqual(["keys", "rows", "sums"]);
  });
});
