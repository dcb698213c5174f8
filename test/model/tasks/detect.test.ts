/** @file Boxes of detectors, against PyTorch's. */

import { afterAll, describe, expect, it } from "vitest";
import { openModel } from "../../../src/model/open.js";
import { createDetector, type Detector } from "../../../src/model/tasks/detection/detect.js";
import { boxOnPicture } from "../../../src/model/tasks/detection/on-picture.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";
import { goldens, imageOf, limits, openDetector } from "./detectors.js";

const opened: Detector[] = [];
afterAll(() => Promise.all(opened.map((each) => each.close())));

async function detectorOf(name: string): Promise<Detector> {
  const detector = createDetector(await openDetector(name), { runtime });
  opened.push(detector);
  return detector;
}

describe.each(Object.entries(goldens.nets))("boxes in the layout %s", (name, { boxes }) => {
  it("are PyTorch's, the surest first", async () => {
    const found = await (await detectorOf(name)).detect(imageOf(name), limits);
    expect(found.map(({ row, classIndex }) => [row, classIndex])).toEqual(boxes.map((each) => [each.row, each.class]));
    const sides = found.map(({ left, top, right, bottom, score }) => [left, top, right, bottom, score]);
    const tolerance = 1e-3 * goldens.size;
    for (const [i, each] of boxes.entries())
      for (const [k, side] of [...each.box, each.score].entries())
        expect(Math.abs((sides[i]?.[k] ?? Number.NaN) - side)).toBeLessThan(k === 4 ? 1e-5 : tolerance);
  });
});

describe("limits of boxes", () => {
  it("leave out less sure and overlapping ones", async () => {
    const detector = await detectorOf("v8");
    const all = await detector.detect(imageOf("v8"), limits);
    const sure = await detector.detect(imageOf("v8"), { ...limits, confidence: all[2]?.score });
    expect(sure).toEqual(all.slice(0, 3));
    const apart = await detector.detect(imageOf("v8"), { ...limits, overlap: 0 });
    const overlapping = await detector.detect(imageOf("v8"), { ...limits, overlap: 1 });
    expect(apart.length).toBeLessThan(all.length);
    expect(overlapping.length).toBeGreaterThan(all.length);
    expect(await detector.detect(imageOf("v8"), { confidence: 1 })).toEqual([]);
  });

  it("are shares", async () => {
    const detector = await detectorOf("v8");
    await expect(detector.detect(imageOf("v8"), { confidence: 25 })).rejects.toThrow(
      /^confidence: expected a number from 0 to 1, got 25$/,
    );
    await expect(detector.detect(imageOf("v8"), { overlap: Number.NaN })).rejects.toThrow(/^overlap: expected/);
  });

  it("are of detectors alone", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 3, 8, 8]);
    op.output(op.ReduceMean(x, op.ints([2, 3]), { keepdims: 0 }), "y");
    const model = await openModel(op.graph, runtime);
    expect(() => createDetector(model, { runtime })).toThrow(
      /^boxes: expected a detector, got a model for classification$/,
    );
  });
});

describe("lists of boxes that a file has chosen itself", () => {
  /** Outputs that do not depend on the image but by a factor of 1. */
  function listing(names: readonly [string, string, string], boxes: number[], labels: number[], withBatch: boolean) {
    const op = new Builder();
    const x = op.input("x", "float32", [1, 3, 32, 64]);
    const one = op.Exp(op.Mul(op.ReduceMean(x, { keepdims: 0 }), op.scalar(0)));
    const rows = labels.length;
    const dims = (...sizes: number[]) => (withBatch ? [1, ...sizes] : sizes);
    const from = (sizes: number[], values: number[]) => op.Mul(op.constant(float32(sizes, values)), one);
    op.output(from(dims(rows, 4), boxes), names[0]);
    op.output(
      from(
        dims(rows),
        labels.map((_, i) => 0.9 - 0.2 * i),
      ),
      names[1],
    );
    op.output(op.Cast(from(dims(rows), labels), { to: names[2] === "labels" ? 7 : 1 }), names[2]);
    return op.graph;
  }
  const image = float32([1, 3, 32, 64], new Float32Array(3 * 32 * 64));
  const sidesOf = async (graph: ReturnType<typeof listing>) => {
    const detector = createDetector(await openModel(graph, runtime), { runtime });
    opened.push(detector);
    const found = await detector.detect(image, { confidence: 0.6 });
    return found.map(({ left, top, right, bottom, classIndex }) => [left, top, right, bottom, classIndex]);
  };

  it("are read as TensorFlow's API writes them: top first, shares of the sides, classes from 1", async () => {
    const names = ["detection_boxes", "detection_scores", "detection_classes"] as const;
    const graph = listing(names, [0.25, 0.5, 0.5, 1, 0, 0, 1, 1, 0, 0, 1, 1], [3, 1, 2], true);
    expect(await sidesOf(graph)).toEqual([
      [32, 8, 64, 16, 2],
      [0, 0, 64, 32, 0],
    ]);
  });

  it("are read as torchvision writes them: in pixels, without a batch", async () => {
    const graph = listing(["boxes", "scores", "labels"], [1, 2, 30, 20, 0, 0, 5, 5, 0, 0, 1, 1], [3, 1, 2], false);
    expect(await sidesOf(graph)).toEqual([
      [1, 2, 30, 20, 3],
      [0, 0, 5, 5, 1],
    ]);
  });

  it("are read as the model zoo's SSD writes them: shares of the sides, with a batch", async () => {
    const graph = listing(["boxes", "scores", "labels"], [0.5, 0.25, 1, 0.5, 0, 0, 1, 1, 0, 0, 1, 1], [3, 1, 2], true);
    expect(await sidesOf(graph)).toEqual([
      [32, 8, 64, 16, 3],
      [0, 0, 64, 32, 1],
    ]);
  });
});

describe("boxOnPicture", () => {
  it("brings a box to the picture, and cuts it off at the edges", () => {
    // A picture of 200x100 in a square of 64 with bars above and below: 3.125 of its pixels for one of the input's.
    const seen = { x: 0, y: -50, width: 200, height: 200 };
    const input = { width: 64, height: 64 };
    const place = (left: number, top: number, right: number, bottom: number) =>
      boxOnPicture({ left, top, right, bottom }, seen, input, { width: 200, height: 100 });
    expect(place(16, 24, 32, 40)).toEqual({ x: 50, y: 25, width: 50, height: 50 });
    expect(place(-8, 0, 80, 64)).toEqual({ x: 0, y: 0, width: 200, height: 100 });
  });
});
