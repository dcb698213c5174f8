/** @file Where preprocessing and class names come from, and what part of a photo the network sees. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadModel } from "../../src/explain/node.js";
import { preparePicture } from "../../src/image/input/input.js";
import { openPreprocessor } from "../../src/image/input/preprocess.js";
import type { Preprocessing } from "../../src/image/input/preprocessing.js";
import { createPicture } from "../../src/image/picture/picture.js";
import { withModelCard } from "../../src/model/card.js";
import { openModel } from "../../src/model/open.js";
import { preprocessingOf } from "../../src/model/preprocessing.js";
import { readSettings } from "../../src/model/settings/read-settings.js";
import { Builder } from "../../src/onnx/builder.js";
import type { Graph } from "../../src/onnx/graph.js";
import { floats } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { workFolder } from "../cli/fovea.js";
import { randomTensor } from "../support/models/random-tensor.js";
import { runtime } from "../support/runtime.js";

/** A classifier of colour images whose size is open. */
function colourNet(classes: number, layout: "nchw" | "nhwc" = "nchw"): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", layout === "nchw" ? ["N", 3, "H", "W"] : ["N", "H", "W", 3]);
  const planes = layout === "nchw" ? x : op.Transpose(x, { perm: [0, 3, 1, 2] });
  const maps = op.Conv(planes, op.constant(randomTensor([classes, 3, 1, 1], "w")));
  op.output(op.Flatten(op.GlobalAveragePool(maps)), "y");
  return op.graph;
}

const folder = workFolder();
function modelWith(name: string, files: Readonly<Record<string, unknown>>, graph: Graph = colourNet(2)): string {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "model.onnx"), writeModel(graph));
  for (const [file, content] of Object.entries(files)) {
    writeFileSync(join(folder, name, file), typeof content === "string" ? content : JSON.stringify(content));
  }
  return join(folder, name, "model.onnx");
}

const vit = {
  do_resize: true,
  size: { height: 384, width: 384 },
  resample: 3,
  do_rescale: true,
  rescale_factor: 0.5,
  do_normalize: true,
  image_mean: [0.5, 0.4, 0.3],
  image_std: [0.5, 0.6, 0.7],
};

describe("loadModel", () => {
  it("reads preprocessor_config.json and config.json of Hugging Face", async () => {
    const config = { id2label: { 1: "dog", 0: "cat" } };
    const model = await loadModel(modelWith("hf", { "preprocessor_config.json": vit, "config.json": config }), {
      runtime,
    });
    expect(model.card.classes).toEqual(["cat", "dog"]);
    expect(preprocessingOf(model)).toMatchObject({
      origin: "from preprocessor_config.json",
      preprocessing: {
        width: 384,
        height: 384,
        channels: 3,
        scale: 0.5,
        mean: [0.5, 0.4, 0.3],
        std: [0.5, 0.6, 0.7],
        fit: "stretch",
        resample: "cubic",
      },
    });
  });

  it("reads config.json of timm", async () => {
    const config = {
      label_names: ["n1", "n2"],
      label_descriptions: { n1: "cat", n2: "dog" },
      pretrained_cfg: { input_size: [3, 240, 288], crop_pct: 0.95, mean: [0.5, 0.5, 0.5], std: [1, 1, 1] },
    };
    const model = await loadModel(modelWith("timm", { "config.json": config }), { runtime });
    expect(model.card.classes).toEqual(["cat", "dog"]);
    const { preprocessing, origin } = preprocessingOf(model);
    expect(origin).toBe("from config.json");
    expect(preprocessing).toMatchObject({ height: 240, width: 288, fit: "crop", cropFraction: 0.95 });
  });

  it("prefers the model's own metadata to fovea.json, and what is given to both", async () => {
    const own: Preprocessing = { width: 8, height: 8, channels: 3, scale: 1, mean: [0, 0, 0], std: [1, 1, 1] };
    const graph = withModelCard(colourNet(2), { preprocessing: own });
    const path = modelWith("own", { "fovea.json": { classes: ["a", "b"], preprocessing: { scale: 2 } } }, graph);
    expect(preprocessingOf(await loadModel(path, { runtime }))).toMatchObject({
      preprocessing: own,
      origin: "stored with the model",
    });
    const given = await loadModel(path, { runtime, labels: ["c", "d"], preprocessing: { mean: [9], order: "bgr" } });
    expect(given.card.classes).toEqual(["c", "d"]);
    expect(preprocessingOf(given)).toMatchObject({
      preprocessing: { scale: 1, mean: [9, 9, 9], order: "bgr" },
      origin: "stored with the model; mean and order as given",
    });
  });

  it("takes parts from fovea.json over the usual recipe", async () => {
    const path = modelWith("parts", { "fovea.json": { preprocessing: { order: "bgr", scale: 1 } } });
    expect(preprocessingOf(await loadModel(path, { runtime })).preprocessing).toMatchObject({
      width: 224,
      order: "bgr",
      scale: 1,
    });
  });

  it("refuses class names that are too many, and settings that make another input", async () => {
    const path = modelWith("wrong", {}, colourNet(2));
    await expect(loadModel(path, { runtime, labels: ["a", "b", "c"] })).rejects.toThrow(
      /model.onnx: class names as given: expected 2, got 3$/,
    );
    const model = await loadModel(path, { runtime, preprocessing: { layout: "nhwc" } });
    expect(() => preprocessingOf(model)).toThrow(/expected one that makes \[N, 3, H, W\], got \{/);
    await expect(loadModel(modelWith("bad", { "config.json": "{" }), { runtime })).rejects.toThrow(
      /config.json: expected JSON/,
    );
  });
});

describe("class names", () => {
  it.each([
    [1000, "tench", "assumed: ImageNet's"],
    [1001, "background", "assumed: background and ImageNet's"],
  ])("of a model with %i classes and no labels are ImageNet's", async (count, first, origin) => {
    const model = await openModel(colourNet(count), runtime);
    expect(model.card.classes?.length).toBe(count);
    expect([model.card.classes?.[0], model.classesOrigin]).toEqual([first, origin]);
    expect(model.card.classes?.at(-1)).toBe("toilet tissue");
  });
});

describe("readSidecar", () => {
  it("crops where a size is the shorter side's, and where do_center_crop says so", () => {
    const read = (json: object) =>
      readSettings(new Map([["preprocessor_config.json", { text: JSON.stringify(json) }]]))?.preprocessing;
    expect(read({ size: { shortest_edge: 256 }, do_center_crop: true, crop_size: 224 })).toMatchObject({
      height: 224,
      fit: "crop",
      cropFraction: 224 / 256,
    });
    expect(read({ size: { shortest_edge: 224 }, crop_pct: 0.875 })).toMatchObject({ fit: "crop", cropFraction: 0.875 });
    expect(read({ size: 224, do_normalize: false })).toMatchObject({ fit: "stretch", mean: [0], std: [1] });
  });
});

describe("preparePicture", () => {
  /** Red is the column, green is the row, blue is 7. */
  const picture = createPicture(
    200,
    120,
    3,
    Uint8Array.from({ length: 200 * 120 * 3 }, (_, i) => [Math.floor(i / 3) % 200, Math.floor(i / 600), 7][i % 3] ?? 0),
  );
  const plain: Preprocessing = { width: 32, height: 28, channels: 3, scale: 1, mean: [0, 0, 0], std: [1, 1, 1] };
  const prepared = async (parts: Partial<Preprocessing>) => {
    const preprocessing = { ...plain, ...parts };
    return preparePicture(picture, preprocessing, await openPreprocessor(preprocessing, runtime));
  };

  it.each<Partial<Preprocessing>>([
    { fit: "stretch" },
    { fit: "crop" },
    { fit: "crop", cropFraction: 1 },
    { fit: "crop", resample: "cubic" },
    { fit: "letterbox" },
  ])("%o: `box` is the part that the network sees", async (parts) => {
    const { input, box } = await prepared(parts);
    expect(input.dims).toEqual([1, 3, 28, 32]);
    const values = floats(input);
    for (const [row, column] of [
      [10, 9],
      [14, 16],
      [17, 25],
    ] as const) {
      const at = row * 32 + column;
      expect(values[at]).toBeCloseTo(box.x + ((column + 0.5) * box.width) / 32 - 0.5, 0);
      expect(values[896 + at]).toBeCloseTo(box.y + ((row + 0.5) * box.height) / 28 - 0.5, 0);
    }
  });

  it("sees the middle of the photo when it crops, and lays black around when it letterboxes", async () => {
    const crop = await prepared({ fit: "crop" });
    expect(Math.abs(crop.box.x + crop.box.width / 2 - 100)).toBeLessThan(2);
    expect(crop.box.height).toBeCloseTo(120 * 0.875, 0);
    expect(crop.notes[0]).toMatch(/^resized from 200x120 to 32x28, of which the network sees the middle \d+x\d+ at \(/);
    const letterbox = await prepared({ fit: "letterbox" });
    expect(letterbox.box).toMatchObject({ x: 0, width: 200 });
    expect(letterbox.box.y).toBeLessThan(0);
    expect([floats(letterbox.input)[5], floats(letterbox.input)[1792 + 5]]).toEqual([0, 0]);
  });

  it("gives channels in BGR order, and last, when asked", async () => {
    const [rgb, bgr, last] = [await prepared({}), await prepared({ order: "bgr" }), await prepared({ layout: "nhwc" })];
    expect(floats(bgr.input)[0]).toBe(floats(rgb.input)[1792]);
    expect(last.input.dims).toEqual([1, 28, 32, 3]);
    expect(floats(last.input)[3 * 40 + 1]).toBe(floats(rgb.input)[896 + 40]);
  });

  it("takes channels-last models as images", async () => {
    const model = await openModel(colourNet(2, "nhwc"), runtime);
    expect(preprocessingOf(model).preprocessing).toMatchObject({ layout: "nhwc", channels: 3, width: 224 });
  });
});

describe("a network that scales its pixels itself", () => {
  /** A colour network behind a first operator, with its colours turned. */
  function scaled(op: "Mul" | "Div" | "Sub" | "Add", factor: number): Graph {
    const builder = new Builder();
    const x = builder.input("x", "float32", ["N", 32, 40, 3]);
    const turned = [2, 1, 0].map((c) => builder.Slice(x, builder.ints([c]), builder.ints([c + 1]), builder.ints([3])));
    const y = builder[op](builder.Concat(...turned, { axis: 3 }), builder.scalar(factor));
    const maps = builder.Conv(
      builder.Transpose(y, { perm: [0, 3, 1, 2] }),
      builder.constant(randomTensor([2, 3, 1, 1], "w")),
    );
    builder.output(builder.Flatten(builder.GlobalAveragePool(maps)), "y");
    return builder.graph;
  }

  it.each([
    ["Mul", 1 / 255],
    ["Mul", 1 / 127.5],
    ["Div", 255],
    ["Sub", 103.9],
    ["Add", -103.9],
  ] as const)("by %s %f gets them as they are", async (op, factor) => {
    const { preprocessing, origin } = preprocessingOf(await openModel(scaled(op, factor), runtime));
    expect(preprocessing).toMatchObject({ scale: 1, mean: [0, 0, 0], std: [1, 1, 1], layout: "nhwc" });
    expect(origin).toBe("assumed: pixels from 0 to 255, which the network scales itself");
  });

  it.each([
    ["Mul", 2],
    ["Div", 0.5],
    ["Sub", 0.5],
    ["Add", 8],
  ] as const)("is not one that does %s %f", async (op, factor) => {
    const { preprocessing } = preprocessingOf(await openModel(scaled(op, factor), runtime));
    expect(preprocessing.scale).toBe(1 / 255);
  });
});
