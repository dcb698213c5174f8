/** @file The page that compares Fovea with other tools, written from rows, and the file of rows. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { comparePage } from "../../bench/peers/page.js";
import { contests, goals, methods, networks, tools } from "../../bench/peers/plan.js";
import { appendResult, forget, keyOf, type Row, readResults } from "../../bench/peers/results.js";

const row: Row = {
  network: "resnet50",
  method: "grad-cam",
  batch: 1,
  tool: "pytorch-grad-cam",
  date: "2026-11-30",
  theirs: [600, 800, 700],
  ours: [100, 100, 100],
  theirPeak: 900,
  ourPeak: 300,
  correlation: 0.99996,
  difference: 0.0000055,
};
const about = {
  date: "2026-11-30",
  machine: "2 cores",
  versions: { torch: "2.13.0" },
  commits: { Fovea: "0123456789", Captum: "abcdef0123" },
};

const lineWith = (page: string, ...words: string[]) =>
  page.split("\n").filter((line) => words.every((word) => line.includes(word)));

it("a row has medians, the median ratio with its quartiles, memory, and how near the maps are", () => {
  const page = comparePage({ rows: [row], about });
  expect(lineWith(page, "| ResNet-50 | 1 |")).toEqual([
    "| ResNet-50 | 1 | pytorch-grad-cam | 700 | 100 | **7.00** (6.00 to 8.00) | 900 | 300 | 1.0000 | 5.5e-6 |",
  ]);
  expect(page).toContain("Measured on 2026-11-30: 2 cores.");
  expect(page).toContain("Versions: torch 2.13.0.");
  expect(lineWith(page, "[Captum]", "abcdef0")).toHaveLength(1);
});

it("a goal says whether it is reached, and a tool that is faster is named", () => {
  const reached = comparePage({ rows: [row], about });
  expect(lineWith(reached, "| Grad-CAM | ResNet-50 |")).toEqual([
    "| Grad-CAM | ResNet-50 | pytorch-grad-cam | 7 | 7.00 | yes |",
  ]);
  expect(reached).toContain("In no row is a tool faster than Fovea.");
  const slow = comparePage({ rows: [{ ...row, ours: [1000, 1000, 1000] }], about });
  expect(lineWith(slow, "| Grad-CAM | ResNet-50 |")).toEqual([
    "| Grad-CAM | ResNet-50 | pytorch-grad-cam | 7 | 0.70 | no |",
  ]);
  expect(slow).toContain("Fovea is slower in one row: Grad-CAM of ResNet-50 at batch 1 (pytorch-grad-cam).");
});

it("a tool that fails has its error in the table, and counts for no goal", () => {
  const page = comparePage({ rows: [{ ...row, theirs: [], ours: [], error: "Captum: a | b" }], about });
  expect(lineWith(page, "Captum: a \\| b")).toHaveLength(1);
  expect(lineWith(page, "| Grad-CAM | ResNet-50 |")).toEqual([]);
});

it("metrics have their areas, a blank map says so, and methods without rows are left out", () => {
  const { correlation: _, difference: __, ...timed } = row;
  const metric: Row = { ...timed, method: "deletion", tool: "Quantus", values: { theirs: [0.25], ours: [0.26] } };
  const blank: Row = { ...row, tool: "Captum", correlation: null, difference: null };
  const page = comparePage({ rows: [metric, blank], about });
  expect(lineWith(page, "Quantus", "0.2500 | 0.2600")).toHaveLength(1);
  expect(lineWith(page, "| blank | blank |")).toHaveLength(1);
  expect(page).toContain("### Deletion");
  expect(page).not.toContain("### RISE");
});

it("of rows with the same key the file's last one counts, and those that are measured again are left out", () => {
  const folder = mkdtempSync(join(tmpdir(), "fovea-peers-test-"));
  const path = join(folder, "results.jsonl");
  try {
    expect(readResults(path)).toEqual({ rows: [], about: undefined });
    for (const ms of [1, 2]) appendResult(path, { ...row, ours: [ms] });
    appendResult(path, { ...row, batch: 8 });
    appendResult(path, { about });
    expect(readResults(path)).toEqual({
      rows: [
        { ...row, ours: [2] },
        { ...row, batch: 8 },
      ],
      about,
    });
    forget(path, new Set([keyOf(row)]));
    expect(readResults(path)).toEqual({ rows: [{ ...row, batch: 8 }], about });
    expect(readFileSync(path, "utf8").trim().split("\n")).toHaveLength(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("docs/compare.md is written from the rows that are kept (npm run peers -- --page writes it)", () => {
  const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const results = readResults(at("bench/peers/results.jsonl"));
  expect(results.rows.length).toBeGreaterThan(0);
  expect(readFileSync(at("docs/compare.md"), "utf8")).toBe(comparePage(results));
});

it("the plan names networks, methods and tools that there are, and each goal can be reached", () => {
  for (const { network, method, tools: names } of contests) {
    expect(networks.map(({ name }) => name)).toContain(network);
    expect(methods.map(({ name }) => name)).toContain(method);
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining([...names]));
  }
  expect(new Set(contests.map(({ network, method }) => `${network} ${method}`)).size).toBe(contests.length);
  for (const goal of goals) {
    const meets = contests.filter(
      ({ network, method, tools: names, batches, long }) =>
        !long &&
        method === goal.method &&
        network === (goal.network ?? network) &&
        names.includes(goal.tool ?? names[0] ?? "") &&
        batches.includes(1),
    );
    expect(meets.length, JSON.stringify(goal)).toBeGreaterThan(0);
  }
});
