/** @file Commands with a row for each image, in parts: put together they tell what one run over everything tells, to the last byte. */

import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { readParquetRows } from "../../../src/data/parquet/read.js";
import { embeddedModelPath } from "../../../src/explain/node.js";
import { digitFiles, writeFiles } from "../../support/images/digit-folder.js";
import { fovea, type Ran, start, workFolder } from "../fovea.js";

const folder = workFolder();
const model = embeddedModelPath;
const segmenter = join(model, "..", "scenes-segment.onnx");

beforeAll(async () => {
  const files = await digitFiles(60);
  writeFiles(join(folder, "written"), files);
  writeFileSync(join(folder, "written/3/bad.png"), "no picture");
  // Not of all is known where the digit lies.
  const boxed = [...files, { path: "3/bad.png", digit: 3 }].map(({ path, digit }, i) =>
    i % 20 === 7 ? { file: path, label: String(digit) } : { file: path, label: String(digit), boxes: [[5, 4, 22, 25]] },
  );
  mkdirSync(join(folder, "boxed"));
  writeFiles(join(folder, "boxed"), files);
  writeFileSync(join(folder, "boxed/3/bad.png"), "no picture");
  writeFileSync(join(folder, "boxed/boxes.json"), JSON.stringify(boxed));
});

const run = (...args: string[]) => fovea(folder, args);

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  /** Whether one of the images cannot be read. */
  readonly isBroken: boolean;
  /** Where pictures go as well. */
  readonly out?: string;
}

const cases: readonly Case[] = [
  { name: "evaluate", args: ["evaluate", model, "written", "--split", "all"], isBroken: true },
  { name: "evaluate of the test images", args: ["evaluate", model, "written"], isBroken: true },
  { name: "evaluate of drawn images", args: ["evaluate", model, "digits", "--errors", "3"], isBroken: false },
  { name: "evaluate of regions", args: ["evaluate", segmenter, "scenes"], isBroken: false },
  { name: "localise", args: ["localise", model, "boxed", "--split", "all", "--tolerance", "1"], isBroken: true },
  {
    name: "trust",
    args: [
      "trust",
      model,
      "written",
      "--count",
      "20",
      "--methods",
      "grad-cam,gradient",
      "--metrics",
      "deletion,sparseness",
    ],
    isBroken: false,
  },
  {
    name: "trust in photos with boxes",
    args: [
      "trust",
      model,
      "--data",
      "boxed/boxes.json",
      "--split",
      "all",
      "--metrics",
      "insertion,pointing-game",
      "--count",
      "61",
    ],
    isBroken: true,
  },
  {
    name: "explain",
    args: ["explain", model, "written/1", "written/3", "written/5", "--class", "top-2"],
    isBroken: true,
    out: "maps",
  },
];

/** Starts a shard and ends it by force once it has kept some rows, and none of its parts is there. */
async function killed(args: readonly string[], parts: string): Promise<void> {
  const partial = join(folder, parts, "part-00001-of-00003.partial");
  for (let attempt = 0; attempt < 5; attempt++) {
    const { child, done } = start(folder, [...args, "--shard", "1/3", "--out", parts]);
    let isOver = false;
    done.then(() => {
      isOver = true;
    });
    while (!isOver && !(existsSync(partial) && readFileSync(partial).length > 0)) await delay(2);
    child.kill("SIGKILL");
    await done;
    if (existsSync(partial) && !existsSync(partial.replace(".partial", ".json"))) return;
    rmSync(join(folder, parts), { recursive: true, force: true });
  }
  throw new Error("no shard could be killed in the middle");
}

async function shards(args: readonly string[], parts: string): Promise<Ran[]> {
  await killed(args, parts);
  const ran: Ran[] = [];
  // The killed one goes on, and the last is run twice.
  for (const index of [0, 1, 2, 2]) ran.push(await run(...args, "--shard", `${index}/3`, "--out", parts));
  return ran;
}

describe.each(cases)("fovea $name", ({ name, args, isBroken, out }) => {
  const parts = out ?? `parts of ${name}`;
  const where = out ? ["--out", out] : [];

  it("in three shards tells the same as in one run, with one killed and one run twice", async () => {
    const [text, json] = [await run(...args, ...where), await run(...args, ...where, "--json")];
    if (out) rmSync(join(folder, out), { recursive: true });
    const ran = await shards(args, parts);
    expect(ran[1]?.err).toMatch(/\d+ of \d+ images were done before; going on/);
    expect(readdirSync(join(folder, parts)).filter((file) => file.endsWith(".partial"))).toEqual([]);
    const [merged, mergedJson] = [await run("merge", parts), await run("merge", parts, "--json")];
    expect(merged).toEqual(text);
    expect(mergedJson).toEqual(json);
    expect(text.out.length).toBeGreaterThan(100);
    expect([text.code, text.err.includes("bad.png")]).toEqual(isBroken ? [1, true] : [0, false]);
    if (isBroken) expect(ran.filter(({ code }) => code === 1)).toHaveLength(1 + Number(ran[3]?.code === 1));
  }, 240_000);

  it("writes the same table as its parts together", async () => {
    await run(...args, "--out", `${name}.parquet`);
    await run("merge", parts, "--out", `${name} of parts.parquet`);
    const rows = async (file: string) => {
      const all = [];
      for await (const row of readParquetRows(join(folder, file))) all.push(row);
      return all.sort((a, b) => (String(a.path) < String(b.path) ? -1 : String(a.path) > String(b.path) ? 1 : 0));
    };
    const whole = await rows(`${name}.parquet`);
    const merged = await rows(`${name} of parts.parquet`);
    expect(whole.length).toBeGreaterThan(5);
    // Explanations tell where figures went; with a table there are none.
    const plain = (row: Readonly<Record<string, unknown>>) => (out ? { ...row, details: undefined } : row);
    expect(whole.map(plain)).toEqual(merged.map(plain));
  }, 120_000);
});

it("tables hold the numbers of --json", async () => {
  const table = async (file: string) => {
    const rows = new Map<string, Readonly<Record<string, unknown>>>();
    for await (const row of readParquetRows(join(folder, file))) rows.set(String(row.path), row);
    return rows;
  };
  const evaluation = JSON.parse(
    (await run("evaluate", model, "written", "--split", "all", "--json", "--out", "e.parquet")).out,
  );
  const evaluated = await table("e.parquet");
  expect(evaluated.size).toBe(evaluation.count);
  const right = [...evaluated.values()].filter(({ label, predicted }) => label === predicted);
  expect(right.length).toBe(evaluation.correct);
  const [likelihood, scores] = [evaluation.calibration.negativeLogLikelihood, [...evaluated.values()]];
  const mean = scores.reduce((sum, row) => sum - Math.log(Number(row.probability_of_label)), 0) / scores.length;
  expect(mean).toBeCloseTo(likelihood, 10);
  for (const { scores: all, confidence } of scores) expect(Math.max(...(all as number[]))).toBe(confidence);

  const { photos } = JSON.parse(
    (await run("localise", model, "boxed", "--split", "all", "--json", "--out", "l.parquet")).out,
  );
  const localised = await table("l.parquet");
  expect(localised.size).toBe(photos.length);
  for (const { path, label, predicted, probability, pointing, energy, blank } of photos) {
    const row = localised.get(path.replace("boxed/", ""));
    expect(row).toMatchObject({ label, predicted, probability_of_label: probability, blank });
    expect(row).toMatchObject({ pointing: pointing.map, energy: energy.map, energy_centre: energy.centre });
  }

  const settings = ["--count", "6", "--metrics", "deletion,max-sensitivity", "--json", "--out", "t.parquet"];
  const { images } = JSON.parse((await run("trust", model, "written", ...settings)).out);
  const measured = [];
  for await (const row of readParquetRows(join(folder, "t.parquet"))) measured.push(row);
  const values = images.flatMap(
    ({ name, values: maps }: { name: string; values: Record<string, Record<string, number>> }) =>
      Object.entries(maps).map(([map, own]) => ({
        path: name,
        map,
        deletion: own.deletion ?? undefined,
        max_sensitivity: own["max-sensitivity"] ?? undefined,
      })),
  );
  expect(
    measured.map(({ path, map, deletion, max_sensitivity }) => ({ path, map, deletion, max_sensitivity })),
  ).toEqual(values);

  const { results } = JSON.parse((await run("explain", model, "written", "--json", "--out", "x.parquet")).out);
  const explained = await table("x.parquet");
  for (const { input, top, classes } of results) {
    const row = explained.get(input.replace("written/", ""));
    expect(row).toMatchObject({
      predicted: top[0].label,
      explained: classes[0].label,
      probability: classes[0].probability,
    });
    expect(row?.map_peak).toBeCloseTo(classes[0].peak, 5);
  }
  expect(existsSync(join(folder, "fovea-maps"))).toBe(false);
}, 120_000);

describe("fovea merge refuses", () => {
  it("parts of which one is missing", async () => {
    for (const index of [0, 2])
      await run("evaluate", model, "written", "--split", "all", "--shard", `${index}/3`, "--out", "few");
    const { code, err } = await run("merge", "few");
    expect([code, err]).toEqual([2, "fovea: few: expected 3 parts, got 2: run --shard 1/3 again\n"]);
  });

  it("parts of another setting", async () => {
    const localise = ["localise", model, "boxed", "--split", "all"];
    await run(...localise, "--shard", "0/2", "--out", "settings");
    await run(...localise, "--tolerance", "2", "--shard", "1/2", "--out", "settings");
    const { code, err } = await run("merge", "settings");
    expect(code).toBe(2);
    expect(err).toMatch(
      /^fovea: settings: settings\.tolerance: expected parts of one model, of the same settings and version, got 0 in .* and 2 in/,
    );
  });

  it("parts of another model of the same name", async () => {
    mkdirSync(join(folder, "other"));
    copyFileSync(model, join(folder, "mnist.onnx"));
    // The version of the program that made it is another.
    writeFileSync(join(folder, "other/mnist.onnx"), Buffer.concat([readFileSync(model), Buffer.from([0x1a, 1, 0x78])]));
    const evaluate = (place: string) => ["evaluate", place, "written", "--split", "all"];
    await run(...evaluate("mnist.onnx"), "--shard", "0/2", "--out", "models");
    await run(...evaluate("other/mnist.onnx"), "--shard", "1/2", "--out", "models");
    const { code, err } = await run("merge", "models");
    expect([code, err.split("\n").length]).toEqual([2, 2]);
    expect(err).toContain("models: model.path: expected parts of one model");
  });

  it("parts of two commands, and what is for reports alone", async () => {
    await run("evaluate", model, "written", "--split", "all", "--shard", "0/2", "--out", "mixed");
    await run("explain", model, "written", "--shard", "1/2", "--out", "mixed");
    expect((await run("merge", "mixed")).err).toMatch(
      /expected the parts of one run, got those of evaluate in 2 parts and of explain in 2 parts/,
    );
    await run("evaluate", model, "written", "--split", "all", "--shard", "0/1", "--out", "one");
    expect((await run("merge", "one", "--title", "x")).err).toBe(
      "fovea: --title: expected parts of report, got those of evaluate\n",
    );
    expect((await run("merge", "one", "--out", "x.html")).err).toMatch(
      /--out: expected a table \(\.parquet\) for the rows of evaluate, got x\.html/,
    );
  });
});

describe("a shard refuses", () => {
  it.each<[string, string[], RegExp]>([
    [
      "a table",
      ["evaluate", model, "written", "--out", "x.parquet"],
      /--out: expected the folder of all parts, got x\.parquet: give it to fovea merge/,
    ],
    [
      "randomised weights",
      ["trust", model, "written", "--sanity"],
      /--shard: expected what is measured image by image, got --sanity/,
    ],
    [
      "a detector",
      ["evaluate", join(model, "..", "scenes-detect.onnx"), "scenes"],
      /--shard: expected what has a row for each image, got a detector/,
    ],
    [
      "one image",
      ["explain", model, "written/3/bad.png"],
      /--shard: expected inputs that are explained one by one, got a single one/,
    ],
    [
      "to leave out what is there",
      ["explain", model, "written", "--skip-existing"],
      /got --skip-existing: a shard goes on where it was by itself/,
    ],
    [
      "all methods",
      ["explain", model, "written", "--method", "all"],
      /--shard: expected what has a row for each image, got --method all/,
    ],
  ])("%s", async (_, args, sentence) => {
    const { code, err } = await run(...args, "--shard", "0/2");
    expect([code, err.trim().split("\n").length]).toEqual([2, 1]);
    expect(err).toMatch(sentence);
  });

  it("nothing of what an array job says in the place of --shard", async () => {
    const env = { SLURM_ARRAY_TASK_ID: "1", SLURM_ARRAY_TASK_MIN: "0", SLURM_ARRAY_TASK_COUNT: "2" };
    const { code, out, err } = await fovea(
      folder,
      ["localise", model, "boxed", "--split", "all", "--out", "array"],
      env,
    );
    expect([code, out.includes("array/part-00001-of-00002.parquet: shard 1/2")]).toEqual([
      Number(err.includes("bad.png")),
      true,
    ]);
    expect(err).toContain("shard 1/2, as SLURM_ARRAY_TASK_ID says (--shard 0/1 takes all)");
  });
});

it("workers tell the same as one process", async () => {
  const args = ["localise", model, "boxed", "--split", "all"];
  const [one, two] = [await run(...args, "--json"), await start(folder, [...args, "--json", "--workers", "2"]).done];
  expect(two.out).toBe(one.out);
  expect(two.code).toBe(one.code);
  const table = await start(folder, [...args, "--workers", "2", "--out", "workers.parquet"]).done;
  expect(table.out).toBe((await run(...args)).out);
  expect(existsSync(join(folder, "workers.parquet"))).toBe(true);
}, 120_000);
