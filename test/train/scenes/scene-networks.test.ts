/** @file Networks for scenes: their losses against a computation by hand, and the files that come of them. */

import { describe, expect, it } from "vitest";
import { drawScenes } from "../../../src/data/scenes/draw-scenes.js";
import { sceneSide } from "../../../src/data/scenes/scene-set.js";
import { at, present } from "../../../src/foundation/present.js";
import { random } from "../../../src/foundation/random.js";
import { openModel } from "../../../src/model/open.js";
import { createDetector } from "../../../src/model/tasks/detection/detect.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats, numbers, type Tensor } from "../../../src/onnx/tensor.js";
import { sceneSettings } from "../../../src/train/network/recipes.js";
import { cellsOf, finds, nearestCell } from "../../../src/train/scenes/levels.js";
import { sceneExamples, sceneNetworkNamed, sceneTrainable } from "../../../src/train/scenes/scene-networks.js";
import { trainOnExamples } from "../../../src/train/train.js";
import { trainedModel } from "../../../src/train/trained-model.js";
import { run } from "../../support/models/run.js";
import { runtime } from "../../support/runtime.js";

const scenes = drawScenes({ seed: 3, count: 12, part: "train" });
const indices = [0, 4];
const shapeFor = (net: string) => {
  const { length: classes } = sceneNetworkNamed(net).classesOf(scenes.classes);
  return { channels: 3, height: sceneSide, width: sceneSide, classes };
};

/** Loss and right ones of raw values that are drawn at random, with the targets of two scenes. */
async function lossOf(net: string, dims: readonly number[]) {
  const [network, shape] = [sceneNetworkNamed(net), shapeFor(net)];
  const op = new Builder();
  const { loss, correct } = network.objective(shape).append(op, op.input("raw", "float32", dims));
  op.output(loss, "loss");
  op.output(correct, "correct");
  const source = random(net);
  const raw = float32(dims, Float32Array.from({ length: dims.reduce((a, b) => a * b) }, source.normal));
  const targets = await present(sceneExamples(scenes, network, shape).targets, "targets")(indices);
  const results = await run(op.graph, { raw, ...targets });
  const value = (name: string) => numbers(present(results[name], name))[0];
  return { raw, targets, loss: value("loss"), correct: value("correct") };
}

const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
type Corners = readonly [number, number, number, number];

function giou(a: Corners, b: Corners): number {
  const area = ([left, top, right, bottom]: Corners) => Math.max(0, right - left) * Math.max(0, bottom - top);
  const both = area([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]);
  const around = area([Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]);
  const union = area(a) + area(b) - both;
  return both / union - (around - union) / around;
}

describe("the objective of detect", () => {
  it("is the cross-entropy of all cells and 1 - GIoU of those that find something, per such a cell", async () => {
    const cells = cellsOf({ height: sceneSide, width: sceneSide });
    const [count, classes] = [cells.length, scenes.classes.length];
    const { raw, targets, loss, correct } = await lossOf("detect", [2, 4 + classes, count]);
    const of = (tensor: Tensor | undefined, n: number, row: number, cell: number) => {
      const { dims } = present(tensor, "values");
      return at(floats(present(tensor, "values")), (n * at(dims, 1) + row) * count + cell);
    };
    let [crossed, missed, number, right] = [0, 0, 0, 0];
    for (const n of [0, 1])
      for (const [i, { x, y, stride }] of cells.entries()) {
        const each = scenes.classes.map((_, c) => [of(raw, n, 4 + c, i), of(targets.found, n, c, i)] as const);
        for (const [logit, found] of each) crossed += softplus(logit) - found * logit;
        const label = each.findIndex(([, found]) => found === 1);
        if (label < 0) continue;
        number++;
        const [l = 0, t = 0, r = 0, b = 0] = [0, 1, 2, 3].map((side) => softplus(of(raw, n, side, i)) * stride);
        const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = [0, 1, 2, 3].map((side) => of(targets.boxes, n, side, i));
        missed += 1 - giou([x - l, y - t, x + r, y + b], [x0, y0, x1, y1]);
        if (each.every(([logit]) => logit <= at(each, label)[0])) right++;
      }
    expect(number).toBeGreaterThan(10);
    expect(loss).toBeCloseTo((crossed + 2 * missed) / number, 3);
    expect(correct).toBeCloseTo((2 * right) / number, 5);
  });

  it("asks for the box of the object in each cell that finds one, and each object is found by its level", async () => {
    const network = sceneNetworkNamed("detect");
    const cells = cellsOf({ height: sceneSide, width: sceneSide });
    for (let i = 0; i < scenes.count; i++) {
      const scene = await scenes.read(i);
      const { found, boxes } = network.targets(scene, shapeFor("detect"));
      for (const { box, classIndex } of scene.objects) {
        const mine = cells.flatMap((_, cell) => {
          const isMine = boxes?.values[cell] === box.x && boxes.values[cells.length + cell] === box.y;
          return isMine && found?.values[classIndex * cells.length + cell] === 1 ? [cell] : [];
        });
        expect(mine.length).toBeGreaterThan(0);
        for (const cell of mine) expect(finds(at(cells, cell), box) || cell === nearestCell(cells, box)).toBe(true);
      }
    }
  });
});

describe("the objective of segment", () => {
  it("is the cross-entropy of all places, of which those of objects count six times", async () => {
    const { classes } = shapeFor("segment");
    const { raw, targets, loss, correct } = await lossOf("segment", [2, classes, sceneSide / 2, sceneSide / 2]);
    const [values, regions] = [floats(raw), floats(present(targets.regions, "regions"))];
    const area = (sceneSide / 2) ** 2;
    let [crossed, right, total] = [0, 0, 0];
    for (const [place, label] of regions.entries()) {
      const [n, offset] = [Math.floor(place / area), place % area];
      const row = Array.from({ length: classes }, (_, c) => at(values, (n * classes + c) * area + offset));
      const weight = label === 0 ? 1 : 6;
      total += weight;
      crossed += weight * (Math.log(row.reduce((sum, each) => sum + Math.exp(each), 0)) - at(row, label));
      if (at(row, label) === Math.max(...row)) right++;
    }
    expect(new Set(regions).size).toBeGreaterThan(2);
    expect(loss).toBeCloseTo(crossed / total, 4);
    expect(correct).toBeCloseTo((2 * right) / regions.length, 4);
  });
});

describe.each(["detect", "segment"])("a training of %s", (net) => {
  it("lowers the loss, and gives a file that is opened as what it is", async () => {
    const [network, shape] = [sceneNetworkNamed(net), shapeFor(net)];
    const trainable = sceneTrainable(network, shape, 1);
    const losses: number[] = [];
    const settings = sceneSettings(net, { epochs: 2, batchSize: 4 });
    const result = await trainOnExamples(trainable, sceneExamples(scenes, network, shape), settings, { runtime });
    losses.push(...result.history.map(({ trainLoss }) => trainLoss));
    expect(at(losses, 1)).toBeLessThan(at(losses, 0));
    const data = { ...scenes, classes: network.classesOf(scenes.classes), train: shape };
    const model = await openModel(trainedModel(data, scenes.count, result, {}), runtime);
    expect(model.task).toMatchObject(
      net === "detect"
        ? { name: "detection", classCount: 14, layout: { title: "YOLOv8: box, classes", overlaps: true } }
        : { name: "segmentation", classCount: 15 },
    );
  });
});

it("gives a detector whose boxes are the cells' distances", async () => {
  const [network, shape] = [sceneNetworkNamed("detect"), shapeFor("detect")];
  const graph = sceneTrainable(network, shape, 1).export(new Map());
  const op = new Builder({ ...graph, outputs: [...graph.outputs] });
  op.output("head.concat", "raw");
  const images = float32(
    [1, 3, sceneSide, sceneSide],
    Float32Array.from({ length: 3 * sceneSide ** 2 }, (_, i) => (i % 7) / 7),
  );
  const results = await run(op.graph, { images });
  const [raw, output] = [floats(present(results.raw, "raw")), floats(present(results.output0, "output0"))];
  const cells = cellsOf(shape);
  for (const [i, { x, y, stride }] of cells.entries()) {
    const [l = 0, t = 0, r = 0, b = 0] = [0, 1, 2, 3].map(
      (side) => softplus(at(raw, side * cells.length + i)) * stride,
    );
    const expected = [x + (r - l) / 2, y + (b - t) / 2, l + r, t + b];
    for (const [side, value] of expected.entries()) expect(output[side * cells.length + i]).toBeCloseTo(value, 3);
    const score = 1 / (1 + Math.exp(-at(raw, 4 * cells.length + i)));
    expect(output[4 * cells.length + i]).toBeCloseTo(score, 5);
  }
  const detector = createDetector(await openModel(graph, runtime), { runtime });
  expect((await detector.detect(images, { confidence: 0 })).length).toBeGreaterThan(0);
  await detector.close();
});
