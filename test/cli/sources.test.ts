/** @file Commands on datasets that are not folders: archives and tables on disk, and photos in a bucket. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parquetPieces } from "../../src/data/parquet/write.js";
import { testFolder } from "../data/photos/folder.js";
import { coloured, colourModel, patched } from "../support/images/colour-photos.js";
import { share } from "../support/share.js";
import { bucket, type S3Server, serveBucket } from "../support/stores/s3.js";
import { type TarEntry, tarOf } from "../support/stores/tar.js";
import { fovea } from "./fovea.js";

const folder = testFolder();
let server: S3Server;
afterAll(async () => {
  folder.remove();
  await server.close();
});

const [red, green] = [
  [250, 20, 20],
  [20, 250, 20],
] as const;

interface Row {
  readonly image: Uint8Array;
  readonly label: string;
}

beforeAll(async () => {
  const rows: Row[] = [];
  for (let i = 0; i < 6; i++) {
    rows.push({ image: await coloured(red, [12 + i, 10]), label: "red" });
    rows.push({ image: await coloured(green, [12 + i, 10]), label: "green" });
  }
  const sample = ({ image, label }: Row, i: number): TarEntry[] => [
    [`${i}.png`, image],
    [`${i}.cls`, label],
  ];
  const pieces: Uint8Array[] = [];
  for await (const piece of parquetPieces({ image: "bytes", label: "string" } as const, rows)) pieces.push(piece);
  const box = { x: 4, y: 2, width: 6, height: 6 };
  const boxed = await Promise.all(
    [red, green, red, green].map(
      async (rgb, i): Promise<TarEntry[]> => [
        [`${i}.png`, await patched(rgb, box, [24, 16])],
        [`${i}.json`, JSON.stringify({ label: rgb === red ? "red" : "green", boxes: [[4, 2, 10, 8]] })],
      ],
    ),
  );
  await folder.write({
    "model.onnx": colourModel(["red", "green", "blue"]),
    "shards/test-000.tar": await tarOf(rows.slice(0, 6).flatMap(sample)),
    "shards/test-001.tar": await tarOf(rows.slice(6).flatMap(sample)),
    "photos.parquet": Buffer.concat(pieces),
    "boxed.tar": await tarOf(boxed.flat()),
    "broken.tar": "no archive",
  });
  server = await serveBucket();
  for (const [i, { image, label }] of rows.entries()) await server.put(`set/test/${label}/${i}.png`, image);
  await server.put("set/broken/1.png", new TextEncoder().encode("no picture"));
}, 20_000);

const run = (...args: string[]) =>
  fovea(folder.path, args, { ...server.variables, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" });

const places = [
  ["shards", "shards"],
  ["a range of shards", "shards/test-{000..001}.tar"],
  ["a table", "photos.parquet"],
  ["a bucket", `s3://${bucket}/set/test`],
];

describe("fovea", () => {
  it.each(share(places, 3))("data, evaluate and explain take %s", async (_, place) => {
    const described = await run("data", place, "--json");
    expect([described.code, described.err]).toEqual([0, ""]);
    expect(JSON.parse(described.out)).toMatchObject({ name: place, classes: ["green", "red"], skipped: [] });
    const { code, out, err } = await run("evaluate", "model.onnx", place, "--split", "all", "--json");
    expect([code, err]).toEqual([0, ""]);
    expect(JSON.parse(out)).toMatchObject({ count: 12, correct: 12 });
    const explained = await run(
      "explain",
      "model.onnx",
      place,
      "--out",
      `maps of ${_}`,
      "--json",
      "--layer",
      "features",
    );
    expect(explained.code).toBe(0);
    const { results } = JSON.parse(explained.out);
    expect(results).toHaveLength(12);
    for (const { written } of results) expect(existsSync(join(folder.path, [written].flat()[0]))).toBe(true);
    expect(existsSync(join(folder.path, "s3:"))).toBe(false);
  });

  it("localise takes the boxes of an archive", async () => {
    const args = ["boxed.tar", "--split", "all", "--layer", "features", "--json"];
    const { code, out } = await run("localise", "model.onnx", ...args);
    expect(code).toBe(0);
    expect(JSON.parse(out).overall).toMatchObject({ photos: 4 });
  });

  it("train learns from a table", async () => {
    const args = ["--net", "photo", "--size", "16", "--epochs", "1", "--out", "trained.onnx", "--json"];
    const { code, err } = await run("train", "photos.parquet", ...args);
    expect([code, err.split("\n").filter((line) => line.includes("expected"))]).toEqual([0, []]);
    expect(existsSync(join(folder.path, "trained.onnx"))).toBe(true);
  }, 30_000);

  it("says in one line what is wrong with an archive, an address, and a photo in a bucket", async () => {
    const broken = await run("evaluate", "model.onnx", "broken.tar");
    expect([broken.code, broken.err]).toEqual([
      2,
      "fovea: broken.tar: expected the header of a tar archive at byte 0, got a file that ends within a header\n",
    ]);
    const away = await run("explain", "model.onnx", "s3://elsewhere/photos");
    expect([away.code, away.err]).toEqual([
      2,
      "fovea: s3://elsewhere/photos/: expected a bucket, got none that is called elsewhere\n",
    ]);
    const damaged = await run("explain", "model.onnx", `s3://${bucket}/set/broken`, "--layer", "features");
    expect(damaged.code).toBe(1);
    expect(damaged.err).toMatch(
      /^fovea: s3:\/\/photos\/set\/broken\/1\.png: image: expected a JPEG, .* file, got .*\n/,
    );
  });
});
