/** @file Shapes of objects in boxes, against PyTorch's and by hand. */

import { afterAll, describe, expect, it } from "vitest";
import { at } from "../../../src/foundation/present.js";
import { floatMap } from "../../../src/image/map/heatmap.js";
import { openModel } from "../../../src/model/open.js";
import { createDetector, type Detector } from "../../../src/model/tasks/detection/detect.js";
import { areaShare, maskedPixels, runLengths } from "../../../src/model/tasks/detection/object-mask.js";
import { layoutInWords } from "../../../src/model/tasks/found-task.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";
import { goldens, imageOf, limits, openDetector } from "./detectors.js";

const opened: Detector[] = [];
afterAll(() => Promise.all(opened.map((each) => each.close())));

async function detectorOf(graph: Graph, classes?: number): Promise<Detector> {
  const given = { origin: "as given", classes: Array.from({ length: classes ?? 0 }, (_, i) => `class ${i}`) };
  const detector = createDetector(await openModel(graph, runtime, "model", classes ? { given } : {}), { runtime });
  opened.push(detector);
  return detector;
}

describe("masks that rows mix of prototypes", () => {
  const { boxes } = at(
    Object.entries(goldens.nets).flatMap(([name, net]) => (name === "seg" ? [net] : [])),
    0,
  );

  it("are PyTorch's, each in the cells of its box", async () => {
    const detector = createDetector(await openDetector("seg"), { runtime });
    opened.push(detector);
    expect(layoutInWords(detector.task.layout)).toBe("YOLOv8: box, classes; with masks");
    const found = await detector.detect(imageOf("seg"), { ...limits, masks: true });
    expect(found.length).toBe(boxes.length);
    expect(boxes.some(({ mask = [] }) => mask.some((value) => value >= 0.5))).toBe(true);
    const side = goldens.size / 4;
    for (const [i, { mask }] of found.entries()) {
      const { map, place } = mask ?? {
        map: floatMap(1, 1, new Float32Array(1)),
        place: { x: 0, y: 0, width: 0, height: 0 },
      };
      expect([place.width, place.height]).toEqual([4 * map.width, 4 * map.height]);
      const whole = new Float32Array(side * side);
      for (const [k, value] of map.values.entries()) {
        const row = place.y / 4 + Math.floor(k / map.width);
        whole[row * side + place.x / 4 + (k % map.width)] = value;
      }
      const golden = boxes[i]?.mask ?? [];
      expect(Array.from(whole)).toEqual(golden.map((value) => expect.closeTo(value, 4)));
    }
  });

  it("come only where they are asked for, and change no box", async () => {
    const detector = createDetector(await openDetector("seg"), { runtime });
    opened.push(detector);
    const plain = await detector.detect(imageOf("seg"), limits);
    const masked = await detector.detect(imageOf("seg"), { ...limits, masks: true });
    expect(plain.every((box) => !("mask" in box))).toBe(true);
    expect(masked.map(({ mask: _, ...box }) => box)).toEqual(plain);
    expect(await detector.detect(imageOf("seg"), { confidence: 1, masks: true })).toEqual([]);
  });
});

/** An input of 32x64 whose outputs depend on it by a factor of 1 alone. */
function constants(outputs: Readonly<Record<string, { readonly dims: number[]; readonly values: number[] }>>): Graph {
  const op = new Builder();
  const x = op.input("images", "float32", [1, 3, 32, 64]);
  const one = op.Exp(op.Mul(op.ReduceMean(x, { keepdims: 0 }), op.scalar(0)));
  for (const [name, { dims, values }] of Object.entries(outputs))
    op.output(op.Mul(op.constant(float32(dims, values)), one), name);
  return op.graph;
}
const image = float32([1, 3, 32, 64], new Float32Array(3 * 32 * 64));
const logit = (share: number) => Math.log(share / (1 - share));

describe("masks of other layouts", () => {
  it("of chosen rows are mixed of prototypes as well", async () => {
    // Two prototypes of 4x8 cells; the only row takes the first less the second, in a box of 2x3 cells.
    const prototypes = Array.from({ length: 64 }, (_, i) => (i < 32 ? 1 : i % 8) / 2);
    const row = [16, 8, 40, 24, 0.9, 1, 2, -1];
    const graph = constants({
      output0: { dims: [1, 10, 8], values: [...row, ...Array(72).fill(0)] },
      output1: { dims: [1, 2, 4, 8], values: prototypes },
    });
    const [box] = await (await detectorOf(graph)).detect(image, { masks: true });
    expect(box?.mask?.place).toEqual({ x: 16, y: 8, width: 24, height: 16 });
    const expected = [2, 3, 4].map((column) => 1 / (1 + Math.exp(-(1 - column / 2))));
    expect(Array.from(box?.mask?.map.values ?? [])).toEqual(
      [...expected, ...expected].map((value) => expect.closeTo(value, 5)),
    );
  });

  it("of lists are those of the boxes where they are smaller than the input, as Mask R-CNN gives them", async () => {
    const masks = Array.from({ length: 2 * 9 }, (_, i) => i / 18);
    const graph = constants({
      boxes: { dims: [2, 4], values: [0, 0, 5, 5, 10, 4, 31, 20] },
      labels: { dims: [2], values: [0, 1] },
      scores: { dims: [2], values: [0.1, 0.8] },
      masks: { dims: [2, 1, 3, 3], values: masks },
    });
    const [box, ...none] = await (await detectorOf(graph)).detect(image, { masks: true });
    expect(none).toEqual([]);
    expect(box?.mask?.place).toEqual({ x: 10, y: 4, width: 21, height: 16 });
    expect(Array.from(box?.mask?.map.values ?? [])).toEqual(masks.slice(9).map((value) => expect.closeTo(value, 6)));
  });

  it("of lists are those of the input where they are as large, as torchvision gives them", async () => {
    const masks = Array.from({ length: 32 * 64 }, (_, i) => (i % 64 >= 12 && i % 64 < 20 ? 1 : 0));
    const graph = constants({
      boxes: { dims: [1, 4], values: [10, 4, 31, 20] },
      labels: { dims: [1], values: [1] },
      scores: { dims: [1], values: [0.8] },
      masks: { dims: [1, 1, 32, 64], values: masks },
    });
    const [box] = await (await detectorOf(graph)).detect(image, { masks: true });
    expect(box?.mask?.place).toEqual({ x: 10, y: 4, width: 21, height: 16 });
    const row = Array.from(box?.mask?.map.values.subarray(0, 21) ?? []);
    expect(row).toEqual(Array.from({ length: 21 }, (_, i) => (i >= 2 && i < 10 ? 1 : 0)));
  });

  it("of queries are cut at the box, too", async () => {
    const graph = constants({
      dets: { dims: [1, 8, 4], values: [0.5, 0.5, 0.5, 0.5, ...Array(28).fill(0.1)] },
      labels: { dims: [1, 8, 3], values: Array.from({ length: 24 }, (_, i) => (i === 2 ? 3 : -5)) },
      masks: { dims: [1, 8, 4, 8], values: Array.from({ length: 256 }, (_, i) => logit((i + 1) / 258)) },
    });
    const [box] = await (await detectorOf(graph)).detect(image, { masks: true });
    expect(box?.classIndex).toBe(2);
    expect(box?.mask?.place).toEqual({ x: 16, y: 8, width: 32, height: 16 });
    const cells = [10, 11, 12, 13, 18, 19, 20, 21].map((i) => expect.closeTo((i + 1) / 258, 5));
    expect(Array.from(box?.mask?.map.values ?? [])).toEqual(cells);
  });
});

describe("the pixels of a mask", () => {
  const picture = { width: 4, height: 3 };

  it("are those from a probability of 1/2 on, between cells bilinearly, cut off at the picture's edges", () => {
    const left = floatMap(2, 1, Float32Array.from([1, 0]));
    // Cells of 4x3 pixels, of which the first begins two pixels before the picture: between their centres at 0 and 4 it falls from 1 to 0.
    const { frame, inside } = maskedPixels(left, { x: -2, y: 0, width: 8, height: 3 }, picture);
    expect(frame).toEqual({ x: 0, y: 0, width: 4, height: 3 });
    expect(Array.from(inside)).toEqual([1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0]);
    const beyond = maskedPixels(left, { x: 9, y: 0, width: 8, height: 3 }, picture);
    expect([areaShare(beyond, picture), runLengths(beyond, picture)]).toEqual([0, [12]]);
  });

  it("are told as run lengths, column by column, beginning with those outside, as COCO has them", () => {
    const pixels = { frame: { x: 1, y: 1, width: 2, height: 2 }, inside: Uint8Array.from([1, 0, 1, 1]) };
    // Columns of 3: 000, 011, 001, 000.
    expect(runLengths(pixels, picture)).toEqual([4, 2, 2, 1, 3]);
    expect(areaShare(pixels, picture)).toBe(3 / 12);
    const all = { frame: { x: 0, y: 0, width: 4, height: 3 }, inside: new Uint8Array(12).fill(1) };
    expect(runLengths(all, picture)).toEqual([0, 12]);
  });
});
