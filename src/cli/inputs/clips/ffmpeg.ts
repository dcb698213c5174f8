/** @file Runs ffmpeg and ffprobe, which the user has installed, on local files alone. */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { systemCode } from "../../../files/system-error.js";
import { FoveaError, shortened } from "../../../foundation/error.js";

/** Nothing is fetched, whatever a playlist or a clip names. */
export const localOnly = ["-protocol_whitelist", "file,pipe"] as const;

/** A path that is taken for a file, also one with a colon. */
export function filePath(path: string): string {
  return `file:${path}`;
}

/** A program at work. */
export interface Tool {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves when it has ended well. @throws FoveaError `bad-file` with its own words, `bad-input` where it is not installed */
  readonly ended: Promise<void>;
  /** Ends it, without an error. */
  stop(): Promise<void>;
}

/** Its complaints that are kept. */
const mostWords = 4000;

/** @param where begins the errors, best the file's name */
export function runTool(name: "ffmpeg" | "ffprobe", args: readonly string[], where: string): Tool {
  const quiet = name === "ffmpeg" ? ["-hide_banner", "-loglevel", "error"] : ["-v", "error"];
  // In a group of its own: Ctrl-C is for us to answer.
  const child = spawn(name, [...quiet, ...args], {
    stdio: "pipe",
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(0, mostWords);
  });
  // A program that ends early closes its input: its own words tell why.
  child.stdin.on("error", () => undefined);
  let stopped = false;
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", (cause) => reject(systemCode(cause) === "ENOENT" ? notInstalled(name, where) : cause));
    child.once("close", (code) => {
      if (code === 0 || stopped) resolve();
      else
        reject(
          new FoveaError("bad-file", `${where}: expected a clip that ${name} can read, got: ${firstWords(words)}`),
        );
    });
  });
  ended.catch(() => undefined);
  return {
    child,
    ended,
    stop: async () => {
      stopped = true;
      child.kill("SIGKILL");
      await ended.catch(() => undefined);
    },
  };
}

/** All that a program prints. */
export async function outputOf(tool: Tool): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of tool.child.stdout) parts.push(part);
  await tool.ended;
  return Buffer.concat(parts).toString("utf8");
}

/** Writes to a program, no faster than it reads. @throws as `ended` where it has ended */
export async function feed({ child, ended }: Tool, bytes: Uint8Array): Promise<void> {
  const { stdin } = child;
  if (stdin.destroyed || !stdin.writable) return ended;
  if (!stdin.write(bytes)) await Promise.race([once(stdin, "drain"), ended]);
}

function notInstalled(name: string, where: string): FoveaError {
  const how = "apt install ffmpeg, brew install ffmpeg, or winget install ffmpeg";
  return new FoveaError("bad-input", `${where}: expected ${name} on the path to read clips, found none: ${how}`);
}

/** The line that says most: the first, without the memory addresses that ffmpeg puts before it. */
function firstWords(words: string): string {
  const lines = words.split(/\r?\n/).flatMap((line) => {
    const plain = line.replace(/^\[[^\]]*\]\s*/, "").trim();
    return plain === "" ? [] : [plain];
  });
  return shortened((lines[0] ?? "an error without words").replace(/^file:/, ""));
}
