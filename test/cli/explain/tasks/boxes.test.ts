/** @file `fovea explain` of a detector: a list of boxes, a map for each, one sentence for what cannot be. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { readNpy, writeNpy } from "../../../../src/data/npy.js";
import { encodePng } from "../../../../src/image/node.js";
import { goldens, imageOf, pathOf } from "../../../model/tasks/detectors.js";
import { everything } from "../../../support/share.js";
import { fovea, workFolder } from "../../fovea.js";

const folder = workFolder();
const model = pathOf("v8");
const { boxes } = goldens.nets.v8 ?? { boxes: [] };
const limits = ["--conf", String(goldens.confidence), "--iou", String(goldens.overlap)];
const array = ["explain", model, "image.npy", ...limits];

beforeAll(async () => {
  writeFileSync(join(folder, "image.npy"), writeNpy(imageOf("v8")));
  const pixels = Uint8Array.from({ length: 120 * 60 * 3 }, (_, i) => (i * 7919) % 256);
  writeFileSync(join(folder, "street.png"), await encodePng({ width: 120, height: 60, channels: 3, pixels }));
  writeFileSync(join(folder, "names.txt"), "cat\ndog\nbus\nperson\n");
});

describe("fovea explain of a detector", () => {
  it.runIf(everything)("finds the boxes that PyTorch finds, numbers them, and explains the ten surest", async () => {
    const { code, out } = await fovea(folder, [...array, "--labels", "names.txt", "--json"]);
    expect(code).toBe(0);
    const { task, method, results } = JSON.parse(out);
    expect([task.name, method]).toEqual(["detection", "hires-cam"]);
    const found = results[0].boxes;
    expect(found.map((each: { class: number; row: number }) => [each.class, each.row])).toEqual(
      boxes.map((each) => [each.class, each.row]),
    );
    expect(found.map(({ number }: { number: number }) => number)).toEqual(boxes.map((_, i) => i + 1));
    expect(found[0].label).toBe("bus");
    expect(found.filter((each: object) => "layers" in each).length).toBe(10);
    expect(found[0].layers.length).toBe(2);
  });

  it("prints a table and draws a figure: the picture, and the map of each box", async () => {
    const { code, out } = await fovea(folder, [...array, "--box", "2", "--box", "4,5", "--out", "three.png"]);
    expect(code).toBe(0);
    expect(out).toMatch(/YOLOv8: box, classes/);
    expect(out).toMatch(/box +class +score +left top right bottom +explained at/);
    expect(out.match(/\/neck\/[cpn]\d\/.* \+ /g)?.length).toBe(3);
    const { width = 0, height = 0 } = await sharp(join(folder, "three.png")).metadata();
    // Four cells in two rows.
    expect(width / height).toBeGreaterThan(0.7);
    expect(width / height).toBeLessThan(1.3);
  });

  it("explains a class of boxes, and counts the others", async () => {
    const { out } = await fovea(folder, [...array, "--labels", "names.txt", "--class", "dog", "--json"]);
    const explained = JSON.parse(out).results[0].boxes.filter((each: object) => "layers" in each);
    expect(new Set(explained.map(({ label }: { label: string }) => label))).toEqual(new Set(["dog"]));
    expect(explained.length).toBe(boxes.filter((each) => each.class === 1).length);
  });

  it.runIf(everything)("takes any method that is named, Grad-CAM too, and else ODAM", async () => {
    const mapsBy = async (...method: string[]) => {
      const flags = ["--box", "1", "--raw", "--out", "map.npy", ...method];
      expect((await fovea(folder, [...array, ...flags])).code).toBe(0);
      return Array.from(readNpy(readFileSync(join(folder, "map.npy")), "map.npy").data, Number);
    };
    const [plain, exact, averaged] = [
      await mapsBy(),
      await mapsBy("--method", "hires-cam"),
      await mapsBy("--method", "grad-cam"),
    ];
    expect(exact).toEqual(plain);
    expect(averaged).not.toEqual(plain);
    expect((await mapsBy("--method", "d-rise", "--samples", "20")).length).toBe(64 * 64);
    const spaced = await mapsBy("--method", "ssgrad-cam++");
    expect(spaced).not.toEqual(plain);
    expect(Math.max(...spaced)).toBeGreaterThan(0);
  });

  it("writes raw maps, an overlay and a heat map of all explained boxes", async () => {
    const kinds = ["--raw", "--overlay", "--heatmap", "--out", "maps"];
    const { code } = await fovea(folder, ["explain", model, "street.png", "--conf", "0.2", "--box", "1,2", ...kinds]);
    expect(code).toBe(0);
    const maps = readNpy(readFileSync(join(folder, "maps.npy")), "maps.npy");
    expect([maps.dims[0], maps.dims.length]).toEqual([2, 3]);
    for (const kind of ["overlay", "heatmap"]) {
      const { width, height } = await sharp(join(folder, `maps.${kind}.png`)).metadata();
      expect([width, height]).toEqual([120, 60]);
    }
  });

  it.runIf(everything)("prepares pictures as YOLO's makers do where nobody says", async () => {
    const { out } = await fovea(folder, ["explain", model, "street.png", "--conf", "0.2", "--json"]);
    const [result] = JSON.parse(out).results;
    expect(result.notes).toContain(
      "preprocessing assumed: RGB from 0 to 1, the whole picture with grey around it, as is usual with YOLO",
    );
    for (const { box } of result.boxes) {
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.y + box.height).toBeLessThanOrEqual(60);
    }
  });

  it.each([
    [["--box", "99"], /^fovea: image.npy: --box 99: expected 1 to \d+\n$/],
    [["--box", "1", "--at", "2=3"], /^fovea: --box and --at: expected one of them: --box is about boxes\n$/],
    [["--box", "1", "--mask", "x.png"], /^fovea: --box and --mask: expected one of them: --box is about boxes\n$/],
    [
      ["--box", "1", "--at", "2=3", "--mask", "x.png"],
      /^fovea: --box and --mask and --at: expected one of them: --box is about boxes\n$/,
    ],
    [["--at", "2=3", "--mask", "x.png"], /^fovea: --mask and --at: expected one of them\n$/],
    [
      ["--box", "1", "--output", "output0"],
      /^fovea: --box and --output: expected one of them: --box is about boxes\n$/,
    ],
    [["--box", "0"], /^fovea: --box: expected a whole number from 1 to 10,000, got "0"\n$/],
    [["--box", "2", "--conf", "0.99"], /^fovea: image.npy: --box 2: expected a box, of which there is none\n$/],
    [
      ["--task", "multi-label"],
      /^fovea: .*: task multi-label: expected scores \[N, classes\] of two classes or more, got/,
    ],
    [
      ["--conf", "0.99"],
      /^fovea: image.npy: no box with a score of 0.99 or more: the surest is .* with 0\.\d+ \(--conf 0\.\d takes it\)\n$/,
    ],
    [
      ["--trust"],
      /^fovea: --trust: expected none with boxes: it is about maps of classes \(--task classification\)\n$/,
    ],
    [["--method", "all"], /^fovea: --method all: expected none with boxes/],
    [
      ["--task", "segmentation"],
      /^fovea: .*v8\.onnx: task segmentation: expected an output \[N, classes, height, width\].*, got outputs output0 \[N, 8, 84\]\n$/,
    ],
    [["--task", "boxes"], /^error: option '--task <name>' argument 'boxes' is invalid/],
    [["--class", "unicorn"], /^fovea: image.npy: .*unicorn/],
  ])("refuses %j in one sentence", async (flags, message) => {
    const { code, err, out } = await fovea(folder, ["explain", model, "image.npy", ...flags]);
    expect(err).toMatch(message);
    expect([code, out]).toEqual([2, ""]);
  });

  it("is refused for a model of classes", async () => {
    const { code, err } = await fovea(folder, ["explain", "street.png", "--box", "1"]);
    expect([code, err]).toEqual([
      2,
      "fovea: --box: expected a detector, got a model for classification (--task detection, if it is one)\n",
    ]);
  });

  it.runIf(everything)("tells and draws the shapes of instance segmentation", async () => {
    writeFileSync(join(folder, "seg.npy"), writeNpy(imageOf("seg")));
    const seg = ["explain", pathOf("seg"), "seg.npy", ...limits, "--method", "layer-cam"];
    const { code, out } = await fovea(folder, [...seg, "--out", "seg.svg"]);
    expect(code).toBe(0);
    expect(out).toMatch(/YOLOv8: box, classes; with masks/);
    expect(out).toMatch(/left top right bottom +area +explained at/);
    const [{ boxes: found }] = JSON.parse((await fovea(folder, [...seg, "--json"])).out).results;
    for (const { area, mask } of found) {
      expect(mask.size).toEqual([64, 64]);
      expect(mask.counts.reduce((sum: number, length: number) => sum + length, 0)).toBe(64 * 64);
      const inside = mask.counts.reduce((sum: number, length: number, i: number) => sum + (i % 2) * length, 0);
      expect(area).toBeCloseTo(inside / 4096, 10);
    }
    expect(found.some(({ area }: { area: number }) => area > 0)).toBe(true);
    expect((await fovea(folder, ["inspect", pathOf("seg")])).out).toContain(
      "task          detection: YOLOv8: box, classes; with masks, 4 classes",
    );
  });

  it("knows methods that are for boxes alone", async () => {
    const { code, err } = await fovea(folder, ["explain", "street.png", "--method", "SSGradCAM"]);
    expect([code, err]).toEqual([2, "fovea: --method ssgrad-cam: expected boxes of a detector to explain, got none\n"]);
    const { out } = await fovea(folder, ["explain", "--method", "list"]);
    for (const name of ["ssgrad-cam", "ssgrad-cam++", "d-rise"])
      expect(out.split("\n").find((line) => line.startsWith(`${name} `))).toMatch(/boxes alone$/);
  });

  it.runIf(everything)("goes on with the other pictures of a folder", async () => {
    writeFileSync(join(folder, "broken.png"), "no picture");
    const pictures = ["broken.png", "image.npy"];
    const { code, out, err } = await fovea(folder, ["explain", model, ...pictures, ...limits, "--out", "all"]);
    expect(out.match(/^image.npy: .* -> all\//gm)?.length).toBe(1);
    expect(err).toMatch(/broken\.png: .*\nfovea: 1 of 2 inputs failed\n$/);
    expect(code).toBe(1);
  });

  it("is inspected as one", async () => {
    const { out } = await fovea(folder, ["inspect", model]);
    expect(out).toContain("task          detection: YOLOv8: box, classes, 4 classes");
  });
});
