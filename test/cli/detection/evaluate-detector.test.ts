/** @file `fovea evaluate` and `fovea localise` of a detector of squares, whose errors are known. */

import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { cocoOf, errorPictures, squareDetector, writeSquares } from "../../support/detection/square-detector.js";
import { fovea, workFolder } from "../fovea.js";

const folder = workFolder();
const put = (name: string, bytes: Uint8Array | string) => writeFileSync(join(folder, name), bytes);
beforeAll(async () => {
  await writeSquares(folder);
  put("others.onnx", squareDetector(["red", "blue"]));
  mkdirSync(join(folder, "broken"));
  put("broken/list.json", cocoOf([...errorPictures, { file: "broken.png", squares: [], objects: [[1, 0, 0, 9, 9]] }]));
  put("broken/broken.png", "no picture");
  for (const { file } of errorPictures) copyFileSync(join(folder, "data/images", file), join(folder, "broken", file));
});

const run = (...args: string[]) => fovea(folder, args);

describe("fovea evaluate MODEL DATA of a detector", () => {
  it("prints average precision, classes, kinds of errors, and the surest errors of each", async () => {
    const { code, out, err } = await run("evaluate", "squares.onnx", "data/instances.json");
    expect(err).toBe("");
    expect(code).toBe(0);
    const lines = out.split("\n").map((line) => line.trimEnd().replace(/ {2,}/g, "  "));
    expect(lines).toContain("on 5 pictures: 5 pictures with 8 objects of 2 classes, listed in instances.json");
    expect(lines).toContain("AP  54.6 %  mean over overlaps of 0.5 to 0.95");
    expect(lines).toContain("1 object ignored: crowds and difficult ones");
    expect(lines).toContain("classification  1  1  +20.7  a box that fits, but the wrong class");
    expect(lines).toContain("missed  0  1  +0.0  an object that no box comes near");
    expect(lines).toContain("data/images/class.png  green  1.000  16 16 32 32  red, overlap 1.00");
    expect(lines).toContain("data/images/ground.png  red  1.000  48 0 64 16");
    expect(lines).toContain("missed, largest first (1 of 1)");
  });

  it("prints all as JSON", async () => {
    const { code, out } = await run("evaluate", "squares.onnx", "data", "--json", "--conf", "0.25", "--errors", "1");
    expect(code).toBe(0);
    const result = JSON.parse(out);
    expect(result).toMatchObject({
      model: "squares.onnx",
      confidence: 0.25,
      overlap: 0.7,
      images: 5,
      objects: 7,
      ignored: 1,
    });
    expect(result.overall.ap50).toBeCloseTo(0.5458, 4);
    expect(result.shownErrors).toEqual({
      localisation: 1,
      classification: 1,
      duplicate: 0,
      background: 1,
      both: 0,
      missed: 1,
    });
    expect(result.surest.map(({ kind }: { kind: string }) => kind)).toEqual([
      "localisation",
      "classification",
      "background",
      "missed",
    ]);
  });

  it("goes on where a picture cannot be read, and says so", async () => {
    const { code, out, err } = await run("evaluate", "squares.onnx", "broken");
    expect(code).toBe(1);
    expect(out).toContain("on 5 pictures: 6 pictures");
    expect(err).toMatch(/broken\.png: image: expected .*\nfovea: 1 of 6 pictures skipped\n$/);
  });

  it.each([
    [["evaluate", "squares.onnx", "mnist"], /^fovea: mnist: expected pictures with boxes for a detector: scenes, /],
    [
      ["evaluate", "squares.onnx", "scenes"],
      /^fovea: squares: classes: expected names for 0, 1, 2, 3, 4 and 9 more of scenes, got red and green/,
    ],
    [["evaluate", "squares.onnx", "nothing"], /^fovea: unknown data set "nothing"/],
    [
      ["evaluate", "squares.onnx", "data/images"],
      /^fovea: data\/images: scenes: expected pictures with boxes: .* got no annotations\n$/,
    ],
    [
      ["evaluate", "others.onnx", "data"],
      /^fovea: others: classes: expected names for green of data, got red and blue/,
    ],
    [
      ["evaluate", "squares.onnx", "data", "--split", "test"],
      /^fovea: --split test: expected a model with classes of whole images, got a detector\n$/,
    ],
    [["evaluate", "squares.onnx", "data", "--conf", "2"], /--conf: expected a number from 0 to 1/],
    [
      ["evaluate", "squares.onnx", "data", "--task", "segmentation"],
      /^fovea: squares.onnx: task segmentation: expected/,
    ],
    [["localise", "squares.onnx", "data", "--method", "nothing"], /^fovea: unknown method "nothing"/],
    [
      ["localise", "squares.onnx", "data", "--conf", "1"],
      /^fovea: data: boxes: expected some with a score of 1 or more that are objects, got none among 0 boxes\n$/,
    ],
    [["report", "squares.onnx", "squares.onnx", "data"], /^fovea: report: expected a detector alone, got 2 models\n$/],
    [
      ["report", "squares.onnx", "data", "--trust"],
      /^fovea: --trust: expected a model with classes of whole images, got a detector\n$/,
    ],
  ])("is refused in a sentence: %j", async (args, message) => {
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
  });
});

describe("fovea localise MODEL DATA of a detector", () => {
  it("measures maps of boxes by each method, next to chance and the box itself", async () => {
    const args = ["data/instances.json", "--method", "hires-cam,grad-cam", "--curves", "2"];
    const { code, out, err } = await run("localise", "squares.onnx", ...args);
    expect(err).toBe("");
    expect(code).toBe(0);
    const lines = out.split("\n").map((line) => line.trimEnd().replace(/ {2,}/g, "  "));
    expect(lines).toContain(
      "maps of 4 boxes that are objects: 5 pictures with 8 objects of 2 classes, listed in instances.json",
    );
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}hires-cam {2}grad-cam {2}random {2}box {2}gaussian$/));
    expect(lines).toContainEqual(
      expect.stringMatching(/^pointing game \(higher\) {2}100\.0 % .*100\.0 % .*6\.3 % .*100\.0 %/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^deletion \(lower\) {2}0\.0\d\d .*0\.\d\d\d/));
  });

  it("gives a line of JSON for each box, and the summary", async () => {
    const { code, out } = await run("localise", "squares.onnx", "data", "--jsonl", "--curves", "0", "--count", "3");
    expect(code).toBe(0);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.length).toBe(4);
    expect(lines[0]).toMatchObject({ image: "data/images/right.png", maps: { "hires-cam": { pointing: 1 } } });
    expect(lines[3].summary.maps.map(({ name }: { name: string }) => name)).toEqual([
      "hires-cam",
      "random",
      "box",
      "gaussian",
    ]);
  });
});
