/** @file Reports in parts: merged they are the report of all images, to the last byte, whatever happened to the parts. */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cp, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { readParquetRows } from "../../../src/data/parquet/read.js";
import { embeddedModelPath } from "../../../src/explain/node.js";
import { digitFiles } from "../../support/images/digit-folder.js";
import { fovea, start, workFolder } from "../fovea.js";

const folder = workFolder();
const at = (...names: string[]) => join(folder, ...names);
const run = (...args: string[]) => fovea(folder, args);
const model = embeddedModelPath;
const images = 2000;
const shards = 7;

/** Drawn digits, of which some have a wrong label, one is no picture, and others are nearly the same. */
beforeAll(async () => {
  for (const [i, { digit, bytes }] of (await digitFiles(images)).entries()) {
    const label = i % 23 === 0 ? (digit + 1) % 10 : digit;
    mkdirSync(at("photos", String(label)), { recursive: true });
    writeFileSync(at("photos", String(label), `${String(i).padStart(5, "0")}.png`), bytes);
    if (i === 40) writeFileSync(at("photos", String(label), "again.png"), bytes);
  }
  writeFileSync(at("photos", "3", "broken.png"), "no picture");
}, 120_000);

const report = (...more: string[]) => ["report", model, "photos", "--split", "all", "--errors", "6", ...more];
const shard = (i: number, ...more: string[]) => report("--shard", `${i}/${shards}`, "--out", "parts", ...more);

describe("fovea report --shard, and fovea merge", () => {
  it("give the report of one run, with a shard that was killed ten times and one that ran twice", {
    timeout: 600_000,
  }, async () => {
    expect((await run(...report("--out", "report.html"))).code).toBe(1);
    for (let i = 0; i < shards; i++) {
      for (let kills = 0; i === 3 && kills < 10; kills++) await killed(shard(i), 300 + 150 * kills);
      for (let times = i === 5 ? 2 : 1; times > 0; times--) expect((await run(...shard(i))).code).toBeLessThan(2);
    }
    mkdirSync(at("merged"), { recursive: true });
    const { code, err } = await run("merge", "parts", "--out", "merged/report.html");
    expect([code, err]).toEqual([1, expect.stringContaining("photos/3/broken.png")]);
    expect(readFileSync(at("merged", "report.html"), "utf8") === readFileSync(at("report.html"), "utf8")).toBe(true);
    expect(readdirSync(at("parts")).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  it("hold a row for each image, with hashes by which near copies are found", async () => {
    await run("merge", "parts", "--out", "all.parquet", "--near-copies", "near.csv");
    const rows = [];
    for await (const row of readParquetRows(at("all.parquet"))) rows.push(row);
    expect(rows).toHaveLength(images + 1);
    expect(new Set(rows.map(({ path }) => path)).size).toBe(images + 1);
    expect(rows.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(String(sha256)))).toBe(true);
    expect(rows.every(({ scores }) => Array.isArray(scores) && scores.length === 10)).toBe(true);
    expect(readFileSync(at("near.csv"), "utf8")).toMatch(
      /\/00040\.png,\d\/again\.png,0,|\/again\.png,\d\/00040\.png,0,/,
    );
  });

  it("are refused where a part is missing, damaged, of other settings or of another model", async () => {
    const [header, table] = ["part-00002-of-00007.json", "part-00002-of-00007.parquet"];
    await rename(at("parts", header), at("kept.json"));
    expect(await run("merge", "parts")).toMatchObject({
      code: 2,
      err: expect.stringContaining("run --shard 2/7 again"),
    });
    await rename(at("kept.json"), at("parts", header));
    await cp(at("parts", table), at("kept.parquet"));
    writeFileSync(at("parts", table), readFileSync(at("kept.parquet")).subarray(0, 2000));
    expect(await run("merge", "parts")).toMatchObject({ code: 2, err: expect.stringContaining(`parts/${table}`) });
    await rename(at("kept.parquet"), at("parts", table));
    await cp(at("parts"), at("mixed"), { recursive: true });
    const other = await run(...report("--shard", "2/7", "--out", "mixed", "--method", "hires-cam"));
    expect(other.code, other.err).toBe(0);
    expect(await run("merge", "mixed")).toMatchObject({
      code: 2,
      err: expect.stringContaining("of the same settings"),
    });
    expect(existsSync(at("parts", "report.html"))).toBe(false);
  });

  it("refuse what is no shard, and what is for all images", async () => {
    for (const text of ["7/7", "1", "a/b", "-1/3", "0/0"])
      expect(await run(...report("--shard", text))).toMatchObject({
        code: 2,
        err: expect.stringContaining("--shard: expected"),
      });
    const titled = await run(...report("--shard", "0/2", "--title", "Mine"));
    expect(titled).toMatchObject({ code: 2, err: expect.stringContaining("give it to fovea merge") });
    expect(await run("merge", "photos")).toMatchObject({ code: 2, err: expect.stringContaining("got none") });
  });
});

describe("workers, and attacks", () => {
  it("give the same report, too, of two models that are attacked and whose maps are tried", {
    timeout: 300_000,
  }, async () => {
    mkdirSync(at("few"), { recursive: true });
    for (const label of "0123456789")
      for (const name of readdirSync(at("photos", label)).slice(0, 7)) {
        mkdirSync(at("few", label), { recursive: true });
        await cp(at("photos", label, name), at("few", label, name));
      }
    const both = ["report", model, model, "few", "--split", "all", "--attack", "--trust", "--errors", "3"];
    mkdirSync(at("one"), { recursive: true });
    mkdirSync(at("two"), { recursive: true });
    expect((await run(...both, "--out", "one/report.html")).code).toBe(0);
    const { done } = start(folder, [...both, "--workers", "3", "--out", "two/report.html"]);
    expect((await done).code).toBe(0);
    expect(readFileSync(at("two", "report.html"), "utf8") === readFileSync(at("one", "report.html"), "utf8")).toBe(
      true,
    );
    expect(readdirSync(at("two"))).toEqual(["report.html"]);
  });
});

/** Begins a command and kills it after some milliseconds. */
async function killed(args: readonly string[], after: number): Promise<void> {
  const { child, done } = start(folder, args);
  await delay(after);
  child.kill("SIGKILL");
  await done;
}
