/**
 * @file Many images on one machine, and many parts together: `npm run bench -- shards [images] [rows]`
 *
 * Draws small images with noise (100,000 by default) into tar archives of 1,000, and reports on them in one run: memory from the second
 * quarter on, and the time of an image beside that of a run over 1,000. Then in 100 shards, which are merged; and a million rows that are
 * written directly.
 */

import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import tar from "tar-stream";
import { pictureColumns } from "../src/cli/report/parts/pictures-table.js";
import { type ReportRow, reportColumns } from "../src/cli/report/parts/report-table.js";
import { readParts, writePart } from "../src/cli/shards/part-files.js";
import { drawDigits } from "../src/data/digits/digits.js";
import { embeddedModelPath } from "../src/explain/node.js";
import { random } from "../src/foundation/random.js";
import { encodePng } from "../src/image/node.js";

const [images = "100000", rows = "1000000"] = process.argv.slice(2);
const main = fileURLToPath(new URL("../dist/command/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "fovea-shards-"));
const inArchive = 1000;

interface Run {
  readonly seconds: number;
  /** Largest, over all of the run. */
  readonly peak: number;
  /** Megabytes, ten times a second. */
  readonly memory: readonly number[];
  readonly err: string;
}

/** Runs a command, and looks at its memory. */
async function command(args: readonly string[]): Promise<Run> {
  const began = performance.now();
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  let err = "";
  child.stderr.on("data", (chunk) => {
    err = (err + chunk).slice(-2000);
  });
  const memory: number[] = [];
  const look = setInterval(() => {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(statusOf(child.pid)) ?? [];
    if (kilobytes !== undefined) memory.push(Number(kilobytes) / 1000);
  }, 100);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearInterval(look);
  if (code !== 0) throw new Error(`fovea ${args.join(" ")}: exit code ${code}: ${err}`);
  return { seconds: (performance.now() - began) / 1000, peak: Math.max(...memory), memory, err };
}

function statusOf(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}

/** Digits with noise, so that no two are the same. */
async function drawArchives(count: number, into: string): Promise<void> {
  mkdirSync(into, { recursive: true });
  const { test } = drawDigits({ train: 0, test: 5000 });
  const area = test.width * test.height;
  const noise = random("noise");
  for (let first = 0; first < count; first += inArchive) {
    const pack = tar.pack();
    const path = join(into, `images-${String(first / inArchive).padStart(6, "0")}.tar`);
    const written = pipeline(pack, createWriteStream(path));
    for (let i = first; i < Math.min(count, first + inArchive); i++) {
      const from = (i % test.count) * area;
      const pixels = test.pixels
        .slice(from, from + area)
        .map((value) => Math.max(0, Math.min(255, value + noise.below(40) - 20)));
      const key = String(i).padStart(8, "0");
      pack.entry(
        { name: `${key}.png` },
        Buffer.from(await encodePng({ width: test.width, height: test.height, channels: 1, pixels })),
      );
      pack.entry({ name: `${key}.cls` }, String(test.labels[i % test.count]));
    }
    pack.finalize();
    await written;
  }
}

const report = (data: string, ...more: string[]) => ["report", embeddedModelPath, data, "--split", "all", ...more];

/** Of the run's second to fourth quarter, the largest above the median of the second. */
function growth(memory: readonly number[]): number {
  const quarter = Math.floor(memory.length / 4);
  const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return median(memory.slice(3 * quarter)) / median(memory.slice(quarter, 2 * quarter));
}

async function manyImages(count: number): Promise<void> {
  await drawArchives(1000, join(folder, "few"));
  await drawArchives(count, join(folder, "many"));
  const few = await command(report("few", "--shard", "0/1", "--out", "few.parts"));
  const some = await command(report("few", "--shard", "0/1", "--out", "again.parts"));
  const all = await command(report("many", "--shard", "0/1", "--out", "all.parts"));
  const start = Math.min(few.seconds, some.seconds);
  console.log(`1,000 images: ${start.toFixed(1)} s, ${few.peak.toFixed(0)} MB at most`);
  console.log(`${count} images: ${all.seconds.toFixed(1)} s, ${all.peak.toFixed(0)} MB at most`);
  console.log(`time of an image beside that of 1,000, all told: ${((all.seconds / count) * 1000) / start}`);
  console.log(`memory of the last quarter beside the second: ${growth(all.memory).toFixed(3)}`);
  const quarters = [1, 2, 3, 4].map((q) =>
    all.memory.slice(((q - 1) * all.memory.length) / 4, (q * all.memory.length) / 4),
  );
  console.log(`largest of each quarter, MB: ${quarters.map((q) => Math.max(...q).toFixed(0)).join(", ")}`);
}

async function manyParts(): Promise<void> {
  const began = performance.now();
  for (let i = 0; i < 100; i++) await command(report("many", "--shard", `${i}/100`, "--out", "hundred"));
  console.log(`100 shards, one after the other: ${((performance.now() - began) / 1000).toFixed(0)} s`);
  const merged = await command(["merge", "hundred", "--out", "hundred.html"]);
  console.log(`100 parts merged: ${merged.seconds.toFixed(1)} s, ${merged.peak.toFixed(0)} MB at most`);
}

/** Rows as a report writes them, with the header of a part that one wrote. */
async function simulatedRows(count: number): Promise<void> {
  const [real] = await readParts(join(folder, "few.parts"));
  const { same, own } = real.header as { same: object; own: object };
  const parts = 100;
  for (let index = 0; index < parts; index++) {
    await writePart(join(folder, "simulated"), {
      command: "report",
      shard: { index, count: parts },
      columns: reportColumns,
      rows: simulated(index, count / parts),
      more: { pictures: { columns: pictureColumns, rows: [] } },
      same,
      own: { ...own, photos: count / parts, counts: { test: count / parts } },
    });
  }
  const merged = await command(["merge", "simulated", "--out", "table.parquet", "--near-copies", "near.csv"]);
  console.log(
    `${count} rows as one table, with near copies: ${merged.seconds.toFixed(1)} s, ${merged.peak.toFixed(0)} MB at most`,
  );
  const told = await command(["merge", "simulated", "--out", "simulated.html"]);
  console.log(`${count} rows as a report: ${told.seconds.toFixed(1)} s, ${told.peak.toFixed(0)} MB at most`);
}

/** Right ones alone: there are no pictures of errors. */
function* simulated(part: number, count: number): Generator<ReportRow> {
  const source = random(`rows ${part}`);
  for (let i = 0; i < count; i++) {
    const label = source.below(10);
    const scores = Float32Array.from({ length: 10 }, (_, k) => (k === label ? 0.91 : 0.01));
    const share = { evidence_border: source.uniform() / 4, evidence_border_even: 0.36 };
    const corners = { evidence_corners: source.uniform() / 8, evidence_corners_even: 0.16 };
    const half = { evidence_half: 0.1 + source.uniform() / 10, evidence_half_even: 0.5 };
    const hash = Array.from({ length: 16 }, () => source.below(16).toString(16)).join("");
    yield {
      path: `images-${String(part).padStart(6, "0")}.tar/${String(i).padStart(8, "0")}.png`,
      ...{ label: String(label), split: "test", model: "mnist", predicted: String(label), predicted_index: label },
      ...{ confidence: 0.91, probability_of_label: 0.91, scores, width: 28, height: 28, ...share, ...corners, ...half },
      near_hash: hash,
    };
  }
}

try {
  await manyImages(Number(images));
  await simulatedRows(Number(rows));
  await manyParts();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
