/** @file `fovea report` on folders of photos. */

import { appendFileSync, existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testFolder } from "../../data/photos/folder.js";
import { colourModel, patched } from "../../support/images/colour-photos.js";
import { everything } from "../../support/share.js";
import { fovea, start } from "../fovea.js";

const folder = testFolder();
afterAll(() => folder.remove());

const run = (...args: string[]) => fovea(folder.path, args);
const at = (name: string) => join(folder.path, name);

/** Photos of 160x120 with a patch of their class's colour on the left, listed with its box. */
beforeAll(async () => {
  const box = { x: 10, y: 20, width: 60, height: 80 };
  const rows = ["path,label,split,x,y,width,height"];
  for (const [label, rgb] of Object.entries({ red: [250, 10, 10], green: [10, 250, 10] })) {
    for (let i = 0; i < 5; i++) {
      await folder.write({ [`photos/${label}/${i}.png`]: await patched(rgb, box, [160, 120 + i]) });
      rows.push(`${label}/${i}.png,${label},test,10,20,60,80`);
    }
  }
  const large = { x: 50, y: 100, width: 300, height: 400 };
  // A green photo that is called red, larger than a page shows it.
  await folder.write({ "photos/red/wrong.png": await patched([10, 250, 10], large, [800, 600]) });
  rows.push("red/wrong.png,red,test,50,100,300,400", "red/broken.png,red,test,10,20,60,80");
  for (const [label, rgb] of Object.entries({ red: [250, 10, 10], green: [10, 250, 10] })) {
    const picture = await patched(rgb, box, [90, 110]);
    const photos = Array.from({ length: 80 }, (_, i) => [`many/${label}/${i}.png`, picture] as const);
    await folder.write(Object.fromEntries(photos));
  }
  await folder.write({
    "photos/red/broken.png": "no picture",
    "photos/labels.csv": rows.join("\n"),
    "colours.onnx": colourModel(["red", "green"]),
    "swapped.onnx": colourModel(["Green", "blue", "RED"]),
    "other.onnx": colourModel(["cat", "dog"]),
  });
});

describe("fovea report MODEL PHOTOS", () => {
  /** What a killed report left. */
  let left: Buffer;

  it("measures, explains and names photos in one file, and lists what cannot be read with exit code 1", async () => {
    const { code, out, err } = await run("report", "colours.onnx", "photos");
    expect(err).toContain("fovea: photos/red/broken.png: image: expected");
    expect(err).toContain("fovea: 1 of 12 photos skipped");
    expect(code).toBe(1);
    expect(out).toContain("colours: 90.91 % of 11 right\nwrote report.html");
    const html = readFileSync(at("report.html"), "utf8");
    expect(html).toContain('<b>red</b> taken for <b>green</b></h4><p class="quiet">red/wrong.png</p>');
    expect(html).toContain("<dd>photos of 160 × 120 to 800 × 600 pixels</dd>");
    // The photo with its three maps, two of these at the head and one among the findings, in its own shape and no larger than a page shows it.
    expect(
      html.match(/src="data:image\/webp;base64,[^"]*" width="480" height="360" alt="[^"]*red\/wrong.png/g),
    ).toHaveLength(7);
    expect(html).not.toMatch(/(src|href)="https?:/);
  });

  it.runIf(everything)(
    "compares models whose classes stand in another order, and shows those that only models have",
    async () => {
      const args = ["report", "colours.onnx", "swapped.onnx", "photos", "--json", "--out", "new/folder/two.html"];
      const { models, skipped } = JSON.parse((await run(...args)).out);
      expect(skipped).toHaveLength(1);
      expect(readdirSync(at("new/folder"))).toEqual(["two.html"]);
      const [{ evidence, exchange, doubtfulLabels }] = models;
      // The map for red is the photo's red at 8x8 (triangle filter, edges repeated), read bilinearly: computed apart, in Python, 0.756369
      // of it lies in the box, which is a quarter of the photo.
      const [all, green, red] = evidence;
      expect([all.label, green.label, red.label]).toEqual([undefined, 0, 1]);
      expect([all.object.count, green.object.count, red.object.count]).toEqual([10, 5, 5]);
      expect(red.object.even).toBeCloseTo(0.25, 2);
      expect(red.object.share.value).toBeCloseTo(0.756369, 5);
      expect(red.corners.share.value).toBeLessThan(red.corners.even / 2);
      expect([exchange.count, exchange.donors]).toEqual([11, 3]);
      expect(exchange.hottest.value).toBeGreaterThanOrEqual(exchange.elsewhere.value);
      // Of so few images nothing is known of the model's confidence.
      expect(doubtfulLabels).toEqual([]);
      const [a, b] = models.map(({ evaluation }: { evaluation: object }) => evaluation);
      expect([a.classes, a.correct, a.confusion[1]]).toEqual([["green", "red", "blue"], 10, [1, 5, 0]]);
      // Its scores for green, blue and red are the red, green and blue channel: green is blue, red is green.
      expect([b.classes, b.correct, b.confusion]).toEqual([
        ["green", "red", "blue"],
        0,
        [
          [0, 0, 5],
          [5, 0, 1],
          [0, 0, 0],
        ],
      ]);
      const refused = await run("report", "swapped.onnx", "photos", "--attack");
      expect([refused.code, refused.err]).toEqual([
        2,
        'fovea: --attack: swapped: expected the classes of photos alone, got others, such as "blue"\n',
      ]);
    },
  );

  it.runIf(everything)("writes the queue of labels, and never into the data", async () => {
    const { code } = await run("report", "colours.onnx", "photos", "--label-queue", "queue.csv", "--out", "queue.html");
    expect([code, readFileSync(at("queue.csv"), "utf8")]).toEqual([1, "path,old,new,verdict\r\n"]);
    const refused = await run("report", "colours.onnx", "photos/labels.csv", "--label-queue", "photos/new/queue.csv");
    expect([refused.code, refused.err]).toEqual([
      2,
      "fovea: --label-queue: expected a place outside of the data, got photos/new/queue.csv, which lies in photos/labels.csv: it is never written to\n",
    ]);
    expect(readdirSync(at("photos")).sort()).toEqual(["green", "labels.csv", "red"]);
  });

  it("refuses a model of other classes with one line", async () => {
    const { code, err } = await run("report", "other.onnx", "photos");
    const nowhere = await run("report", "colours.onnx", "photos", "--out", "colours.onnx/x.html");
    expect([nowhere.code, nowhere.err]).toEqual([
      2,
      expect.stringMatching(/^fovea: colours\.onnx\/x\.html\.partial: cannot be written: [^\n]*\n$/),
    ]);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^fovea: other: classes: expected names for green, red of photos, got cat, dog .*\n$/),
    ]);
  });

  it.runIf(everything)(
    "goes on after SIGKILL where it was, to the report of an uninterrupted run",
    { timeout: 60_000 },
    async () => {
      const args = ["report", "colours.onnx", "many", "--split", "all"];
      await run(...args, "--out", "whole.html");
      const { child, done } = start(folder.path, [...args, "--out", "killed.html"]);
      const partial = at("killed.html.partial");
      const begun = () => existsSync(partial) && readFileSync(partial).includes("\n");
      const watch = setInterval(() => begun() && child.kill("SIGKILL"), 2);
      await done;
      clearInterval(watch);
      expect(existsSync(at("killed.html"))).toBe(false);
      left = readFileSync(partial);
      const kept = left.toString().split("\n").length - 1;
      expect(kept).toBeGreaterThan(0);
      // A line that was cut short is no result.
      appendFileSync(partial, '{"key":"half');
      const again = await run(...args, "--out", "killed.html");
      expect(again.err).toContain(`colours: ${kept} of 160 photos were explained before; going on`);
      const html = (name: string) => readFileSync(at(name), "utf8").replaceAll(name, "out.html");
      expect(html("killed.html") === html("whole.html")).toBe(true);
      expect(existsSync(partial)).toBe(false);
    },
  );

  it.runIf(everything)(
    "explains again what has changed since: a photo, the model, the options",
    { timeout: 60_000 },
    async () => {
      const found = async (...more: string[]) => {
        writeFileSync(at("again.html.partial"), left);
        const { err } = await run("report", "colours.onnx", "many", "--split", "all", "--out", "again.html", ...more);
        return Number(err.match(/(\d+) of \d+ photos were explained before/)?.[1] ?? 0);
      };
      const kept = left.toString().split("\n").length - 1;
      utimesSync(at("many/green/0.png"), 1, 1);
      expect(await found()).toBe(kept - 1);
      expect(await found("--scale", "1/256")).toBe(0);
      utimesSync(at("colours.onnx"), 1, 1);
      expect(await found()).toBe(0);
    },
  );
});
