/** @file `fovea trust`: what it prints, and what it refuses. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { drawDigits } from "../../src/data/digits/digits.js";
import { methods } from "../../src/explain/methods/index.js";
import { embeddedModelPath } from "../../src/explain/node.js";
import { encodePng } from "../../src/image/node.js";
import { everything } from "../support/share.js";
import { fovea, start, workFolder } from "./fovea.js";

const folder = workFolder();
const at = (...names: string[]) => join(folder, ...names);
const trust = (...args: string[]) => fovea(folder, ["trust", embeddedModelPath, ...args]);

beforeAll(async () => {
  mkdirSync(at("written"));
  const { test } = drawDigits({ train: 0, test: 3 });
  const rows = [];
  for (const i of [0, 1, 2]) {
    const pixels = test.pixels.slice(i * 784, (i + 1) * 784);
    writeFileSync(at("written", `${i}.png`), await encodePng({ width: 28, height: 28, channels: 1, pixels }));
    rows.push(`${i}.png,${test.labels[i]},5,4,24,25`);
  }
  writeFileSync(at("written", "boxes.csv"), `path,label,xmin,ymin,xmax,ymax\n${rows.join("\n")}\n`);
  mkdirSync(at("broken"));
  writeFileSync(at("broken", "a.png"), "no picture");
});

it("prints one table of metrics by methods and baselines, and a sentence for each method", async () => {
  const { code, out, err } = await trust(
    "digits",
    "--count",
    "10",
    "--methods",
    "grad-cam,guided-backprop",
    "--metrics",
    "deletion,sparseness",
  );
  expect(err).toBe("");
  expect(code).toBe(0);
  expect(out).toMatch(/^ +grad-cam +guided-backprop +random 7x7 +random 28x28 +centre +uniform$/m);
  expect(out).toMatch(/^deletion \(lower\) +0\.\d{3} \(0\.\d{3} to 0\.\d{3}\) [+=-] /m);
  expect(out).toContain("Means over 10 images, with 95 % intervals");
  expect(out).toMatch(/^deletion: left out \d of 10 images: asked for is a class that the image makes/m);
  expect(out).toContain("Holm's correction for 6 comparisons");
  expect(out).toMatch(/^Grad-CAM: .*(every baseline|a centre map).* by deletion/m);
  expect(out).toMatch(/^Guided backpropagation: .* fail the randomisation tests/m);
}, 30_000);

it("measures pictures, says which could not be read, and prints everything as JSON", async () => {
  const { code, out, err } = await trust(
    "written/0.png",
    "broken/a.png",
    "--metrics",
    "deletion",
    "--class",
    "7",
    "--json",
  );
  expect(code).toBe(1);
  expect(err).toContain("1 of 2 inputs failed");
  const { summary, images, metrics, failures, layers } = JSON.parse(out);
  expect(summary.count).toBe(1);
  expect(images).toHaveLength(1);
  expect(images[0]).toMatchObject({ name: "written/0.png", target: 7, label: "7" });
  // The picture is no 7, so nothing of a 7 can be taken away.
  expect(images[0].values["grad-cam"].deletion).toBeNull();
  expect(summary.refused).toEqual({ deletion: 1 });
  expect(metrics[0]).toMatchObject({ name: "deletion", better: "lower", paper: "Petsiuk et al., BMVC 2018" });
  expect(failures[0]).toContain("broken/a.png");
  expect(layers).toEqual({ "grad-cam": "stage3.1.relu" });
}, 30_000);

it("measures the photos' own class where their boxes are", async () => {
  const { code, out } = await trust(
    "--data",
    "written/boxes.csv",
    "--split",
    "all",
    "--metrics",
    "pointing-game,energy-pointing-game,box-iou",
    "--json",
  );
  expect(code).toBe(0);
  const { summary, images } = JSON.parse(out);
  const { test } = drawDigits({ train: 0, test: 3 });
  expect(images.map(({ target }: { target: number }) => target)).toEqual([...test.labels]);
  const { values } = images[0];
  expect(values.uniform["energy-pointing-game"]).toBeCloseTo((19 * 21) / 784, 4);
  expect(values.uniform["box-iou"]).toBeCloseTo((19 * 21) / 784, 4);
  expect(summary.sources[0].metrics["energy-pointing-game"].mean.mean).toBeGreaterThan(0.6);
}, 30_000);

it.runIf(everything)(
  "randomises the weights on demand, and says which maps change with them",
  async () => {
    const methods = ["--methods", "grad-cam,eigen-cam"];
    const { code, out } = await trust("digits", "--count", "6", "--metrics", "sparseness", "--sanity", ...methods);
    expect(code).toBe(0);
    expect(out).toContain("6 images, 5 draws of the weights");
    expect(out).toMatch(/^ +logits +stage2\.2\.conv .* all layers +other images$/m);
    expect(out).toMatch(/^grad-cam +cascading +-?\d\.\d\d \(-?\d\.\d\d\)/m);
    expect(out).toMatch(
      /^Grad-CAM passes the randomisation test: .* with all weights random .* between different images/m,
    );
    expect(out).toContain("To pass is necessary and not sufficient");
    expect(out).toMatch(/^eigen-cam .* 18 of 18 +0 +never asks for the class/m);
    expect(out).toMatch(/^grad-cam +gradient-x-input \(gradients\) +0\.\d\d/m);
  },
  60_000,
);

it("measures maps on two shapes, of which those that are blind for the class get one half", async () => {
  const { code, out } = await fovea(folder, [
    ...["trust", "--ground-truth", "two-shapes", "--methods", "grad-cam,eigen-cam", "--count", "12"],
    ...["--metrics", "energy-pointing-game", "--json"],
  ]);
  expect(code).toBe(0);
  const { summary, data } = JSON.parse(out);
  const [gradCam, eigenCam] = summary.sources.map(
    (source: { metrics: Record<string, { mean: { mean: number } }> }) =>
      source.metrics["energy-pointing-game"]?.mean.mean,
  );
  expect(gradCam).toBeGreaterThan(0.9);
  expect(eigenCam).toBeCloseTo(0.5, 6);
  expect(data).toContain("two shapes of different classes in opposite halves");
  const refused = await fovea(folder, ["trust", "--ground-truth", "three-shapes"]);
  expect([refused.code, refused.out]).toEqual([2, ""]);
  expect(refused.err).toContain('unknown ground truth "three-shapes": expected one of two-shapes, shapes');
}, 30_000);

it.runIf(everything)(
  "adds to one explanation whether the network follows its map more than chance",
  async () => {
    const { code, out } = await fovea(folder, ["explain", "written/0.png", "--trust"]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /Does the network follow the map of \d more than chance\?\n {4}by deletion (yes|not shown): 0\.\d\d \(lower is better; its own values shuffled 0\.\d\d, \d+ of 19 beaten; random maps 0\.\d\d, \d+ of 10 beaten\), (better than|worse than|as good as) a centre map \(0\.\d\d\)\n {4}by insertion/,
    );
    const json = await fovea(folder, ["explain", "written/0.png", "--trust", "--json"]);
    expect(JSON.parse(json.out).results[0].classes[0].trust).toMatchObject([
      { metric: "deletion", draws: 10, shuffled: { draws: 19 } },
      { metric: "insertion" },
    ]);
    const refused = await fovea(folder, ["explain", "written/0.png", "--trust", "--against"]);
    expect([refused.code, refused.out]).toEqual([2, ""]);
    expect(refused.err).toContain("--trust: expected no --against");
  },
  30_000,
);

it.runIf(everything)(
  "takes every method that there is, and says why one does not work",
  async () => {
    const { code, out } = await trust(
      "digits",
      "--count",
      "1",
      "--methods",
      "all",
      "--metrics",
      "sparseness",
      "--json",
    );
    expect([0, 1]).toContain(code);
    const { layers, leftOut, images } = JSON.parse(out);
    expect(Object.keys(layers)).toContain("hires-cam");
    expect(Object.keys(layers).length + leftOut.length).toBe(methods.length);
    for (const method of Object.keys(layers))
      expect(images[0].values[method]?.sparseness ?? images[0].failed[method], method).toBeDefined();
  },
  30_000,
);

it.runIf(everything)(
  "prints a line for each image as it comes, and a summary of what was measured when interrupted",
  async () => {
    const { child, done } = start(folder, ["trust", embeddedModelPath, "digits", "--count", "2000", "--jsonl"]);
    child.stdout?.once("data", () => child.kill("SIGINT"));
    const { code, out, err } = await done;
    expect(code).toBe(130);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const count = Number(/stopped after (\d+) images/.exec(err)?.[1]);
    expect(lines).toHaveLength(count + 1);
    expect(lines[0]).toMatchObject({ name: "digits-00000", failed: {} });
    expect(lines.at(-1)?.summary.count).toBe(count);
  },
  30_000,
);

it.concurrent.each([
  [[], "images: expected files, folders, a dataset's name, or --data, got none"],
  [["digits", "--metrics", "auc"], 'unknown metric "auc"'],
  [["digits", "--data", "written"], "--data: expected no images besides, got digits"],
])(
  "refuses %j with one line and exit code 2",
  async (args, message) => {
    const { code, out, err } = await trust(...args);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(message);
  },
  30_000,
);
