/** @file Files of labels that mean harm: time in proportion to the size, and no reader that ends the process. */

import { expect, it } from "vitest";
import { readLabels } from "../../../src/model/labels/read-labels.js";

const lines = (times: number, line: (i: number) => string) =>
  Array.from({ length: times }, (_, i) => line(i)).join("\n");

it.each<[string, (times: number) => string]>([
  ["comments on one line", (times) => `${"# ".repeat(times)}x`],
  ["imports on one line", (times) => `${"import a ".repeat(times)}\n`],
  ["spaces behind item", (times) => `item${" ".repeat(times)}x`],
  ["items that are never closed", (times) => "item {".repeat(times)],
  ["blank lines", (times) => `${"\n".repeat(times)}x`],
  ["tabs behind a number", (times) => `0${"\t".repeat(times)}x\u2028y\nb`],
  ["tabs before a number", (times) => `a${"\t".repeat(times)}b\nb 1`],
  ["commas behind an id", (times) => `n01234567${",".repeat(times)}x\u2028y\nn01234568 a`],
  ["escaped quotes that are never closed", (times) => `x = ["${'\\"'.repeat(times)}]`],
  ["escaped quotes", (times) => `x = [${'"\\"'.repeat(times)}]`],
  ["brackets", (times) => "[".repeat(times)],
  ["brackets in YAML", (times) => `a: ${"[".repeat(times)}`],
  ["marks of keys in YAML", (times) => `a: ${"? ".repeat(times)}`],
  ["marks of lists in YAML", (times) => `${"- ".repeat(times)}a`],
  ["keys in YAML", (times) => `names:\n${lines(times, (i) => `  ${i}: a`)}`],
  ["equal keys in YAML", (times) => lines(times, () => "a: 1")],
  ["errors in YAML", (times) => lines(times, (i) => ` 3: ${i}: a`)],
  ["numbered lines", (times) => lines(times, (i) => `${i} a`)],
])("takes time in proportion to the number of %s", async (_, textOf) => {
  const timeOf = async (times: number) => {
    const began = process.cpuUsage();
    // Names or a refusal: both are right.
    await readLabels(textOf(times), "names.txt").catch((error) => expect(error).toMatchObject({ code: "bad-file" }));
    return process.cpuUsage(began).user / 1000;
  };
  const small = await timeOf(2_500);
  expect(await timeOf(40_000)).toBeLessThan(100 * Math.max(small, 20));
});

it("expands no aliases of aliases of aliases", async () => {
  const levels = Array.from({ length: 19 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(",")}]`);
  await readLabels(`a0: &a0 [lol]\n${levels.join("\n")}\n`, "names.yaml").catch((error) =>
    expect(error).toMatchObject({ code: "bad-file" }),
  );
});

it("takes a hundred thousand numbered lines", async () => {
  const [{ names = [] } = {}] = await readLabels(
    lines(100_000, (i) => `${i} name ${i}`),
    "names.txt",
  );
  expect([names.length, names[99_999]]).toEqual([100_000, "name 99999"]);
});
