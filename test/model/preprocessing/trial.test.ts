/** @file Small networks that were made for one recipe: the trial names it, by kept statistics or by the answers. */

import { describe, expect, it } from "vitest";
import { random } from "../../../src/foundation/random.js";
import type { Preprocessing } from "../../../src/image/input/preprocessing.js";
import { createPicture, type Picture } from "../../../src/image/picture/picture.js";
import type { Model } from "../../../src/model/model.js";
import { openModel } from "../../../src/model/open.js";
import { openStatisticsFit } from "../../../src/model/preprocessing/batch-norm-fit.js";
import { presetNamed, presetsFor, withPreset } from "../../../src/model/preprocessing/presets.js";
import { assumesRecipe, tryRecipes } from "../../../src/model/preprocessing/trial.js";
import { inputOf, prepareImages } from "../../../src/model/preprocessing/trial-images.js";
import { trialWords } from "../../../src/model/preprocessing/trial-words.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph, Value } from "../../../src/onnx/graph.js";
import { float32, floats } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";

const side = 8;
type Channels = 1 | 3;

/** Photos of other colours each, redder than blue; grey ones are strokes on light paper. */
function photos(count: number, channels: Channels, seed: string): Picture[] {
  const source = random(seed);
  return Array.from({ length: count }, () => {
    const base = channels === 3 ? [150, 110, 60].map((level) => level + 15 * source.normal()) : [230];
    const pixels = Uint8Array.from({ length: side * side * channels }, (_, i) => {
      const x = Math.floor(i / channels) % side;
      const ink = channels === 1 && x > 1 && x < 6 && source.uniform() < 0.4 ? 200 : 0;
      return Math.max(0, Math.min(255, (base[i % channels] as number) - ink + 12 * source.normal()));
    });
    return createPicture(side, side, channels, pixels);
  });
}

/** The input's planes of pictures by a recipe. */
async function inputFor(pictures: readonly Picture[], channels: Channels, recipe: string) {
  const size = { width: side, height: side, channels, scale: 1, mean: [0], std: [1] };
  const preprocessing: Preprocessing = withPreset(size, presetNamed(recipe));
  const images = await prepareImages(pictures, preprocessing, runtime);
  return inputOf(preprocessing.ground === "dark" ? images.onDark : images.plain, preprocessing);
}

interface NetOptions {
  readonly channels: Channels;
  readonly layout?: "nchw" | "nhwc";
  readonly classes?: number;
}

/** A classifier with some first layer on planes. */
function netOf({ channels, layout, classes = 12 }: NetOptions, first: (op: Builder, planes: Value) => Value): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", layout === "nhwc" ? ["N", side, side, channels] : ["N", channels, side, side]);
  const planes = first(op, layout === "nhwc" ? op.Transpose(x, { perm: [0, 3, 1, 2] }) : x);
  const maps = op.Relu(op.Conv(planes, op.constant(randomTensor([classes, channels, 1, 1], "w"))));
  op.output(op.Flatten(op.GlobalAveragePool(maps)), "y");
  return op.graph;
}

/** Its batch normalization has kept what it would have of these pictures. */
async function normalizedNet(pictures: readonly Picture[], recipe: string, options: NetOptions): Promise<Graph> {
  const { channels } = options;
  const values = floats(await inputFor(pictures, channels, recipe));
  const area = side * side;
  const of = (c: number) => values.filter((_, i) => Math.floor(i / area) % channels === c);
  const moments = Array.from({ length: channels }, (_, c) => {
    const mean = of(c).reduce((sum, value) => sum + value, 0) / of(c).length;
    return { mean, variance: of(c).reduce((sum, value) => sum + (value - mean) ** 2, 0) / of(c).length };
  });
  return netOf(options, (op, planes) => {
    const vector = (list: readonly number[]) => op.constant(float32([channels], list));
    const ones = Array<number>(channels).fill(1);
    const kept = [moments.map(({ mean }) => mean), moments.map(({ variance }) => variance)].map(vector);
    const [y] = op.node("BatchNormalization", [planes, vector(ones), vector(ones.map(() => 0)), ...kept]);
    return y;
  });
}

const opened = (graph: Graph): Promise<Model> => openModel(graph, runtime);

describe("a network that has kept the statistics of its training images", () => {
  const colour = presetsFor({ channels: 3 }).map(({ name }) => ({ name, channels: 3 as const }));
  const grey = presetsFor({ channels: 1 }).map(({ name }) => ({ name, channels: 1 as const }));

  it.each([...colour, ...grey])("of $channels channels gets $name", async ({ name, channels }) => {
    const graph = await normalizedNet(photos(40, channels, "training"), name, { channels });
    const model = await opened(graph);
    expect(assumesRecipe(model)).toBe(true);
    const trial = await tryRecipes(model, photos(10, channels, "user"), { runtime });
    const assumed = channels === 3 ? "imagenet" : "unit";
    expect(trial).toMatchObject({ photos: 10, by: "batch normalization", assumed });
    expect(trial.recipes[0]?.name).toBe(name);
    expect(trial.surer).toBe(name === assumed ? undefined : name);
  });

  it("gets it whatever the layout and the number of classes", async () => {
    const graph = await normalizedNet(photos(40, 3, "training"), "caffe", { channels: 3, layout: "nhwc", classes: 2 });
    expect(await tryRecipes(await opened(graph), photos(3, 3, "user"), { runtime })).toMatchObject({ surer: "caffe" });
  });

  it("has a misfit of nothing for those images, and of what the divergence of two normal distributions says", async () => {
    const [mean, variance, epsilon] = [3, 4, 1e-5];
    const graph = netOf({ channels: 1 }, (op, planes) => {
      const one = (value: number) => op.constant(float32([1], [value]));
      return op.node("BatchNormalization", [planes, one(1), one(0), one(mean), one(variance)], {})[0];
    });
    const fit = await openStatisticsFit(await opened(graph), runtime);
    // Half of the values at each of two levels: mean and deviation are theirs.
    const levels = (middle: number, deviation: number) =>
      float32(
        [2, 1, side, side],
        Array.from({ length: 2 * side * side }, (_, i) => middle + (i % 2 ? deviation : -deviation)),
      );
    expect(await fit?.misfit([levels(3, 2)])).toBeCloseTo(0, 6);
    const [q, shift] = [(9 + epsilon) / (variance + epsilon), (5 - mean) ** 2 / (variance + epsilon)];
    expect(await fit?.misfit([levels(5, 3)])).toBeCloseTo((q + shift - 1 - Math.log(q)) / 2, 5);
    await fit?.close();
  });

  it("is none without a batch normalization of the picture", async () => {
    expect(
      await openStatisticsFit(await opened(netOf({ channels: 3 }, (_, planes) => planes)), runtime),
    ).toBeUndefined();
  });
});

/** Answers with the nearest of its templates: the photos themselves by one recipe. */
async function matcher(pictures: readonly Picture[], recipe: string, sharpness: number): Promise<Graph> {
  const templates = await inputFor(pictures, 3, recipe);
  const [count = 0] = templates.dims;
  const size = templates.size / count;
  const values = floats(templates);
  const rows = Array.from({ length: count }, (_, n) => values.subarray(n * size, (n + 1) * size));
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, side, side]);
  const weights = Float32Array.from(
    { length: size * count },
    (_, i) => (2 * sharpness * (rows[i % count]?.[Math.floor(i / count)] ?? 0)) / size,
  );
  const bias = rows.map((row) => (-sharpness * row.reduce((sum, value) => sum + value * value, 0)) / size);
  op.output(
    op.Gemm(op.Flatten(x), op.constant(float32([size, count], weights)), op.constant(float32([count], bias))),
    "y",
  );
  return op.graph;
}

describe("a network that has kept nothing", () => {
  it.each([
    ["caffe", 0.02],
    ["imagenet", 40],
  ])("gets %s, by which it is sure of different answers", async (name, sharpness) => {
    const pictures = photos(12, 3, "templates");
    const trial = await tryRecipes(await opened(await matcher(pictures, name, sharpness)), pictures, { runtime });
    expect(trial).toMatchObject({ photos: 10, by: "answers", assumed: "imagenet" });
    expect(trial.recipes[0]).toMatchObject({ name, answers: 10 });
    expect(trial.surer).toBe(name === "imagenet" ? undefined : name);
  });

  it("is not judged by fewer than three photos, or where it has few classes", async () => {
    const pictures = photos(12, 3, "templates");
    const model = await opened(await matcher(pictures, "caffe", 0.02));
    const two = await tryRecipes(model, pictures.slice(0, 2), { runtime });
    expect(two).toMatchObject({ photos: 2, by: undefined, surer: undefined, recipes: [] });
    expect(trialWords({ ...model, trial: two })).toContain("too few to tell");
    const few = await opened(await matcher(pictures.slice(0, 4), "caffe", 0.02));
    const trial = await tryRecipes(few, pictures, { runtime });
    expect(trialWords({ ...few, trial })).toContain("too few classes to tell");
  });

  it("is broken off between two runs", async () => {
    const pictures = photos(12, 3, "templates");
    const model = await opened(await matcher(pictures, "caffe", 0.02));
    const reason = new Error("stop");
    await expect(tryRecipes(model, pictures, { runtime, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

it("trialWords names the surer recipe with the first photo's answer and the flag that takes it", () => {
  const first = { class: 1, probability: 0.344 };
  const recipes = [{ name: "caffe", evidence: 2, first }];
  const trial = { photos: 10, by: "answers", assumed: "imagenet", recipes, surer: "caffe" } as const;
  const card = { classes: ["velvet", "golden retriever"] };
  expect(trialWords({ trial, card })).toBe("caffe is surer: golden retriever 34 % (--preprocess caffe)");
});

it("nothing is assumed where anybody says a part of the recipe", async () => {
  const graph = netOf({ channels: 3 }, (_, planes) => planes);
  const given = { origin: "as given", preprocessing: { scale: 1 } };
  expect(assumesRecipe(await openModel(graph, runtime, "model", { given }))).toBe(false);
  const size = { origin: "as given", preprocessing: { fit: "crop" } as const };
  expect(assumesRecipe(await openModel(graph, runtime, "model", { given: size }))).toBe(true);
});
