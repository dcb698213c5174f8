/** @file What stands at a path that is written: links, permissions, devices and pipes stay what they are. */

import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  createReadStream,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeFileAtomically } from "../../../src/files/atomic.js";
import { isStream } from "../../../src/files/write/destination.js";
import { everything } from "../../support/share.js";

const isRoot = process.getuid?.() === 0;
let folder: string;
const at = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const refused = (got: string) => `cannot be written: expected a place to write a file, got ${got}`;

describe("a link stays, and what it leads to is written", () => {
  it("through several links and folders, and keeps the target's permissions", async () => {
    mkdirSync(at("real"));
    writeFileSync(at("real/file"), "old", { mode: 0o640 });
    chmodSync(at("real/file"), 0o640);
    symlinkSync("real", at("folder"));
    symlinkSync("folder/file", at("near"));
    symlinkSync(at("near"), at("link"));
    await writeFileAtomically(at("link"), "new");
    expect(readFileSync(at("real/file"), "utf8")).toBe("new");
    expect(statSync(at("real/file")).mode & 0o777).toBe(0o640);
    expect([readlinkSync(at("link")), readlinkSync(at("near"))]).toEqual([at("near"), "folder/file"]);
    expect(readdirSync(at("real"))).toEqual(["file"]);
    expect(readdirSync(folder).sort()).toEqual(["folder", "link", "near", "real"]);
  });

  it("also where it leads to a file that is not there yet", async () => {
    mkdirSync(at("real"));
    mkdirSync(at("other"));
    symlinkSync("../other", at("real/way"));
    symlinkSync("real/way/../file", at("first"));
    symlinkSync("first", at("link"));
    await writeFileAtomically(at("link"), "new");
    // The way back is from where the link in the middle leads.
    expect(readFileSync(at("file"), "utf8")).toBe("new");
    expect(lstatSync(at("link")).isSymbolicLink()).toBe(true);
    symlinkSync("gone/file", at("lost"));
    await expect(writeFileAtomically(at("lost"), "new")).rejects.toThrow(refused("a folder that can't be made"));
  });
});

it("a link out of its folder is refused under a name that nobody gave, in whatever way it leads there", async () => {
  mkdirSync(at("photos/deeper"), { recursive: true });
  writeFileSync(at("precious"), "old");
  symlinkSync("../precious", at("photos/near.png"));
  symlinkSync(at("gone"), at("photos/new.png"));
  symlinkSync("near.png", at("photos/far.png"));
  symlinkSync("deeper/inside.png", at("photos/inside.png"));
  symlinkSync("photos", at("folder"));
  for (const name of ["near.png", "new.png", "far.png"]) {
    const attempt = writeFileAtomically(at(`folder/${name}`), "new", { isOurName: true });
    await expect(attempt).rejects.toThrow(refused("a link out of its folder: remove it, or write elsewhere"));
  }
  expect([readFileSync(at("precious"), "utf8"), readdirSync(folder).sort()]).toEqual([
    "old",
    ["folder", "photos", "precious"],
  ]);
  for (const name of ["inside.png", "plain.png"])
    await writeFileAtomically(at(`folder/${name}`), "new", { isOurName: true });
  expect(readFileSync(at("photos/deeper/inside.png"), "utf8")).toBe("new");
  await writeFileAtomically(at("folder/near.png"), "new");
  expect(readFileSync(at("precious"), "utf8")).toBe("new");
});

describe("permissions", () => {
  it.each([0o600, 0o755, 0o664])("%o stay those of the file that is replaced", async (mode) => {
    writeFileSync(at("file"), "old");
    chmodSync(at("file"), mode);
    await writeFileAtomically(at("file"), "new");
    expect(statSync(at("file")).mode & 0o777).toBe(mode);
    expect(readFileSync(at("file"), "utf8")).toBe("new");
  });

  it.runIf(isRoot)("and owner stay, where the system lets us", async () => {
    writeFileSync(at("file"), "old", { mode: 0o660 });
    chmodSync(at("file"), 0o660);
    chownSync(at("file"), 12345, 54321);
    await writeFileAtomically(at("file"), "new");
    const { uid, gid, mode } = statSync(at("file"));
    expect([uid, gid, mode & 0o777]).toEqual([12345, 54321, 0o660]);
  });

  it.each([0o444, 0o555, 0o000])("%o protect the file, from the superuser as well", async (mode) => {
    writeFileSync(at("file"), "old");
    chmodSync(at("file"), mode);
    const attempt = writeFileAtomically(at("file"), "new");
    await expect(attempt).rejects.toThrow(refused("a write-protected file: name another one, or make it writable"));
    chmodSync(at("file"), 0o600);
    expect(readFileSync(at("file"), "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("of a new file are the usual ones", async () => {
    await writeFileAtomically(at("file"), "new");
    expect(statSync(at("file")).mode & 0o777).toBe(0o666 & ~process.umask());
  });
});

describe.runIf(process.platform === "linux")("what is no file stays what it is", () => {
  /** A device of its own for the superuser, who could replace the machine's. */
  function device(name: string, minor: number): string {
    if (!isRoot) return join("/dev", name);
    execFileSync("mknod", ["-m", "666", at(name), "c", "1", String(minor)]);
    return at(name);
  }

  it("a device, into which is written", async () => {
    const path = device("null", 3);
    expect(isStream(path)).toBe(true);
    await writeFileAtomically(path, "new");
    expect(statSync(path).isCharacterDevice()).toBe(true);
    symlinkSync(path, at("link.png"));
    await writeFileAtomically(at("link.png"), "new");
    expect([lstatSync(at("link.png")).isSymbolicLink(), statSync(path).isCharacterDevice()]).toEqual([true, true]);
  });

  it("a device that is full, which is said", async () => {
    const path = device("full", 7);
    await expect(writeFileAtomically(path, "new")).rejects.toThrow(`${path}: ${refused("a full disk")}`);
    expect(statSync(path).isCharacterDevice()).toBe(true);
  });

  it("a pipe, through which all bytes come", async () => {
    execFileSync("mkfifo", [at("pipe")]);
    const bytes = Uint8Array.from({ length: 1_000_000 }, (_, i) => i % 251);
    const reading = buffer(createReadStream(at("pipe")));
    await writeFileAtomically(at("pipe"), bytes);
    expect(Buffer.compare(await reading, bytes)).toBe(0);
    expect(isStream(at("pipe")) && statSync(at("pipe")).isFIFO()).toBe(true);
  });

  it.runIf(everything)("a pipe that nobody reads, or reads to its end", async () => {
    execFileSync("mkfifo", [at("pipe")]);
    const unread = refused("a pipe that nobody reads");
    await expect(writeFileAtomically(at("pipe"), "new")).rejects.toThrow(unread);
    const reader = createReadStream(at("pipe"), { end: 9 });
    reader.resume();
    await expect(writeFileAtomically(at("pipe"), new Uint8Array(1_000_000))).rejects.toThrow(unread);
  });

  it("a socket, and for the superuser a disk, which are refused", async () => {
    const server = createServer().listen(at("socket"));
    await new Promise((resolve) => server.once("listening", resolve));
    await expect(writeFileAtomically(at("socket"), "new")).rejects.toThrow(refused("a socket"));
    server.close();
    if (!isRoot) return;
    execFileSync("mknod", [at("disk"), "b", "7", "255"]);
    await expect(writeFileAtomically(at("disk"), "new")).rejects.toThrow(refused("a disk"));
    expect(statSync(at("disk")).isBlockDevice()).toBe(true);
  });

  it("and nothing else is a device or a pipe", () => {
    writeFileSync(at("file"), "");
    expect([at("file"), folder, at("gone"), at("file/below")].map(isStream)).toEqual([false, false, false, false]);
  });
});
