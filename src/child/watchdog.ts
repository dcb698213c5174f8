/** @file A thread of the child, which ends it, whatever hangs in it, when the parent is gone or the memory is used up. */

import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

/** Milliseconds between two looks at the memory, in which a process can take some hundred megabytes. */
const interval = 25;

const { lifeline, bytes }: { readonly lifeline: number; readonly bytes: number } = workerData;

function end(): void {
  process.kill(process.pid, "SIGKILL");
}

new Socket({ fd: lifeline }).on("close", end).on("error", end).resume();

function look(): void {
  const held = process.memoryUsage.rss();
  if (held <= bytes) return;
  // The parent reads it when the process is gone.
  writeSync(lifeline, String(held));
  end();
}

look();
setInterval(look, interval);
parentPort?.postMessage("watching");
