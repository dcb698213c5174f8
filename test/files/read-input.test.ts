/** @file Files that a user names: regular ones below the size of their kind, and the process's own streams. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { readNpyFile } from "../../src/cli/inputs/read-input.js";
import { isImage } from "../../src/data/find-images.js";
import { firstCopies } from "../../src/data/photos/copies/copies.js";
import { bytesAsSource, partOf } from "../../src/files/input/byte-source.js";
import { inputKinds } from "../../src/files/input/input-kinds.js";
import { readInput, readInputSync, readStream } from "../../src/files/input/read-input.js";
import { startOfFile } from "../../src/files/kinds/start-of-file.js";
import { bytesInWords } from "../../src/foundation/words.js";
import { decodeImage, imageSize } from "../../src/image/node.js";
import { labelsAt } from "../../src/model/node.js";

const folder = mkdtempSync(join(tmpdir(), "fovea-input-"));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
execFileSync("mkfifo", [at("fifo")]);
symlinkSync("/dev/zero", at("zero"));
symlinkSync(at("fifo"), at("link to a pipe"));
mkdirSync(at("folder"));
writeFileSync(at("file"), "a\nb\n");
symlinkSync(at("file"), at("link"));

const others = ["fifo", "zero", "link to a pipe", "folder"];

describe("a file that a user names", () => {
  it("is read through a link", async () => {
    expect(new TextDecoder().decode(await readInput(at("link"), "labels"))).toBe("a\nb\n");
    expect(new TextDecoder().decode(readInputSync(at("link"), "labels"))).toBe("a\nb\n");
  });

  it("is shown where its name is empty", async () => {
    await expect(readInput("", "labels")).rejects.toThrow('"": labels: expected a file, got none there');
  });

  it.each(others)("is refused at once where it is no regular file: %s", async (name) => {
    const sentence = /expected a regular file, got a (folder|pipe or a device)$/;
    await expect(readInput(at(name), "labels")).rejects.toThrow(sentence);
    await expect(labelsAt(at(name))).rejects.toThrow(`${at(name)}: labels: expected a regular file`);
    await expect(decodeImage(at(name))).rejects.toThrow(`${at(name)}: image: expected a regular file`);
    await expect(imageSize(at(name))).rejects.toThrow(`${at(name)}: image: expected a regular file`);
    await expect(readNpyFile(at(name))).rejects.toThrow(`${at(name)}: array: expected a regular file`);
    expect(startOfFile(at(name))).toBeUndefined();
    expect(await isImage(at(name))).toBe(false);
  });

  it.each(Object.entries(inputKinds))(
    "is refused where it is larger than a file of its kind: %s",
    async (kind, { most }) => {
      const path = at(`large ${kind}`);
      writeFileSync(path, "");
      truncateSync(path, most + 1);
      const sentence = `expected a file of at most ${bytesInWords(most)}, got ${bytesInWords(most + 1)}`;
      await expect(readInput(path, kind as keyof typeof inputKinds)).rejects.toThrow(sentence);
      rmSync(path);
    },
  );

  it("is not waited for where two pipes look like copies", async () => {
    await expect(firstCopies([{ path: at("fifo") }, { path: at("link to a pipe") }])).rejects.toThrow(
      "expected a regular file",
    );
    expect(await firstCopies([{ path: at("file") }, { path: at("folder") }, { path: at("link") }])).toEqual([0, 1, 0]);
  });
});

describe("a stream", () => {
  it("without an end is read no further than a file of its kind may be", async () => {
    let pieces = 0;
    async function* endless() {
      for (;;) {
        pieces++;
        yield new Uint8Array(2 ** 20);
      }
    }
    await expect(readStream(Readable.from(endless()), "labels", "it")).rejects.toThrow(
      "it: expected a file of at most 16 MiB, got 17 MiB or more",
    );
    expect(pieces).toBeLessThan(40);
  });
});

describe("bytes that are read part by part", () => {
  it("are those of the part, and none beyond it", () => {
    const part = partOf(bytesAsSource(Uint8Array.from([1, 2, 3, 4, 5]), "it"), 1, 3);
    expect([...part.read(1, 2)]).toEqual([3, 4]);
    expect(() => part.read(2, 2)).toThrow("expected bytes 2 + 2, got a part of 3");
    expect(() => part.read(-1, 1)).toThrow("expected bytes -1 + 1");
  });

  it("are told in words that are never below their number", () => {
    expect([17, 2 ** 20, 2 ** 24 + 1, 3 * 2 ** 30].map(bytesInWords)).toEqual([
      "17 bytes",
      "1 MiB",
      "16.1 MiB",
      "3 GiB",
    ]);
  });
});
