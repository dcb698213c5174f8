/** @file Folders that one process uses at a time: a lock that is made whole, and taken from a dead process by one alone. */

import { createHash, randomUUID } from "node:crypto";
import { link, lstat, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FoveaError } from "../foundation/error.js";
import { systemCode } from "./system-error.js";

/** What tells a process from all others. */
export interface ProcessMark {
  /** Its number. */
  readonly id: number;
  /** The machine that it runs on. Default: this one. */
  readonly host?: string | undefined;
  /** Which start of the machine that was, and among which processes it has its number. Default: as here and now. */
  readonly space?: string | undefined;
  /** When it began, since its number may have been another's before. Default: at any time. */
  readonly began?: string | undefined;
}

/** `elsewhere`: where nobody here can look, as on another machine. */
export type ProcessState = "running" | "ended" | "elsewhere";

/** The process that locks a folder, as whoever runs it tells: the library does not look at its process. */
export interface LockOwner {
  readonly mark: () => ProcessMark;
  readonly stateOf: (mark: ProcessMark) => ProcessState;
}

/** A folder that is locked until it is released. */
export interface FolderLock {
  /** Whether it still is: the user may have removed the lock. */
  readonly isHeld: () => Promise<boolean>;
  readonly release: () => Promise<void>;
}

/** A lock that lies in a folder, or a claim to remove one. */
interface Found {
  /** Unlike that of every other lock that ever was. */
  readonly token: string;
  /** Undefined where none can be read, as nobody writes it who is still running. */
  readonly mark: ProcessMark | undefined;
}

/** A process that tries to lock a folder. */
interface Contender {
  readonly folder: string;
  /** The file that becomes its lock, or its claim, by another name. */
  readonly own: string;
  readonly owner: LockOwner;
}

const name = "lock";
/** Begins the names of what lies beside the lock for a moment. */
const beside = "lock.";
const claim = ".claim";

/** How often, and with how many milliseconds in between, a folder is tried while others settle which of them has it. */
const mostAttempts = 500;
const pause = 10;
/** Milliseconds after which a file that nothing was written into was left by a process that is no more. */
const writingTime = 60_000;
/** Bytes of the largest lock. */
const mostBytes = 4096;

/**
 * Locks a folder. The lock is a link to a file that was written before: whoever looks sees a whole one or none. That of a process which
 * has ended is removed by whoever holds the one claim to it, a link as well, which is named after the lock's token; a claim of a process
 * that has ended is claimed in the same way. So nothing is removed but the very lock that was looked at.
 *
 * @throws FoveaError `bad-input` while another process has it, `bad-file` where its lock is no file; and the file system's error
 */
export async function lockFolder(folder: string, owner: LockOwner): Promise<FolderLock> {
  const token = randomUUID();
  const path = join(folder, name);
  const own = join(folder, beside + token);
  await writeFile(own, JSON.stringify({ token, ...owner.mark() }), { flag: "wx" });
  try {
    await contend({ folder, own, owner });
  } finally {
    await rm(own, { force: true });
  }
  await removeRemains(folder, token, owner);
  const isHeld = async () => (await foundAt(path))?.token === token;
  return {
    isHeld,
    async release() {
      if (await isHeld()) await rm(path, { force: true });
    },
  };
}

/** Comes back when the folder is locked. */
async function contend({ folder, own, owner }: Contender): Promise<void> {
  const path = join(folder, name);
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    if (await isLinked(own, path)) return;
    const found = await foundAt(path);
    if (found === undefined) continue;
    if (stateOf(found, owner) !== "ended") throw inUse(folder, found, owner);
    const rival = await removeLock(found, { folder, own, owner });
    if (rival && stateOf(rival, owner) === "elsewhere") throw inUse(folder, rival, owner);
    if (rival) await sleep(pause);
  }
  throw new FoveaError("bad-input", `${folder}: the cache is in use: expected it to become free, got none: try again`);
}

/**
 * Removes the lock of a process that has ended, or leaves it to another process.
 * @returns who has the claim to it, if another one does
 */
async function removeLock(lock: Found, { folder, own, owner }: Contender): Promise<Found | undefined> {
  const path = join(folder, name);
  const claims: string[] = [];
  let holder = lock;
  for (;;) {
    const place = join(folder, beside + holder.token + claim);
    claims.push(place);
    if (await isLinked(own, place)) break;
    const rival = await foundAt(place);
    if (rival === undefined || stateOf(rival, owner) !== "ended" || claims.length > mostAttempts) return rival;
    holder = rival;
  }
  // It may have been removed before this process had its claim; another one is not meant.
  if ((await foundAt(path))?.token === lock.token) await rm(path, { force: true });
  for (const place of claims) await rm(place, { force: true });
  return undefined;
}

/** Removes what processes left that were killed in locking. Claims are to locks that are no more, since this process has the folder. */
async function removeRemains(folder: string, token: string, owner: LockOwner): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith(beside) || entry.startsWith(beside + token)) continue;
    const path = join(folder, entry);
    if (entry.endsWith(claim) || (await isLeft(path, owner))) await rm(path, { force: true });
  }
}

async function isLeft(path: string, owner: LockOwner): Promise<boolean> {
  const found = await foundAt(path);
  if (found?.mark) return stateOf(found, owner) === "ended";
  const status = await lstat(path).catch(() => undefined);
  return status !== undefined && Date.now() - status.mtimeMs > writingTime;
}

function stateOf({ mark }: Found, owner: LockOwner): ProcessState {
  return mark === undefined ? "ended" : owner.stateOf(mark);
}

function inUse(folder: string, found: Found, owner: LockOwner): FoveaError {
  const { id, host } = found.mark ?? { id: 0 };
  const isElsewhere = stateOf(found, owner) === "elsewhere";
  const machine = /^[\w.-]{1,64}/.exec(host ?? "")?.[0] ?? "another machine";
  const who = `process ${id}${isElsewhere ? ` of ${machine}` : ""}`;
  const otherwise = isElsewhere ? `; if it is no more, remove ${join(folder, name)}` : "";
  const advice = `wait for it to end, or keep this one elsewhere with --cache${otherwise}`;
  return new FoveaError("bad-input", `${folder}: the cache is in use by ${who}: ${advice}`);
}

/** Whether a file could be given a name more, which nothing had. */
async function isLinked(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** The lock or the claim at a path; undefined where there is none. */
async function foundAt(path: string): Promise<Found | undefined> {
  try {
    const { ino, mtimeMs, size, isFile } = await statusOf(path);
    if (!isFile) {
      throw new FoveaError("bad-file", `${path}: expected a lock, got something else than a file: remove it`);
    }
    const text = size > mostBytes ? "" : await readFile(path, "utf8");
    // Earlier versions wrote the process's number alone, and a machine that lost its power may have written anything.
    const token = createHash("sha256").update(`${ino} ${mtimeMs} ${text}`).digest("hex");
    return readFound(text) ?? { token, mark: /^[1-9]\d{0,9}$/.test(text) ? { id: Number(text) } : undefined };
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function statusOf(path: string) {
  const status = await lstat(path);
  const { ino, mtimeMs, size } = status;
  return { ino, mtimeMs, size, isFile: status.isFile() };
}

function readFound(text: string): Found | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || !("token" in value) || !("id" in value)) return undefined;
  const { token, id } = value;
  if (typeof token !== "string" || !/^[\w-]{1,64}$/.test(token) || typeof id !== "number") return undefined;
  if (!Number.isSafeInteger(id) || id < 1) return undefined;
  const field = (key: "host" | "space" | "began") => {
    const part: unknown = new Map<string, unknown>(Object.entries(value)).get(key);
    return typeof part === "string" ? part.slice(0, 256) : undefined;
  };
  return { token, mark: { id, host: field("host"), space: field("space"), began: field("began") } };
}
