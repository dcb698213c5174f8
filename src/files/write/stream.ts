/** @file Writes into devices and pipes. */

import { constants, openSync } from "node:fs";
import { open } from "node:fs/promises";
import { Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { systemCode } from "../system-error.js";

/** A device or a pipe that is open for writing. */
export interface OutputStream {
  readonly write: (piece: Uint8Array) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** How long a pipe may wait for its reader, in milliseconds, and how often it is looked for. */
const patience = 2000;
const interval = 50;

/** @throws the file system's error */
export async function openDevice(path: string): Promise<OutputStream> {
  const file = await open(path, constants.O_WRONLY);
  return { write: (piece) => file.writeFile(piece), close: () => file.close() };
}

/**
 * Waits for a reader for two seconds.
 * @throws the file system's error, or one that says that there is no reader
 */
export async function openPipe(path: string): Promise<OutputStream> {
  const fd = await pipeWithReader(path);
  const pipe = new Socket({ fd, readable: false, writable: true });
  // Errors reach the writes that they break off.
  pipe.on("error", () => undefined);
  return {
    write: (piece) =>
      new Promise((resolve, reject) => pipe.write(piece, (error) => (error ? reject(error) : resolve()))),
    close: () =>
      new Promise((resolve) => {
        pipe.once("close", () => resolve());
        if (pipe.destroyed) resolve();
        else pipe.end(() => pipe.destroy());
      }),
  };
}

/** Opened as usual, a pipe without a reader would hold up the process for ever. */
async function pipeWithReader(path: string): Promise<number> {
  for (let waited = 0; ; waited += interval) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (systemCode(error) !== "ENXIO") throw error;
      if (waited >= patience) throw new Error("a pipe that nobody reads");
    }
    await setTimeout(interval);
  }
}
