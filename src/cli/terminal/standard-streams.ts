/** @file Standard output and standard error of this process: nothing of them is lost in silence. */

import { fstatSync, writeSync } from "node:fs";
import type { WriteStream } from "node:tty";
import { systemCode, systemReason } from "../../files/system-error.js";
import { removeTemporaries } from "../../files/write/temporary.js";
import { interruptWork, signalCode } from "./interrupt.js";
import { exitCodes } from "./job.js";
import { screen } from "./print.js";

type StandardStream = WriteStream & { fd: 1 | 2 };

let code: number | undefined;

/**
 * Work ends in order, as after Ctrl-C, once its results cannot be written, or nobody reads any more (`fovea ... | head`), which is no
 * error to tell of. Notes that cannot be written are no reason to end.
 */
export function watchStandardStreams(): void {
  if (process.stdout.listeners("error").includes(endOutput)) return;
  for (const stream of [process.stdout, process.stderr]) writeWhole(stream);
  process.stdout.on("error", endOutput);
  process.stderr.on("error", endNotes);
  process.on("exit", () => {
    if (code !== undefined) process.exitCode = code;
  });
}

function endOutput(error: Error): void {
  if (code !== undefined) return;
  const isUnread = systemCode(error) === "EPIPE";
  const got = systemReason(error);
  if (!isUnread) screen.error(`fovea: standard output: cannot be written: expected a place for results, got ${got}`);
  end(isUnread ? signalCode("SIGINT") : exitCodes.badInput);
}

function endNotes(error: Error): void {
  if (code === undefined && systemCode(error) === "EPIPE") end(signalCode("SIGINT"));
}

function end(exitCode: number): void {
  code = exitCode;
  screen.close();
  if (interruptWork()) return;
  removeTemporaries();
  process.exit(exitCode);
}

/** Where a file takes only a part of a text, since its disk is full, Node's own stream drops the rest and says nothing. */
function writeWhole(stream: StandardStream): void {
  if (!isFile(stream.fd)) return;
  stream._write = (piece: Uint8Array, _encoding, done) => {
    try {
      for (let at = 0; at < piece.length; ) at += writeSync(stream.fd, piece, at);
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    done();
  };
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}
