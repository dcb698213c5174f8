/** @file The map of each box of a detector, against PyTorch's. */

import { afterAll, describe, expect, it } from "vitest";
import { createBoxExplainer } from "../../../src/explain/boxes/box-explainer.js";
import type { BoxExplainer, BoxExplainerOptions } from "../../../src/explain/boxes/box-options.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import { random } from "../../../src/foundation/random.js";
import { openModel } from "../../../src/model/open.js";
import { withTarget } from "../../../src/model/targets/target.js";
import { boxScore } from "../../../src/model/tasks/detection/box-score.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { sceneNetworkNamed, sceneTrainable } from "../../../src/train/scenes/scene-networks.js";
import { goldens, imageOf, limits, openDetector } from "../../model/tasks/detectors.js";
import { runtime } from "../../support/runtime.js";
import { everything } from "../../support/share.js";

const opened: BoxExplainer[] = [];
afterAll(() => Promise.all(opened.map((each) => each.close())));

async function explainerOf(name: string, options: Partial<BoxExplainerOptions> = {}): Promise<BoxExplainer> {
  const explainer = createBoxExplainer(await openDetector(name), { runtime, ...options });
  opened.push(explainer);
  return explainer;
}

describe.each(["v8", "v5", "x"])("the map of a box in the layout %s", (name) => {
  const { boxes } = goldens.nets[name] ?? { boxes: [] };

  it.runIf(everything)("is PyTorch's ODAM at the input of the level's head", async () => {
    const layers = new Set(boxes.map(({ layer }) => layer ?? ""));
    expect(layers.size).toBeGreaterThan(1);
    for (const layer of layers) {
      const explainer = await explainerOf(name, { layer });
      const found = await explainer.detect(imageOf(name), limits);
      const wanted = found.flatMap((box, i) =>
        boxes[i]?.layer === layer ? [{ box, golden: boxes[i]?.map ?? [] }] : [],
      );
      const maps = await explainer.explain(
        imageOf(name),
        wanted.map(({ box }) => box),
      );
      for (const [i, { golden }] of wanted.entries()) {
        const peak = Math.max(...golden);
        const values = Array.from(maps[i]?.map.values ?? []);
        expect(peak).toBeGreaterThan(0);
        expect(values).toEqual(golden.map((value) => expect.closeTo(value, 4 - Math.log10(Math.max(peak, 1)))));
        for (const [k, value] of values.entries())
          expect(Math.abs(value - (golden[k] ?? Number.NaN))).toBeLessThan(1e-4 * peak);
      }
    }
  });

  it("is by default that of the head's input and of the backbone's last map of that size", async () => {
    const explainer = await explainerOf(name);
    const found = await explainer.detect(imageOf(name), limits);
    const maps = await explainer.explain(imageOf(name), found);
    for (const [i, { layers, box, radius }] of maps.entries()) {
      expect(box).toBe(found[i]);
      // Two convolutions of 3x3 before the scores, or one of 1x1.
      expect(radius).toBe(name === "v5" ? 0 : 2);
      const [backbone, head, ...more] = layers.map((layer) => layer.name);
      expect(more).toEqual([]);
      expect(backbone).toMatch(/\/neck\/c[345]\//);
      if (name === "x") expect(head).toMatch(/\/stems\.\d\//);
      else expect(head).toBe(boxes[i]?.layer);
    }
  });
});

describe("maps of boxes", () => {
  it.runIf(everything)("are the same from a window as from the whole map, behind batch normalisations", async () => {
    const shape = { channels: 3, height: 128, width: 128, classes: 3 };
    const graph = sceneTrainable(sceneNetworkNamed("detect"), shape, 1).export(new Map());
    const source = random("statistics");
    for (const [name, { dims, size }] of graph.initializers) {
      const drawn = { mean: () => 0.2 * source.normal(), var: () => 0.2 + source.uniform() };
      const draw = name.endsWith("running_mean") ? drawn.mean : name.endsWith("running_var") ? drawn.var : undefined;
      if (draw) graph.initializers.set(name, float32(dims, Float32Array.from({ length: size }, draw)));
    }
    const model = await openModel(graph, runtime);
    const explainer = createBoxExplainer(model, { runtime, layer: "neck.1.relu" });
    opened.push(explainer);
    const image = float32([1, 3, 128, 128], Float32Array.from({ length: 3 * 128 * 128 }, source.uniform));
    const boxes = (await explainer.detect(image, { confidence: 0 })).filter(({ row }) => row < 256).slice(0, 5);
    const maps = await explainer.explain(image, boxes);
    expect(maps.map(({ radius }) => radius)).toEqual([2, 2, 2, 2, 2]);
    const peaks: number[] = [];
    for (const [i, { row, classIndex }] of boxes.entries()) {
      const { target, index } = boxScore(model.graph, explainer.task.layout, row, classIndex);
      const explained = await withTarget({ ...model, placeClasses: undefined }, target, runtime);
      const whole = await createExplainer(explained, { runtime, layer: "neck.1.relu", method: "hires-cam" });
      const evidence = (await whole.explain(image, { classes: [index] })).at(0).evidence(0);
      await whole.close();
      const peak = Math.max(...evidence.values.map(Math.abs));
      peaks.push(peak);
      for (const [k, value] of evidence.values.entries())
        expect(Math.abs(value - (maps[i]?.evidence.values[k] ?? Number.NaN))).toBeLessThanOrEqual(1e-4 * peak);
    }
    expect(Math.max(...peaks)).toBeGreaterThan(0);
  });

  it("are the same for several boxes together and alone, and by other methods than those of one graph", async () => {
    const together = await explainerOf("v8");
    const boxes = (await together.detect(imageOf("v8"), limits)).slice(0, 4);
    const maps = await together.explain(imageOf("v8"), boxes);
    for (const [i, box] of boxes.entries()) {
      const [alone] = await together.explain(imageOf("v8"), [box]);
      // Rounding alone may depend on how many there are.
      const near = (values: Float32Array) => Array.from(values, (value) => expect.closeTo(value, 5));
      expect(Array.from(alone?.evidence.values ?? [])).toEqual(near(maps[i]?.evidence.values ?? new Float32Array()));
      expect(alone?.score).toBeCloseTo(maps[i]?.score ?? Number.NaN, 5);
    }
    const masked = await explainerOf("v8", { method: "score-cam" });
    const [score] = await masked.explain(imageOf("v8"), boxes.slice(0, 1));
    expect(Math.max(...(score?.map.values ?? [0]))).toBeGreaterThan(0);
    expect(score?.score).toBeCloseTo(maps[0]?.score ?? Number.NaN, 5);
  });

  it("are turned round by `against`", async () => {
    const [up, down] = [await explainerOf("v8"), await explainerOf("v8", { against: true })];
    const [box] = await up.detect(imageOf("v8"), limits);
    if (box === undefined) throw new Error("no box");
    const [raises, lowers] = [await up.explain(imageOf("v8"), [box]), await down.explain(imageOf("v8"), [box])];
    const negated = Array.from(raises[0]?.evidence.values ?? [], (value) => expect.closeTo(-value, 6));
    expect(Array.from(lowers[0]?.evidence.values ?? [])).toEqual(negated);
    expect(lowers[0]?.score).toBeCloseTo(raises[0]?.score ?? Number.NaN, 6);
  });

  it("reach all levels where the network itself chooses among their boxes", async () => {
    const explainer = await explainerOf("end2end");
    const boxes = await explainer.detect(imageOf("end2end"), limits);
    const maps = await explainer.explain(imageOf("end2end"), boxes);
    const names = maps[0]?.layers.map(({ name }) => name) ?? [];
    for (const part of ["c3", "c4", "c5", "p3", "n4", "n5"]) expect(names.join(" ")).toContain(`/neck/${part}/`);
    for (const { map, score, box } of maps) {
      expect(Math.max(...map.values)).toBeGreaterThan(0);
      expect(1 / (1 + Math.exp(-score))).toBeCloseTo(box.score, 4);
    }
  });
});

/** One level of 4x4 cells whose score of class k is channel k's 1x1 convolution: each box depends on its own cell alone. */
function cellDetector(): Graph {
  const source = random("cells");
  const constant = (dims: number[]) =>
    float32(
      dims,
      Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => source.normal()),
    );
  const op = new Builder();
  const x = op.input("images", "float32", [1, 3, 32, 32]);
  const features = op.named("features", op.Relu(op.Conv(x, op.constant(constant([6, 3, 8, 8])), { strides: [8, 8] })));
  const flat = (value: string, channels: number) => op.Reshape(value, op.ints([1, channels, 16]));
  const boxes = flat(op.Conv(features, op.constant(constant([4, 6, 1, 1]))), 4);
  const classes = op.Sigmoid(flat(op.Conv(features, op.constant(constant([2, 6, 1, 1]))), 2));
  op.output(op.Concat(boxes, classes, { axis: 1 }), "output0");
  return op.graph;
}

describe("evidence of a box", () => {
  it("lies in its own cell where the score is computed of that alone, and adds up to the score", async () => {
    const source = random("image");
    const image = float32([1, 3, 32, 32], Float32Array.from({ length: 3072 }, source.uniform));
    const explainer = createBoxExplainer(await openModel(cellDetector(), runtime), { runtime });
    opened.push(explainer);
    const boxes = await explainer.detect(image, { confidence: 0.01, overlap: 1 });
    expect(boxes.length).toBe(16);
    for (const { box, evidence, score, layers } of await explainer.explain(image, boxes)) {
      expect(layers.map(({ name }) => name)).toEqual(["features"]);
      const elsewhere = evidence.values.filter((_, place) => place !== box.row);
      expect(Math.max(...elsewhere.map(Math.abs))).toBe(0);
      // A 1x1 convolution without a bias is linear: gradient times activation adds up to its output.
      expect(evidence.values[box.row]).toBeCloseTo(score, 4);
      expect(1 / (1 + Math.exp(-score))).toBeCloseTo(box.score, 5);
    }
  });
});
