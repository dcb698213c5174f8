/** @file Files as people bring them, with inputs and outputs of all kinds: maps as PyTorch's autograd gives them. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readNpy } from "../../src/data/npy.js";
import type { LoadedModel, LoadModelOptions } from "../../src/explain/loaded-model.js";
import { loadModel } from "../../src/explain/node.js";
import { checkModel } from "../../src/explain/prove/check-model.js";
import { Builder } from "../../src/onnx/builder.js";
import { floats, type Tensor } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { runtime } from "../support/runtime.js";

const folder = fileURLToPath(new URL("../fixtures/cases/", import.meta.url));
const array = (path: string): Tensor => readNpy(readFileSync(join(folder, path)), path);

function load(path: string, options: LoadModelOptions = {}): Promise<LoadedModel> {
  return loadModel(join(folder, path), { runtime, ...options });
}

/** The map of class 1 (or of the only score), and the probabilities in percent. */
async function explained(model: LoadedModel, input: Tensor, classes: readonly (number | string)[] = [1]) {
  const explainer = await model.explainer();
  try {
    const explanation = await explainer.explain(input, { classes: [...classes] });
    const { scores, probabilities } = explanation.at(0);
    return { map: floats(explanation.maps), scores, percent: probabilities.map((value) => 100 * value) };
  } finally {
    await explainer.close();
  }
}

function expectGold(map: Float32Array, path: string) {
  const gold = floats(array(path));
  expect(map.length).toBe(gold.length);
  const largest = Math.max(...gold);
  gold.forEach((value, i) => expect(Math.abs(value - (map[i] as number))).toBeLessThan(1e-5 * largest));
}

describe("the gold map and the percentages of", () => {
  it.each<readonly [string, string, LoadModelOptions]>([
    ["an output that lost its batch", "no-batch-in-the-output/model.onnx", {}],
    ["a fixed batch of eight", "batch-of-eight/model.onnx", {}],
    ["an input without sizes", "no-sizes-at-all/nchw.onnx", { preprocessing: { height: 32, width: 32 } }],
    ["an input whose size stays open", "no-sizes-at-all/nchw.onnx", {}],
    ["a map from names to probabilities", "custom-vision-zipmap/model.onnx", {}],
    ["an embedding before the scores", "which-output/embedding_first.onnx", {}],
    ["a softmax that is clipped", "scores-behind-a-softmax/clip.onnx", {}],
    ["a softmax that is passed on", "scores-behind-a-softmax/identity_passes.onnx", {}],
    ["a softmax that is logged", "scores-behind-a-softmax/log.onnx", {}],
    ["a softmax in percent", "scores-behind-a-softmax/times100.onnx", {}],
  ])("%s", async (_, path, options) => {
    const model = await load(path, options);
    const { map, percent } = await explained(model, array(`${path.split("/")[0]}/x.npy`));
    expectGold(map, `${path.split("/")[0]}/gold.npy`);
    expect([percent[1]?.toFixed(1), percent[3]?.toFixed(1)]).toEqual(["8.6", "71.8"]);
    const check = await checkModel(model, { runtime, source: readFileSync(join(folder, path)) });
    expect(check).toMatchObject({ passed: true });
  });

  it("an input without sizes, channels last", async () => {
    const model = await load("no-sizes-at-all/nhwc.onnx", { preprocessing: { height: 32, width: 32 } });
    expect(model.input.dims).toEqual(["N", 32, 32, 3]);
    const op = new Builder();
    op.output(op.Transpose(op.input("x", "float32", [1, 3, 32, 32]), { perm: [0, 2, 3, 1] }), "y");
    const session = await runtime.open(op.graph);
    const { y } = await session.run({ x: array("no-sizes-at-all/x.npy") });
    await session.close();
    expectGold((await explained(model, y as Tensor)).map, "no-sizes-at-all/gold.npy");
  });

  it("a photo for whole numbers, channels last", async () => {
    const model = await load("uint8-nhwc/model.onnx");
    const { input } = await model.readImage(join(folder, "uint8-nhwc/photo.png"));
    const { map, scores } = await explained(model, input);
    expectGold(map, "uint8-nhwc/gold.npy");
    const logits = [1.359466552734375, 0.3328244388103485, -0.5801888108253479, 1.3774845600128174];
    logits.forEach((logit, i) => expect(scores[i]).toBeCloseTo(logit, 5));
    const check = await checkModel(model, { runtime, source: readFileSync(join(folder, "uint8-nhwc/model.onnx")) });
    expect(check.passed).toBe(true);
  });
});

it("names of a map are those of the classes", async () => {
  const model = await load("custom-vision-zipmap/model.onnx");
  expect(model.card.classes).toEqual(["cat", "dog", "bird", "fish"]);
  expectGold(
    (await explained(model, array("custom-vision-zipmap/x.npy"), ["dog"])).map,
    "custom-vision-zipmap/gold.npy",
  );
});

it("a score without classes is one score of each image", async () => {
  const model = await load("which-output/score_without_classes.onnx");
  expect([model.classCount, model.ending]).toEqual([1, "none"]);
  const { scores } = await explained(model, array("which-output/x.npy"), [0]);
  expect(scores[0]).toBeCloseTo(5.711, 3);
});

it.each(["volume", "ecg"])("the map of a %s is PyTorch's, and the checks pass", async (name) => {
  const path = `volumes-and-signals/${name}.onnx`;
  const model = await load(path);
  expectGold(
    (await explained(model, array(`volumes-and-signals/${name}.npy`))).map,
    path.replace(".onnx", "_gold.npy"),
  );
  const check = await checkModel(model, { runtime, source: readFileSync(join(folder, path)) });
  expect(check).toMatchObject({ passed: true });
});

it("a photo with opacity is read for four channels, its colours not laid over white", async () => {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 4, 32, 32]);
  op.output(op.Flatten(op.GlobalAveragePool(op.layer("features", "Relu", [x])), { axis: 1 }), "y");
  const model = await loadModel(writeModel(op.graph), { runtime });
  const { input, picture } = await model.readImage(join(folder, "volumes-and-signals/rgba.png"));
  expect(input.dims).toEqual([1, 4, 32, 32]);
  const opacity = floats(input).subarray(3 * 1024);
  expect([Math.min(...opacity), Math.max(...opacity)].map((value) => Math.round(255 * value))).toEqual([0, 254]);
  const transparent = opacity.indexOf(0);
  const colours = [0, 1, 2].map((c) => Math.round(255 * (floats(input)[c * 1024 + transparent] as number)));
  expect(colours).not.toEqual([255, 255, 255]);
  expect([...picture.pixels.subarray(3 * transparent, 3 * transparent + 3)]).toEqual([255, 255, 255]);
  const opaque = await model.readImage(join(folder, "uint8-nhwc/photo.png"));
  expect(new Set(floats(opaque.input).subarray(3 * 1024))).toEqual(new Set([1]));
});
