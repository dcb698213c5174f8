/** @file One of several processes that lock a folder at the same moment, and look whether they have it alone. */

import { readlinkSync, rmSync, symlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { lockFolder } from "../../dist/files/lock.js";
import { ownMark, stateOf } from "../../dist/files/write/process-mark.js";

const owner = { mark: ownMark, stateOf };

/** Says who has the folder, in one step; gives the mark of a process that says so already. */
function enter(witness) {
  for (;;) {
    try {
      symlinkSync(JSON.stringify(ownMark()), witness);
      return undefined;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const other = JSON.parse(readlinkSync(witness));
      if (stateOf(other) === "running") return other;
      rmSync(witness);
    }
  }
}

async function contend({ folder, witness, at, until }) {
  while (Date.now() < at);
  for (;;) {
    const lock = await lockFolder(folder, owner).catch((error) => error);
    if (lock instanceof Error) {
      if (lock.code !== "bad-input") return `failed: ${lock.message}`;
      if (Date.now() > until) return `stuck: ${lock.message}`;
      await sleep(Math.random() * 3);
      continue;
    }
    const other = enter(witness);
    if (other) return `two owners: ${other.id} as well`;
    await sleep(Math.random() * 2);
    rmSync(witness);
    await lock.release();
    return "had it";
  }
}

process.on("message", async (round) => {
  const answer = await contend(round).catch((error) => `failed: ${error.stack}`);
  process.send(answer);
});
process.send("ready");
