/** @file Commands that are killed leave nothing half-written, and the next run ends as an undisturbed one: a share of the benchmark. */

import { expect, it } from "vitest";
import { halfWritten } from "./support/power-cut/files.js";
import { cutPower } from "./support/power-cut/run.js";

it("kill -9 at a random moment costs nothing but time", { timeout: 600_000 }, async () => {
  const outcomes = await cutPower(10, "long suite");
  expect(outcomes.flatMap(({ faults }) => faults)).toEqual([]);
  expect(outcomes.reduce((sum, { cuts }) => sum + cuts, 0)).toBeGreaterThanOrEqual(9);
});

it("half of a file is noticed", () => {
  const [whole, half] = [Buffer.from("a whole file"), Buffer.from("a whole")];
  const files = (bytes: Buffer) => new Map([["r.html", bytes]]);
  expect(halfWritten(files(half), files(whole), new Map())).toEqual(["r.html is half-written"]);
  expect(halfWritten(files(whole), files(whole), new Map())).toEqual([]);
  expect(halfWritten(files(half), files(whole), files(half))).toEqual([]);
});
