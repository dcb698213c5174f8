/** @file Temporary files: those of processes that are no more go, others stay. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeFileAtomically } from "../../../src/files/atomic.js";
import { numbering, openTemporary, removeTemporaries, watchTemporaries } from "../../../src/files/write/temporary.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that has just ended. */
const deadNumber = () => spawnSync(process.execPath, ["--eval", ""]).pid;
const name = (where: string, number: number) => `.fovea-${where}-${number}-0123456789ab.tmp`;

function left(file: string, hoursAgo = 0): string {
  const time = Date.now() / 1000 - 3600 * hoursAgo;
  writeFileSync(join(folder, file), "half");
  utimesSync(join(folder, file), time, time);
  return file;
}

it("those of dead processes beside a file that is written go, and no others", async () => {
  const [dead, elsewhere] = [deadNumber(), "ffffffff"];
  const gone = [left(name(numbering(), dead)), left(name(elsewhere, dead + 1), 25)];
  const kept = [
    left(name(numbering(), process.ppid)),
    // A process of another machine, or another container, has its own numbers.
    left(name(elsewhere, dead), 23),
    left(`photo.${name(numbering(), dead)}`, 100),
    left(`${name(numbering(), dead)}.png`, 100),
    left(`.fovea-${numbering()}-${dead}.tmp`, 100),
  ];
  await writeFileAtomically(join(folder, "file"), "new");
  expect(readdirSync(folder).sort()).toEqual([...kept, "file"].sort());
  expect(gone.some((each) => existsSync(join(folder, each)))).toBe(false);
});

it("a hundred of them, or one that cannot be removed, are no hindrance", async () => {
  const dead = deadNumber();
  for (let i = 0; i < 100; i++) left(name(numbering(), dead).replace("0123456789ab", String(100_000_000_000 + i)));
  await writeFileAtomically(join(folder, "file"), "new");
  expect(readdirSync(folder)).toEqual(["file"]);
});

it("those of this process can all be removed at once, and whoever watches is told of the first and the last", async () => {
  const told: string[] = [];
  watchTemporaries({ begin: () => told.push("begin"), end: () => told.push("end") });
  const [first, second] = [await openTemporary(folder, 0o600), await openTemporary(folder, 0o600)];
  expect(readdirSync(folder)).toHaveLength(2);
  removeTemporaries();
  expect(readdirSync(folder)).toEqual([]);
  for (const { file, release } of [first, second]) {
    await file.close();
    await release();
  }
  expect(told).toEqual(["begin", "end"]);
});
