/** @file Packages of stores' own clients that are missing, addresses of buckets, and blocks that are kept of files. */

import { describe, expect, it } from "vitest";
import { cachedBlocks } from "../../../src/data/stores/block-cache.js";
import { bucketAndKey, clientPackage } from "../../../src/data/stores/net/client-package.js";
import { bytesAsSource } from "../../../src/files/input/byte-source.js";
import type { RandomAccess } from "../../../src/files/input/random-access.js";
import { random } from "../../../src/foundation/random.js";

describe("clientPackage", () => {
  it("names the package that is missing, and how it is installed", async () => {
    const missing = Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
    const opening = clientPackage("s3://bucket/photos", "@aws-sdk/client-s3", () => Promise.reject(missing));
    await expect(opening).rejects.toMatchObject({
      code: "bad-input",
      message: "s3://bucket/photos: expected the package that reads s3://, got none: npm install @aws-sdk/client-s3",
    });
    const broken = clientPackage("s3://bucket", "@aws-sdk/client-s3", () => Promise.reject(new Error("broken")));
    await expect(broken).rejects.toThrow("broken");
  });
});

describe("bucketAndKey", () => {
  it("divides an address, whatever characters the key has", () => {
    expect(bucketAndKey("s3://my.bucket/a b/ü?x#y/1.png")).toEqual({ bucket: "my.bucket", key: "a b/ü?x#y/1.png" });
    expect(bucketAndKey("gs://bucket")).toEqual({ bucket: "bucket", key: "" });
    expect(() => bucketAndKey("gs://a_b*c/x")).toThrow("expected gs://bucket/path, got a bucket of another name");
  });
});

describe("cachedBlocks", () => {
  it("gives the same bytes as the file, wherever they lie, in fewer reads", async () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) % 251);
    const { read } = bytesAsSource(bytes, "bytes");
    let reads = 0;
    const file: RandomAccess = {
      where: "bytes",
      byteLength: bytes.length,
      read: async (offset, length) => {
        reads++;
        return read(offset, length);
      },
      close: async () => undefined,
    };
    const cached = cachedBlocks(file, { block: 64, blocks: 3 });
    const source = random("blocks");
    for (let i = 0; i < 500; i++) {
      const offset = Math.floor(source.uniform() * 1000);
      const length = Math.floor(source.uniform() * Math.min(300, 1000 - offset));
      expect(await cached.read(offset, length)).toEqual(bytes.subarray(offset, offset + length));
    }
    reads = 0;
    for (let offset = 0; offset < 1000; offset += 10) await cached.read(offset, 10);
    expect(reads).toBeLessThanOrEqual(16);
    await expect(cached.read(990, 11)).rejects.toThrow("bytes: expected bytes 990 + 11, got 1000 in all");
  });
});
