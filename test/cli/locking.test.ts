/** @file Six processes that lock one folder over and over, while some of them are killed: never two owners, never a lock that stays. */

import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { lockOwner } from "../../src/cli/platform.js";
import { lockFolder } from "../../src/files/lock.js";
import { ownMark } from "../../src/files/write/process-mark.js";
import { everything } from "../support/share.js";

const processes = 6;
const rounds = Number(process.env.FOVEA_LOCK_ROUNDS ?? (everything ? 1000 : 10));

const root = mkdtempSync(join(tmpdir(), "fovea-locking-"));
const children: ChildProcess[] = [];
const begin = async () => {
  const child = fork(fileURLToPath(new URL("contend.mjs", import.meta.url)));
  await new Promise((resolve) => child.once("message", resolve));
  return child;
};
beforeAll(async () => {
  children.push(...(await Promise.all(Array.from({ length: processes }, begin))));
});
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

const { pid: ended } = spawnSync(process.execPath, ["--version"]);
const dead = (token: string, mark: object) => JSON.stringify({ token, ...ownMark(), ...mark });

/** What earlier processes may have left in the folder. */
const remains: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  nothing: {},
  "the number of a process that has ended, as earlier versions wrote it": { lock: String(ended) },
  "an empty lock, as they left it when they were killed": { lock: "" },
  "a lock of a process that has ended": { lock: dead("one", { id: ended }) },
  "a lock of another process that had this one's number before": { lock: dead("one", { began: "1" }) },
  "a lock from before the machine was started again": { lock: dead("one", { space: "before" }) },
  "a lock, and a claim to it, and a claim to that one, of processes that have ended": {
    lock: dead("one", { id: ended }),
    "lock.one.claim": dead("two", { id: ended }),
    "lock.two.claim": dead("three", { id: ended }),
  },
  "a claim to a lock that is no more, and a file that was to become one": {
    "lock.one.claim": dead("two", { id: ended }),
    "lock.two": dead("two", { id: ended }),
  },
};

/** What each process says; undefined for one that is killed. */
async function round(folder: string, killed: ChildProcess | undefined): Promise<string[]> {
  const at = Date.now() + 20;
  const answers = children.map(
    (child) =>
      new Promise<string>((resolve) => {
        const ends = () => resolve("killed");
        child.once("exit", ends);
        child.once("message", (answer) => {
          child.off("exit", ends);
          resolve(String(answer));
        });
        child.send({ folder, witness: `${folder}.owner`, at, until: at + 20_000 });
      }),
  );
  if (killed) {
    await sleep(20 + Math.random() * 12);
    killed.kill("SIGKILL");
  }
  return Promise.all(answers);
}

it(`has one owner at a time, whatever lay there before, over ${rounds} rounds with kills`, {
  timeout: 590_000,
}, async () => {
  const kinds = Object.entries(remains);
  const counts = new Map<string, number>();
  for (let i = 0; i < rounds; i++) {
    const [kind, files] = kinds[i % kinds.length] as [string, Record<string, string>];
    const folder = join(root, String(i % 16));
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const killed = i % 3 === 1 ? children[i % processes] : undefined;
    for (const answer of await round(folder, killed)) {
      counts.set(answer, (counts.get(answer) ?? 0) + 1);
      expect(["had it", "killed"], `${kind}: ${answer}`).toContain(answer);
    }
    if (killed) children[i % processes] = await begin();
  }
  expect(counts.get("had it")).toBeGreaterThan(5 * rounds);
  // Whatever the killed ones left goes with the next owner, but for files that they had not begun to write.
  for (const name of readdirSync(root).filter((each) => !each.endsWith(".owner"))) {
    const folder = join(root, name);
    const left = () => readdirSync(folder).filter((each) => statSync(join(folder, each)).size > 0);
    const lock = await lockFolder(folder, lockOwner);
    expect(left()).toEqual(["lock"]);
    await lock.release();
    expect(left()).toEqual([]);
  }
  if (process.env.FOVEA_LOCK_ROUNDS) process.stdout.write(`${JSON.stringify([...counts])}\n`);
});
