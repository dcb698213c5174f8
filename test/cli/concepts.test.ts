/** @file `fovea concepts`: what it finds and writes, and what it refuses. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { drawShapes } from "../../src/data/shapes.js";
import { shapesModelPath } from "../../src/explain/node.js";
import { decodeImage, encodePng } from "../../src/image/node.js";
import { everything } from "../support/share.js";
import { fovea, workFolder } from "./fovea.js";

const folder = workFolder();
const side = 42;
const classes = ["triangle", "square", "cross", "ring"];

beforeAll(async () => {
  mkdirSync(join(folder, "photos"));
  const { test } = drawShapes({ train: 0, test: 24, seed: 7 });
  for (let i = 0; i < test.count; i++) {
    const pixels = test.pixels.slice(i * side * side, (i + 1) * side * side);
    const name = `${classes[test.labels[i] ?? 0]}-${i}.png`;
    writeFileSync(join(folder, "photos", name), await encodePng({ width: side, height: side, channels: 1, pixels }));
  }
});

interface Found {
  readonly number: number;
  readonly importance: { readonly value: number };
  readonly drop: { readonly value: number };
  readonly examples: readonly string[];
}

it.runIf(everything)(
  "finds a concept for each shape, whose best examples show that shape, and draws them",
  async () => {
    const { code, out, err } = await fovea(folder, ["concepts", shapesModelPath, "photos", "--count", "4", "--json"]);
    expect([code, err]).toEqual([0, ""]);
    const { concepts, ...all } = JSON.parse(out);
    expect(all).toMatchObject({
      images: 24,
      measuredOn: 24,
      class: null,
      from: "places",
      converged: true,
      negative: 0,
    });
    const shapesOf = ({ examples }: Found) => [...new Set(examples.map((path) => /(\w+)-\d+\.png$/.exec(path)?.[1]))];
    expect(concepts.map((found: Found) => shapesOf(found).length)).toEqual([1, 1, 1, 1]);
    expect(concepts.flatMap(shapesOf).sort()).toEqual([...classes].sort());
    // Each concept raises the score of its own class.
    for (const [i, found] of concepts.entries()) {
      const own = all.classes.find(({ label }: { readonly label: string }) => label === shapesOf(found)[0]);
      expect(own.concepts[i].drop.low).toBeGreaterThan(0);
    }
    for (const { drop, importance } of concepts) {
      expect(drop.value).toBeGreaterThan(0.3);
      expect(importance.value).toBeGreaterThan(0.05);
    }
    expect((await decodeImage(join(folder, all.written))).width).toBeGreaterThan(1000);
  },
);

it.runIf(everything)("looks at the images of one class, and says so", async () => {
  const args = ["concepts", shapesModelPath, "photos", "--class", "ring", "--count", "3", "--out", "ring.svg"];
  const { code, out } = await fovea(folder, [...args, "--report", "ring.html"]);
  expect(code).toBe(0);
  expect(out).toMatch(/importance for class ring, over \d+ images, with 95 % intervals/);
  expect(out).toMatch(/^ +1 {2}[\d.]+ \([\d.]+ to [\d.]+\)/m);
  expect(readFileSync(join(folder, "ring.svg"), "utf8")).toContain("Concept 3, example 1");
  expect(out).toMatch(/wrote ring\.svg\nwrote ring\.html\n$/);
  const page = readFileSync(join(folder, "ring.html"), "utf8");
  const command = "fovea concepts shapes.onnx photos --class &quot;ring&quot; --count 3 --report ring.html";
  expect(page).toContain(`<pre><code>${command}</code></pre>`);
  expect(page.match(/<article class="concept"/g)).toHaveLength(3);
  expect(page).toMatch(/alt="Patch 1 of concept 1, of ring-\d+\.png"/);
  expect(page).toMatch(/Without it the score of ring falls by \d/);
});

it("refuses what it cannot use in one line, and writes nothing", async () => {
  mkdirSync(join(folder, "empty"));
  const before = readdirSync(folder);
  const ring = readdirSync(join(folder, "photos")).find((name) => name.startsWith("ring")) ?? "";
  const cases = [
    [["photos", "--class", "circle"], /unknown class "circle"/],
    [
      [join("photos", ring), "--class", "cross"],
      /expected images that the network takes for cross, got one that it takes for ring/,
    ],
    [["photos", "--class", "predicted"], /--class predicted: expected a class/],
    [["photos", "--out", "a.txt"], /--out a\.txt: expected a file that ends in \.png, \.jpg, \.webp or \.svg/],
    [["photos", "--report", "a.txt"], /--report a\.txt: expected a file that ends in \.html/],
    [["photos", "--count", "65"], /--count: expected a whole number from 1 to 64/],
    [["photos", "--layer", "none"], /unknown layer "none"/],
    [["missing.png"], /missing\.png/],
  ] as const;
  for (const [args, message] of cases) {
    const { code, err } = await fovea(folder, ["concepts", shapesModelPath, ...args]);
    expect([code, err.trim().split("\n").length]).toEqual([2, 1]);
    expect(err).toMatch(message);
  }
  expect(readdirSync(folder)).toEqual(before);
});
