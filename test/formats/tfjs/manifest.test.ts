/** @file The weights of TensorFlow.js models: what is declared is read, each file once, and nothing more. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { graphAt } from "../../../src/formats/node.js";
import { readManifest } from "../../../src/formats/tfjs/manifest.js";
import { FoveaError } from "../../../src/foundation/error.js";

const weight = (name: string, shape: readonly number[], dtype = "float32") => ({ name, shape, dtype });

/** What is read, and of which files how many bytes were allowed. */
function reading(manifest: unknown, shards: Readonly<Record<string, number>>) {
  const asked: [string, number][] = [];
  const weights = readManifest(
    manifest,
    (path, most) => {
      asked.push([path, most]);
      return new Uint8Array(Math.min(shards[path] ?? 0, most + 1)).fill(asked.length);
    },
    "m",
  );
  return { weights, asked };
}

describe("the manifest of weights", () => {
  it("is read shard by shard, each for what is still missing", () => {
    const weights = [weight("a/kernel:0", [3]), weight("a/bias", [2], "uint8")];
    const read = reading([{ paths: ["s1", "s2"], weights }], { s1: 8, s2: 6 });
    expect(read.asked).toEqual([
      ["s1", 14],
      ["s2", 6],
    ]);
    expect(read.weights.map(({ name, bytes }) => [name, [...bytes]])).toEqual([
      ["a/kernel", [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2]],
      ["a/bias", [2, 2]],
    ]);
  });

  it.each<[string, unknown, RegExp]>([
    [
      "names a file 50,000 times",
      [{ paths: Array(50_000).fill("s"), weights: [weight("a", [1e6])] }],
      /each file of weights once/,
    ],
    ["names a file in two ways", [{ paths: ["s", "./s"], weights: [weight("a", [8])] }], /each file of weights once/],
    [
      "names a file in two groups",
      [
        { paths: ["s"], weights: [] },
        { paths: ["s"], weights: [] },
      ],
      /each file of weights once/,
    ],
    [
      "declares less than a file has",
      [{ paths: ["s"], weights: [weight("a", [7])] }],
      /expected 28 bytes of weights, as it declares, got more in "s"$/,
    ],
    [
      "declares more than files have",
      [{ paths: ["s"], weights: [weight("a", [9])] }],
      /weights "a": expected 36 bytes in s, got 32$/,
    ],
    [
      "declares numbers by the billion",
      [{ paths: ["s"], weights: [weight("a", [2 ** 31, 2 ** 31])] }],
      /expected at most 2 GiB of numbers/,
    ],
    [
      "declares small numbers by the billion",
      [{ paths: ["s"], weights: [weight("a", [2 ** 30], "uint8")] }],
      /expected at most 2 GiB of numbers, got 4 GiB/,
    ],
    ["declares what is no size", [{ paths: ["s"], weights: [weight("a", [-1])] }], /shape: expected sizes/],
    ["declares texts", [{ paths: ["s"], weights: [weight("a", [1], "string")] }], /expected numbers, got "string"/],
  ])("that %s is refused in one sentence", (_, manifest, sentence) => {
    expect(() => reading(manifest, { s: 32 })).toThrow(FoveaError);
    expect(() => reading(manifest, { s: 32 })).toThrow(sentence);
  });
});

describe("the files of a model.json", () => {
  const folder = mkdtempSync(join(tmpdir(), "fovea-tfjs-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "vast.bin"), "");
  truncateSync(join(folder, "vast.bin"), 3e9);
  execFileSync("mkfifo", [join(folder, "fifo.bin")]);
  const dense = { class_name: "Dense", config: { name: "d", units: 2, batch_input_shape: [null, 4] } };
  const topology = { class_name: "Sequential", config: { layers: [dense] } };

  it.each([
    ["vast.bin", /expected 32 bytes of weights, as it declares, got more in "vast\.bin"$/],
    ["fifo.bin", /expected a regular file, got a pipe or a device$/],
    ["../outside.bin", /model\.json: weights at "\.\.\/outside\.bin": /],
    ["/etc/passwd", /model\.json: weights at "\/etc\/passwd": /],
    ["a\0.bin", /model\.json: weights at /],
  ])("are regular ones of its own folder, no larger than declared: %j", async (path, sentence) => {
    const weightsManifest = [{ paths: [path], weights: [weight("d/kernel", [4, 2])] }];
    writeFileSync(join(folder, "model.json"), JSON.stringify({ modelTopology: topology, weightsManifest }));
    await expect(graphAt(join(folder, "model.json"))).rejects.toThrow(sentence);
  });
});
