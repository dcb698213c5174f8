/** @file D-RISE: the similarity of boxes by hand, and maps from masks alone. */

import { afterAll, describe, expect, it } from "vitest";
import { createBoxExplainer } from "../../../src/explain/boxes/box-explainer.js";
import { dRiseFor } from "../../../src/explain/boxes/box-method.js";
import type { BoxExplainer } from "../../../src/explain/boxes/box-options.js";
import { random } from "../../../src/foundation/random.js";
import { openModel } from "../../../src/model/open.js";
import { outputOf } from "../../../src/model/targets/output.js";
import { withTarget } from "../../../src/model/targets/target.js";
import { detectionOf } from "../../../src/model/tasks/detection/detect.js";
import { similarBoxes } from "../../../src/model/tasks/detection/similar-boxes.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { float32, floats } from "../../../src/onnx/tensor.js";
import { noSuperpixels } from "../../support/models/no-superpixels.js";
import { runtime } from "../../support/runtime.js";

const opened: BoxExplainer[] = [];
afterAll(() => Promise.all(opened.map((each) => each.close())));

const box = { left: 0, top: 0, right: 10, bottom: 10, score: 0.9, classIndex: 0, label: "cat", row: 0 };

/** Fixed boxes, by centre and size, with scores of two classes. */
function fixedBoxes(rows: readonly (readonly number[])[]): Graph {
  const op = new Builder();
  const x = op.input("images", "float32", [1, 3, 32, 32]);
  const one = op.Exp(op.Mul(op.ReduceMean(x, { keepdims: 0 }), op.scalar(0)));
  const padded = Array.from({ length: 21 }, (_, i) => rows[i] ?? [0, 0, 0, 0, 0, 0]);
  const columns = padded[0]?.map((_, column) => padded.map((row) => row[column] ?? 0)) ?? [];
  op.output(op.Mul(op.constant(float32([1, 6, 21], columns.flat())), one), "output0");
  return op.graph;
}

describe("the similarity to a box", () => {
  it("is the largest overlap times score of its class", async () => {
    const graph = fixedBoxes([
      [5, 5, 10, 10, 0.2, 0.9],
      [10, 5, 10, 10, 0.6, 0.1],
      [25, 25, 10, 10, 1, 1],
    ]);
    const model = await openModel(graph, runtime);
    const target = similarBoxes(detectionOf(model.task).layout, [
      box,
      { ...box, classIndex: 1 },
      { ...box, left: 12, right: 20 },
      { ...box, left: 100, right: 110 },
    ]);
    const similar = await withTarget(model, target, runtime);
    const image = float32([1, 3, 32, 32], new Float32Array(3072));
    // Whole overlap with the first box; a third with the second; 80 of 100 + 80 - ... of the second: 3 of 15 columns.
    const third = (3 * 10) / (100 + 80 - 30);
    const expected = [Math.max(0.2, 0.6 / 3), 0.9, Math.max(third * 0.6, 0), 0];
    expect(Array.from(floats(await outputOf(similar, image, runtime)))).toEqual(
      expected.map((value) => expect.closeTo(value, 5)),
    );
  });
});

/** A grid of 4x4 cells of 8 pixels: the score of a cell is its brightness, its box is the cell. */
function brightCells(): Graph {
  const op = new Builder();
  const x = op.input("images", "float32", [1, 3, 32, 32]);
  const grey = op.constant(float32([1, 3, 8, 8], Array(192).fill(1 / 192)));
  const score = op.Reshape(op.Conv(x, grey, { strides: [8, 8] }), op.ints([1, 1, 16]));
  const places = Array.from({ length: 16 }, (_, i) => [8 * (i % 4) + 4, 8 * Math.floor(i / 4) + 4, 8, 8]);
  const sides = [0, 1, 2, 3].flatMap((side) => places.map((place) => place[side] ?? 0));
  op.output(op.Concat(op.constant(float32([1, 4, 16], sides)), score, { axis: 1 }), "output0");
  return op.graph;
}

describe("D-RISE", () => {
  it("shows the pixels that a box's score hangs on, of several boxes at once", async () => {
    const source = random("image");
    const image = float32(
      [1, 3, 32, 32],
      Float32Array.from({ length: 3072 }, () => 0.5 + source.uniform() / 2),
    );
    const explainer = createBoxExplainer(await openModel(brightCells(), runtime), {
      runtime,
      method: "d-rise",
      samples: 400,
    });
    opened.push(explainer);
    const boxes = (await explainer.detect(image, { confidence: 0.1 })).slice(0, 3);
    expect(boxes.length).toBe(3);
    for (const { box: found, evidence, score, layers } of await explainer.explain(image, boxes)) {
      expect(layers.map(({ name }) => name)).toEqual(["images"]);
      expect(score).toBeCloseTo(found.score, 5);
      const isInside = (i: number) => {
        const [x, y] = [i % 32, Math.floor(i / 32)];
        return x >= found.left && x < found.right && y >= found.top && y < found.bottom;
      };
      const mean = (inside: boolean) => {
        const values = Array.from(evidence.values).filter((_, i) => isInside(i) === inside);
        return values.reduce((sum, value) => sum + value, 0) / values.length;
      };
      // Of a mask 4 by 4 cells are visible or not: the variance of the one that a box is as large as, 0.25, times the brightness over p, is 0.375 at most.
      expect(mean(true)).toBeGreaterThan(0.05);
      expect(mean(true)).toBeLessThan(0.375);
      expect(Math.abs(mean(false))).toBeLessThan(mean(true) / 5);
    }
  });
});

it("has the paper's 16 by 16 cells, and fewer where these would be smaller than 16 pixels", () => {
  const cells = (side: number) =>
    dRiseFor([side, side]).plan({ channels: [], sizes: [side, side], samples: 1, seed: 1, superpixels: noSuperpixels })
      .rows.grid?.dims;
  expect([640, 256, 128, 32].map(cells)).toEqual([16, 16, 8, 4].map((count) => [1, count, count]));
});
