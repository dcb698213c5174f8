/** @file A hash that tells large files apart. */

import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { contentHash } from "../../src/files/content-hash.js";
import { workFolder } from "../cli/fovea.js";

const folder = workFolder();

it("contentHash is SHA-256 of the size and the whole of a small file", () => {
  const path = join(folder, "small");
  writeFileSync(path, "weights");
  expect(contentHash(path)).toBe(createHash("sha256").update("7\nweights").digest("hex"));
});

it("contentHash tells large files apart by any stretch of 128 KiB and by their size", () => {
  const path = join(folder, "large");
  const size = 6 * 2 ** 20;
  const hashOf = (bytes: Uint8Array) => {
    writeFileSync(path, bytes);
    return contentHash(path);
  };
  const plain = hashOf(new Uint8Array(size));
  expect(hashOf(new Uint8Array(size))).toBe(plain);
  const changed = [0, size / 2, size - 2 ** 17].map((at) => hashOf(new Uint8Array(size).fill(1, at, at + 2 ** 17)));
  expect(new Set([plain, ...changed, hashOf(new Uint8Array(size + 1))]).size).toBe(5);
});

it("contentHash refuses a folder", () => {
  expect(() => contentHash(folder)).toThrow("expected a regular file, got a folder");
});
