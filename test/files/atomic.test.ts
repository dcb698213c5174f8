/** @file Files that are whole or not there. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeFileAtomically } from "../../src/files/atomic.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("writeFileAtomically", () => {
  it("makes the missing folders and writes bytes, a text, or pieces", async () => {
    const path = join(folder, "a", "b", "file");
    await writeFileAtomically(path, Uint8Array.of(1, 2, 3));
    expect([...readFileSync(path)]).toEqual([1, 2, 3]);
    await writeFileAtomically(path, "grün");
    expect(readFileSync(path, "utf8")).toBe("grün");
    await writeFileAtomically(path, pieces());
    expect([...readFileSync(path)]).toEqual([1, 2, 3, 4]);
    expect(readdirSync(join(folder, "a", "b"))).toEqual(["file"]);
  });

  it("leaves the old file and nothing else when the content fails on the way", async () => {
    const path = join(folder, "file");
    writeFileSync(path, "old");
    await expect(writeFileAtomically(path, pieces("lost"))).rejects.toThrow("lost");
    expect(readdirSync(folder)).toEqual(["file"]);
    expect(readFileSync(path, "utf8")).toBe("old");
  });

  it("gives two writers of one path a temporary file each", async () => {
    const path = join(folder, "file");
    await Promise.all(["one", "two", "three"].map((text) => writeFileAtomically(path, text.repeat(10000))));
    expect(readdirSync(folder)).toEqual(["file"]);
    expect(["one", "two", "three"].map((text) => text.repeat(10000))).toContain(readFileSync(path, "utf8"));
  });

  it("leaves files of others alone that are called like temporary ones, however many", async () => {
    const path = join(folder, "file");
    for (let i = 0; i < 100; i++) writeFileSync(`${path}.${i}.tmp`, "left");
    await writeFileAtomically(path, "new");
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(readFileSync(`${path}.0.tmp`, "utf8")).toBe("left");
    expect(readdirSync(folder)).toHaveLength(101);
  });

  it("writes a file whose name is as long as names can be", async () => {
    await writeFileAtomically(join(folder, "x".repeat(255)), "new");
    expect(readdirSync(folder)).toEqual(["x".repeat(255)]);
  });

  it("says why a file can't be written", async () => {
    mkdirSync(join(folder, "taken"));
    writeFileSync(join(folder, "flat"), "");
    symlinkSync(join(folder, "loop"), join(folder, "loop"));
    const cases: [string, string][] = [
      [join(folder, "taken"), "a folder"],
      [join(folder, "flat", "file"), "a file where a folder should be"],
      [join(folder, "flat", "deeper", "file"), "a file where a folder should be"],
      [join(folder, "x".repeat(300)), "a name that is too long"],
      [join(folder, "loop", "file"), "links that lead in a circle"],
      [join(folder, "loop"), "links that lead in a circle"],
      [`${join(folder, "new")}/`, "the name of a folder"],
      ["", "an empty name"],
    ];
    for (const [path, reason] of cases) {
      const attempt = writeFileAtomically(path, "text");
      await expect(attempt).rejects.toThrow(
        `${path}: cannot be written: expected a place to write a file, got ${reason}`,
      );
      await expect(attempt).rejects.toMatchObject({ code: "unwritable" });
    }
    expect(readdirSync(folder).sort()).toEqual(["flat", "loop", "taken"]);
  });
});

async function* pieces(failure?: string): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(1, 2);
  if (failure !== undefined) throw new Error(failure);
  yield Uint8Array.of(3, 4);
}
