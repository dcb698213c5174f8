/** @file Maps of signals, volumes and clips beside PyTorch's, which `test/reference/axes.py` makes (torch 2.13). */

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compileExplanation } from "../../../src/explain/compile.js";
import { gridMapOf, mapOf } from "../../../src/explain/maps.js";
import { isFine } from "../../../src/explain/method.js";
import { methods } from "../../../src/explain/methods/index.js";
import { occlusionWith } from "../../../src/explain/methods/occlusion.js";
import { loadModel } from "../../../src/explain/node.js";
import { resizeGrid } from "../../../src/image/map/grid-map.js";
import { stages } from "../../../src/model/layers/choose-layer.js";
import { gridOf } from "../../../src/model/layers/layout.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { createNodeRuntime } from "../../../src/runtime/node.js";

const folder = new URL("../../fixtures/axes/", import.meta.url);
const runtime = createNodeRuntime({ device: "cpu", threads: 1 });

interface Expected {
  readonly shape: readonly number[];
  readonly input: readonly number[];
  /** Of the layer: [N, C, ...places], or [N, T, D] of tokens. */
  readonly features: readonly number[];
  readonly scores: readonly number[];
  readonly classes: readonly { readonly class: number; readonly maps: Readonly<Record<string, readonly number[]>> }[];
}

const names = readdirSync(folder).flatMap((file) => (file.endsWith(".json") ? [file.replace(".json", "")] : []));
const grids: Readonly<Record<string, readonly number[]>> = { "signal-tokens": [12], "clip-tokens": [2, 2, 3] };

function expectedOf(name: string): Expected {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
}

const open = (name: string) => loadModel(new URL(`${name}.onnx`, folder), { runtime });

/** The largest difference as a share of the expected peak. */
function difference(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  const peak = Math.max(...expected.map(Math.abs)) || 1;
  return Math.max(...expected.map((value, i) => Math.abs(value - (actual[i] ?? Number.NaN)))) / peak;
}

describe.each(names)("the maps of %s are PyTorch's", (name) => {
  const expected = expectedOf(name);
  const atInput = new Set(["gradient", "gradient-x-input"]);
  const sizes = grids[name] ?? expected.features.slice(2);

  test.each(Object.keys(expected.classes[0]?.maps ?? {}))("%s", async (method) => {
    const model = await open(name);
    const layer = atInput.has(method) ? {} : { layer: "features" };
    const explainer = await model.explainer({ method, ...layer });
    const images = float32(expected.shape, expected.input);
    const explanation = await explainer.explain(images, { classes: expected.classes.map((each) => each.class) });
    await explainer.close();
    const places = atInput.has(method) ? expected.shape.slice(2) : sizes;
    const [count = 1] = expected.shape;
    expect(explanation.evidence.dims).toEqual([count, expected.classes.length, ...places]);
    expect(explanation.maps.dims).toEqual(explanation.evidence.dims);
    expect(difference(explanation.scores.data as Float32Array, expected.scores)).toBeLessThan(1e-5);
    for (const [k, { maps }] of expected.classes.entries()) {
      const all = Array.from({ length: count }, (_, i) => [...gridMapOf(explanation, i, k, { signed: true }).values]);
      expect(difference(all.flat(), maps[method] ?? [])).toBeLessThan(1e-4);
    }
  });
});

test("The map of a signal is one row, and that of a volume is no picture", async () => {
  const [signal, volume] = [expectedOf("signal"), expectedOf("volume")];
  const explain = async (name: string, { shape, input }: Expected) =>
    (await (await open(name)).explainer()).explain(float32(shape, input));
  expect(mapOf(await explain("signal", signal), 0)).toMatchObject({ height: 1 });
  const explained = await explain("volume", volume);
  expect(() => mapOf(explained, 0)).toThrow("map: expected rows and columns, got 4x3x2 places: take gridMapOf");
});

describe.each(["signal", "volume"])("of a %s", (name) => {
  const { shape, input } = expectedOf(name);
  const images = float32(shape, input);
  const places = shape.slice(2);

  test.each(methods.filter(({ family }) => family !== "attention").map((method) => [method.name, method] as const))(
    "%s makes a map along the axes of what it looks at",
    async (_, method) => {
      const model = await open(name);
      const samples = "samples" in method && method.samples !== undefined ? { samples: 3 } : {};
      const explainer = await model.explainer({ method, include: ["activation", "attribution"], ...samples });
      const { evidence, activation, attribution, layer } = await explainer.explain(images);
      await explainer.close();
      const atLayer = gridOf(layer.layout, layer.dims).sizes;
      if (method.name !== "occlusion") expect(evidence.dims.slice(2)).toEqual(isFine(method) ? places : atLayer);
      if (activation) expect(activation.dims.slice(2)).toEqual(atLayer);
      if (attribution) expect(attribution.dims.slice(3)).toEqual(evidence.dims.slice(2));
    },
  );
});

test("Occlusion of a volume is the fall of the probability under each cube", async () => {
  const { shape, input } = expectedOf("volume");
  const model = await open("volume");
  const explainer = await model.explainer({ method: occlusionWith({ window: 4, stride: 4 }) });
  const explanation = await explainer.explain(float32(shape, input), { classes: [1] });
  await explainer.close();
  expect(explanation.evidence.dims).toEqual([1, 1, 2, 3, 2]);
  const classifier = model.classifier();
  const [, , , height = 1, width = 1] = shape;
  const hidden = float32(
    shape,
    input.map((value, i) => {
      const [z, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
      return z >= 4 && y >= 4 && y < 8 && x < 4 ? 0 : value;
    }),
  );
  const probability = async (images: Tensor) => floats(await classifier.classify(images))[1] ?? Number.NaN;
  const fall = (await probability(float32(shape, input))) - (await probability(hidden));
  await classifier.close();
  expect(gridMapOf(explanation, 0, 0, { signed: true }).values[(1 * 3 + 1) * 2]).toBeCloseTo(fall, 6);
});

test.each(["signal", "volume"])("A compiled %s network gives the display map at the input's size", async (name) => {
  const { shape, input } = expectedOf(name);
  const model = await open(name);
  const explainer = await model.explainer({ layer: "features" });
  const images = float32(shape, input);
  const { sizes, values } = gridMapOf(await explainer.explain(images), 0);
  await explainer.close();
  const expected = resizeGrid({ sizes, values: values.map((value) => value / Math.max(...values)) }, shape.slice(2));
  const session = await runtime.open(compileExplanation(model, { layer: "features" }));
  const { heatmap } = await session.run({ [model.input.name]: images });
  await session.close();
  expect(heatmap?.dims.slice(2)).toEqual(shape.slice(2));
  const first = floats(heatmap as Tensor).subarray(0, expected.values.length);
  expect(difference(first, [...expected.values])).toBeLessThan(1e-5);
});

test("Evidence of several layers of a volume is brought to the finest one's places", async () => {
  const { shape, input } = expectedOf("volume");
  const model = await open("volume");
  const [first] = stages(model).toReversed();
  const explainer = await model.explainer({ layers: ["features", first?.name ?? ""] });
  const { evidence } = await explainer.explain(float32(shape, input));
  await explainer.close();
  expect(evidence.dims.slice(2)).toEqual(gridOf(first?.layout ?? "ncdhw", first?.dims ?? []).sizes);
});
