/** @file What every method must keep to. */

import { afterAll, describe, expect, it } from "vitest";
import { createExplainer } from "../../../src/explain/explainer.js";
import { methodNamed, methods } from "../../../src/explain/methods/index.js";
import type { Explainer } from "../../../src/explain/options.js";
import { FoveaError } from "../../../src/foundation/error.js";
import { transformers } from "../../../src/model/layers/attention.js";
import { openModel } from "../../../src/model/open.js";
import { singleImages } from "../../../src/model/run/batches.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";
import { everything } from "../../support/share.js";
import { vit } from "../architectures/vit.js";

/** What methods are shown: most a small convolutional network, those of attention a transformer. */
interface Kind {
  readonly network: (height: number, width: number, bias?: number) => Graph;
  /** Of the map, from the picture's. */
  readonly size: (height: number, width: number) => readonly [number, number];
  /** A class that has no weights, if there is one. */
  readonly idle?: number;
}

const convolutional: Kind = { network, size: (height, width) => [height, width], idle: 3 };
const transformer: Kind = {
  network: (height, width) => vit({ grid: [height / 2, width / 2] }),
  size: (height, width) => [height / 2, width / 2],
};
const kindOf = (method: string) => (methodNamed(method).worksOn === transformers ? transformer : convolutional);

/** Conv - ReLU (`features`) - average - linear, on pictures of any shape; class 3 has no weights. */
function network(height: number, width: number, bias = 0): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, height, width]);
  const kernel = op.constant(randomTensor([4, 3, 3, 3], "kernel"), "kernel");
  const conv = op.Conv(x, kernel, op.constant(float32([4], Array(4).fill(bias))), { pads: [1, 1, 1, 1] });
  const features = op.named("features", op.Relu(conv));
  const rows = randomTensor([4, 4], "rows");
  floats(rows).fill(0, 12);
  op.output(op.Gemm(op.Flatten(op.GlobalAveragePool(features)), op.constant(rows), undefined, { transB: 1 }), "y");
  return op.graph;
}

const pictures = (count: number, height = 6, width = 4) => randomTensor([count, 3, height, width], "pictures");

const explainers = new Map<string, Promise<Explainer>>();
afterAll(async () => {
  for (const explainer of explainers.values()) await (await explainer.catch(() => undefined))?.close();
});

/** Opened once for each method, size of the picture and bias. */
function explainerFor(method: string, height: number, width: number, bias = 0): Promise<Explainer> {
  const key = [method, height, width, bias].join(" ");
  const explainer = explainers.get(key) ?? opened(method, kindOf(method).network(height, width, bias));
  explainers.set(key, explainer);
  return explainer;
}

async function opened(method: string, graph: Graph): Promise<Explainer> {
  return createExplainer(await openModel(graph, runtime), { runtime, method, samples: 3, seed: 7 });
}

async function explained(method: string, images: Tensor, classes: readonly number[] = [0, 2], bias = 0) {
  const [, , height = 0, width = 0] = images.dims;
  return (await explainerFor(method, height, width, bias)).explain(images, { classes });
}

const close = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  const scale = Math.max(1e-6, ...Array.from(b, Math.abs));
  Array.from(b, (value, i) => expect(Math.abs(value - (a[i] as number)) / scale).toBeLessThan(1e-4));
};

const finite = (values: Float32Array) => expect(values.every(Number.isFinite)).toBe(true);

const described = methods.map(({ name, at = "layer", classBlind = false }, place) => ({ name, at, classBlind, place }));

describe.each(described)("$name", ({ name, at, classBlind, place }) => {
  const { size: sizeAtLayer, idle } = kindOf(name);
  const size: Kind["size"] = at === "image" ? (height, width) => [height, width] : sizeAtLayer;
  /** Each method has every test in the long suite; otherwise one of the three that open most sessions, in turn. */
  const takes = (turn: 0 | 1 | 2) => everything || place % 3 === turn;

  it("gives a finite map for each image and class, on pictures that are not square", async () => {
    const { maps, evidence, classes } = await explained(name, pictures(2, 4, 10));
    expect(maps.dims).toEqual([2, 2, ...size(4, 10)]);
    expect(evidence.dims).toEqual([2, 2, ...size(4, 10)]);
    expect(classes).toEqual([
      [0, 2],
      [0, 2],
    ]);
    finite(floats(evidence));
    expect(floats(maps)).toEqual(floats(evidence).map((value) => Math.max(0, value)));
    expect(Math.max(...floats(maps))).toBeGreaterThan(0);
  });

  it("gives the same for a batch as for its images one by one, and for classes together as alone", async () => {
    const batch = pictures(2);
    const { evidence } = await explained(name, batch);
    const places = evidence.size / 4;
    for (const [i, image] of singleImages(batch).entries()) {
      for (const [k, index] of [0, 2].entries()) {
        const alone = await explained(name, image, [index]);
        close(floats(evidence).subarray((2 * i + k) * places, (2 * i + k + 1) * places), floats(alone.evidence));
      }
    }
  });

  it("is marked as blind for the class where its maps of two classes are the same, and only there", async () => {
    const { evidence } = await explained(name, pictures(3));
    const places = evidence.size / 6;
    const rows = Array.from({ length: 6 }, (_, row) => floats(evidence).subarray(row * places, (row + 1) * places));
    const differ = (a: ArrayLike<number> = [], b: ArrayLike<number> = []) => {
      const scale = Math.max(...Array.from(a, Math.abs), ...Array.from(b, Math.abs));
      return Array.from(a, (value, i) => Math.abs(value - (b[i] as number))).some((by) => by > 1e-3 * scale);
    };
    expect([0, 2, 4].some((row) => differ(rows[row], rows[row + 1]))).toBe(!classBlind);
  });

  it.runIf(takes(0))("gives the same again, by its seed", async () => {
    const known = await explained(name, pictures(1));
    const other = await opened(name, kindOf(name).network(6, 4));
    expect(floats((await other.explain(pictures(1), { classes: [0, 2] })).evidence)).toEqual(floats(known.evidence));
    await other.close();
  });

  it.runIf(takes(1))(
    "stays finite for a class that nothing moves, for a picture of one colour, and for a layer that is silent",
    async () => {
      const grey = float32([1, 3, 6, 4], Array(72).fill(0.5));
      finite(floats((await explained(name, grey)).evidence));
      if (idle === undefined) return;
      finite(floats((await explained(name, pictures(1), [idle])).evidence));
      finite(floats((await explained(name, grey, [0], -1e4)).evidence));
    },
  );

  it("refuses images that hold NaN", async () => {
    const images = float32([1, 3, 6, 4], [Number.NaN, ...Array(71).fill(0.5)]);
    await expect(explained(name, images)).rejects.toThrow(/^images: expected finite numbers, got NaN at element 0/);
  });

  it("stops when it is told to, before it runs and between two runs", async () => {
    const explainer = await explainerFor(name, 6, 4);
    const options = { classes: [0, 2] };
    const before = explainer.explain(pictures(1), { ...options, signal: AbortSignal.abort() });
    await expect(before).rejects.toMatchObject({ name: "AbortError" });
    const abort = new AbortController();
    let runs = 0;
    const between = explainer.explain(pictures(1), {
      ...options,
      signal: abort.signal,
      progress: () => {
        runs++;
        abort.abort();
      },
    });
    // A method of one graph has no progress to tell: it is done before anybody could stop it.
    if ("build" in explainer.method) {
      await between;
      return;
    }
    await expect(between).rejects.toMatchObject({ name: "AbortError" });
    expect(runs).toBe(1);
  });

  it.runIf(at !== "image" && takes(2))("takes flat pictures, and refuses a layer of a single place", async () => {
    const { maps } = await explained(name, pictures(1, 2, 8));
    expect(maps.dims).toEqual([1, 2, ...size(2, 8)]);
    const place = idle === undefined ? 2 : 1;
    await expect(explained(name, pictures(1, place, place))).rejects.toThrow(FoveaError);
  });
});
