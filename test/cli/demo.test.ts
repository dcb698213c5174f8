/** @file The demo as a user runs it: what it writes, and that its story is true. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { stampedData } from "../../src/cli/demo/stamped-data.js";
import { modelAt } from "../../src/cli/inputs/models.js";
import { Job } from "../../src/cli/terminal/job.js";
import { readProtocol } from "../../src/improve/protocol/protocol.js";
import { everything } from "../support/share.js";
import { fovea, workFolder } from "./fovea.js";

describe("stampedData(seed, images)", () => {
  const { biased, sealed } = stampedData(1, 400);

  it("has the same images to learn from, and other ones that are sealed", () => {
    expect(sealed.train).toBe(biased.train);
    expect(sealed.test.count).toBe(100);
    expect(Buffer.from(sealed.test.pixels).equals(Buffer.from(biased.test.pixels))).toBe(false);
  });

  it("stamps images of a class alike, but for half of the sealed ones", () => {
    const stamps = ({ pixels, labels, count }: typeof biased.test, label: number) =>
      Array.from({ length: count }, (_, i) => i)
        .filter((i) => labels[i] === label)
        .map((i) => String([0, 2, 4, 6, 8].map((y) => pixels.subarray(i * 784 + y * 28, i * 784 + y * 28 + 10))));
    const most = (texts: string[]) => Math.max(...texts.map((text) => texts.filter((each) => each === text).length));
    const shareOf = (images: typeof biased.test) => {
      const byClass = Array.from({ length: 10 }, (_, label) => stamps(images, label));
      return byClass.reduce((sum, texts) => sum + most(texts), 0) / images.count;
    };
    expect(shareOf(biased.train)).toBeGreaterThan(0.97);
    expect(shareOf(sealed.test)).toBeLessThan(0.7);
  });
});

describe.runIf(everything)("fovea demo", { timeout: 900_000 }, () => {
  /** Where it has run already, as in CI: what it printed, as `printed.txt`, and what it wrote, in `demo`. */
  const done = process.env.FOVEA_DEMO;
  const folder = done ?? workFolder();
  let printed: string;
  beforeAll(async () => {
    if (done) {
      printed = readFileSync(join(done, "printed.txt"), "utf8");
      return;
    }
    const { code, out } = await fovea(folder, ["demo", "--out", "demo"]);
    expect(code).toBe(0);
    printed = out;
  }, 900_000);

  it("repairs the worst group of a network that is nearly always right on biased digits, and no control does", async () => {
    const [, biased] = printed.match(/(\d+\.\d+) % of 1,000 test images right/) ?? [];
    expect(Number(biased)).toBeGreaterThan(98);
    const protocol = await readProtocol(join(folder, "demo/better.improve.json"));
    expect(protocol?.verification?.verdicts.find(({ verified }) => verified)?.id).toMatch(/^region-/);
    expect(protocol?.proof).toMatchObject({ accepted: true, images: 1000 });
    const [, before, after] = printed.match(/worst group .*: before (.*) %, after (.*) %/) ?? [];
    expect(Number(before)).toBeLessThan(15);
    expect(Number(after)).toBeGreaterThan(85);
    const controls = [...printed.matchAll(/^ +(?:unchanged|placebo|erased) +(\S+) %/gm)].map(([, worst]) =>
      Number(worst),
    );
    expect(controls).toHaveLength(3);
    for (const worst of controls) expect(worst).toBeLessThan(30);
  });

  it("writes the better model with where it comes from, and the reports and pictures that it names", async () => {
    const { model } = await modelAt(new Job(), join(folder, "demo/better.onnx"));
    expect(model.card.provenance?.improved).toMatchObject({ verified: [expect.stringMatching(/^region-/)] });
    const { out } = await fovea(folder, ["inspect", "demo/better.onnx"]);
    expect(out).toMatch(/^ {2}improved: Proved on the sealed images: [^\n]+$/m);
    const files = ["looks.png", "before-after.png", "worst-error.png", "report.html", "architectures.html"];
    for (const file of files) expect(existsSync(join(folder, "demo", file)), file).toBe(true);
    expect(readFileSync(join(folder, "demo/report.html"), "utf8")).toContain("Proved on the sealed images");
  });
});
