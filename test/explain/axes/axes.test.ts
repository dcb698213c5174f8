/** @file Maps of signals, volumes and clips beside PyTorch's, which `test/reference/axes.py` makes (torch 2.13). */

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gridMapOf, mapOf } from "../../../src/explain/maps.js";
import { loadModel } from "../../../src/explain/node.js";
import { float32 } from "../../../src/onnx/tensor.js";
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
  const methods = Object.keys(expected.classes[0]?.maps ?? {});

  test.each(methods)("%s", async (method) => {
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
