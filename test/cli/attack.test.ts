/** @file `fovea attack`: what it writes, what it prints, and what it refuses. */

import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { drawDigits } from "../../src/data/digits/digits.js";
import { decodeImage, encodePng } from "../../src/image/node.js";
import { everything } from "../support/share.js";
import { fovea, start, workFolder } from "./fovea.js";

const folder = workFolder();
const at = (...names: string[]) => join(folder, ...names);

beforeAll(async () => {
  mkdirSync(at("photos"));
  const { test } = drawDigits({ train: 0, test: 2 });
  for (const i of [0, 1]) {
    const pixels = test.pixels.slice(i * 784, (i + 1) * 784);
    writeFileSync(at("photos", `${i}.png`), await encodePng({ width: 28, height: 28, channels: 1, pixels }));
  }
  writeFileSync(at("photos", "broken.png"), "no picture");
});

interface Result {
  input: string;
  attacked: string;
  figure: string;
  flipped: boolean;
  after: { class: number; confidence: number };
}

it.runIf(everything)(
  "attacks pictures: what it prints is what `fovea explain` finds in the files it wrote",
  async () => {
    const { code, out, err } = await fovea(folder, ["attack", "photos", "--eps", "0.3", "--figure", "--json"]);
    expect(code).toBe(1);
    expect(err).toContain("photos/broken.png");
    expect(err).toContain("1 of 3 inputs failed");
    const { results, summary, failures, attack } = JSON.parse(out);
    expect(attack).toMatchObject({ method: "pgd", eps: 0.3, steps: 40, seed: "1" });
    expect(failures).toHaveLength(1);
    expect(summary).toMatchObject({ count: 2, correct: 2, flipped: 2 });
    const files = ["0.attacked.png", "0.fovea.png", "1.attacked.png", "1.fovea.png"];
    expect(readdirSync(at("attacked")).sort()).toEqual(files);
    const found = await fovea(folder, ["explain", ...results.map(({ attacked }: Result) => attacked), "--json"]);
    const explained = JSON.parse(found.out).results as { top: { class: number; probability: number }[] }[];
    for (const [i, { after, attacked, input }] of (results as Result[]).entries()) {
      expect(explained[i]?.top[0]?.class).toBe(after.class);
      expect(explained[i]?.top[0]?.probability).toBeCloseTo(after.confidence, 5);
      const [was, is] = [await decodeImage(at(input)), await decodeImage(at(attacked))];
      const moved = is.pixels.map((pixel, k) => Math.abs(pixel - (was.pixels[k] as number)));
      expect(Math.max(...moved)).toBe(76);
    }
  },
  30_000,
);

it.runIf(everything)(
  "attacks a dataset's first images, and says what it did to predictions and maps",
  async () => {
    const args = ["attack", "digits", "--count", "20", "--eps", "0.3", "--steps", "10", "--rows", "3", "--out", "d"];
    const { code, out } = await fovea(folder, args);
    expect(code).toBe(0);
    expect(out).toMatch(/^PGD, eps 0\.3, 10 steps, on the first 20 of 2000 test images of digits/m);
    expect(out).toMatch(/^digits-00002 .* flipped /m);
    expect(out).not.toMatch(/^digits-00003/m);
    expect(out).toMatch(/^flipped +\d+ of \d+ correct predictions: .* \(95% interval /m);
    expect(out).toMatch(/^ {2}evidence +mean -?\d\.\d\d, median -?\d\.\d\d over 20 images/m);
    expect(readdirSync(at("d"))).toHaveLength(20);
  },
  30_000,
);

it.concurrent("says in its help that it is for measuring a model of one's own", async () => {
  const { out } = await fovea(folder, ["attack", "--help"]);
  expect(out).toContain("This is for measuring a model of your own");
});

it.concurrent.each([
  [["digits", "--eps", "2"], '--eps: expected a number above 0, at most 1, e.g. 8/255, got "2"'],
  [["digits", "--method", "fgsm", "--steps", "3"], "--steps, --step-size: expected none for fgsm"],
  [["digits", "--target", "predicted"], '--target: expected a label or an index, got "predicted"'],
  [["digits", "--target", "eleven"], 'unknown class "eleven"'],
  [["gone.png"], "gone.png"],
])(
  "refuses %j with one line and exit code 2, and writes nothing",
  async (args, message) => {
    const { code, out, err } = await fovea(folder, ["attack", ...args, "--out", "nothing"]);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(message);
    expect(existsSync(at("nothing"))).toBe(false);
  },
  30_000,
);

it.runIf(everything)(
  "keeps whole files and tells how far it came after Ctrl-C",
  async () => {
    const args = ["attack", "digits", "--count", "2000", "--batch", "4", "--out", "stopped"];
    const { child, done } = start(folder, args);
    const waiting = setInterval(() => {
      if (!existsSync(at("stopped"))) return;
      clearInterval(waiting);
      child.kill("SIGINT");
    }, 20);
    const { code, err } = await done;
    expect(code).toBe(130);
    expect(err).toMatch(/stopped after \d+ of 2000 inputs/);
    const files = readdirSync(at("stopped"));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(await decodeImage(at("stopped", file))).toMatchObject({ width: 28, height: 28 });
  },
  30_000,
);
