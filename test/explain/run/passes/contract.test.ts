/** @file What every method of many passes must keep to. */

import { afterAll, describe, expect, it } from "vitest";
import { compileExplanation } from "../../../../src/explain/compile.js";
import { createExplainer } from "../../../../src/explain/explainer.js";
import { type CamMethod, isPassMethod, type PassMethod } from "../../../../src/explain/method.js";
import { methods } from "../../../../src/explain/methods/index.js";
import type { Explainer, ExplainerOptions, ExplainOptions } from "../../../../src/explain/options.js";
import { explainStream } from "../../../../src/explain/stream.js";
import { FoveaError } from "../../../../src/foundation/error.js";
import { openModel } from "../../../../src/model/open.js";
import { Builder } from "../../../../src/onnx/builder.js";
import type { Graph } from "../../../../src/onnx/graph.js";
import { float32, floats, type Tensor } from "../../../../src/onnx/tensor.js";
import { randomTensor } from "../../../support/models/random-tensor.js";
import { runtime } from "../../../support/runtime.js";

/** Conv - ReLU (`features`, 4 channels) - flatten - linear, for pictures of 6x9; class 3 is always the same. */
function network({ batch = "N", last = false }: { batch?: string | number; last?: boolean } = {}): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", last ? [batch, 6, 9, 3] : [batch, 3, 6, 9]);
  const planes = last ? op.Transpose(x, { perm: [0, 3, 1, 2] }) : x;
  const kernel = op.constant(randomTensor([4, 3, 3, 3], "kernel"), "kernel");
  const features = op.named("features", op.Relu(op.Conv(planes, kernel, { pads: [1, 1, 1, 1] })));
  const rows = randomTensor([4, 216], "rows");
  floats(rows).fill(0, 648);
  // As exporters flatten: with the batch's size, taken from before the layer.
  const count = op.Gather(op.Shape(x), op.ints([0]));
  const flat = op.Reshape(features, op.Concat(count, op.ints([-1]), { axis: 0 }));
  op.output(op.Gemm(flat, op.constant(rows), undefined, { transB: 1 }), "y");
  return op.graph;
}

const pictures = (count: number) => randomTensor([count, 3, 6, 9], "pictures");
const image = (batch: Tensor, i: number) => float32([1, 3, 6, 9], floats(batch).slice(i * 162, (i + 1) * 162));

type Options = Partial<ExplainerOptions> & ExplainOptions & { readonly graph?: Graph };

const explainers = new Map<string, Promise<Explainer>>();
afterAll(async () => {
  for (const explainer of explainers.values()) await (await explainer.catch(() => undefined))?.close();
});

async function opened(method: CamMethod, graph: Graph, options: Partial<ExplainerOptions>): Promise<Explainer> {
  const few = isPassMethod(method) && method.samples !== undefined ? { samples: method.at === "image" ? 40 : 3 } : {};
  return createExplainer(await openModel(graph, runtime), { runtime, method, ...few, ...options });
}

/** Explains on a graph of its own, or else on the usual one, opened once for each method and options. */
async function explained(method: CamMethod, images: Tensor, options: Options = {}) {
  const { graph, classes = [0, 2], progress, signal, ...others } = options;
  const key = `${method.name} ${JSON.stringify(others)}`;
  const opening = (graph ? undefined : explainers.get(key)) ?? opened(method, graph ?? network(), others);
  if (!graph) explainers.set(key, opening);
  const explainer = await opening;
  try {
    return await explainer.explain(images, { classes, progress, signal });
  } finally {
    if (graph) await explainer.close();
  }
}

const close = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  const scale = Math.max(...Array.from(b, Math.abs));
  expect(scale).toBeGreaterThan(0);
  Array.from(b, (value, i) => expect(Math.abs(value - (a[i] as number)) / scale).toBeLessThan(1e-4));
};

const finite = ({ evidence, maps }: { evidence: Tensor; maps: Tensor }) => {
  expect(floats(evidence).every(Number.isFinite)).toBe(true);
  expect(floats(maps)).toEqual(floats(evidence).map((value) => Math.max(0, value)));
};

const all: readonly PassMethod[] = methods.filter(isPassMethod);

it("they are eight", () => {
  const ofChannels = ["score-cam", "ss-cam", "is-cam", "ablation-cam"];
  expect(all.map(({ name }) => name)).toEqual([...ofChannels, "occlusion", "rise", "kernel-shap", "lime"]);
});

describe.each(all.map((method) => [method.name, method] as const))("%s", (name, method) => {
  it("gives a map for each image and class, on pictures that are not square", async () => {
    const found = await explained(method, pictures(2));
    expect(found.maps.dims).toEqual([2, 2, 6, 9]);
    expect(found.weights?.dims).toEqual(method.at === "image" ? undefined : [2, 2, 4]);
    expect(found.classes).toEqual([
      [0, 2],
      [0, 2],
    ]);
    finite(found);
    expect(Math.max(...floats(found.maps))).toBeGreaterThan(0);
  });

  it("gives the same for a batch as for its images one by one, and for classes together as alone", async () => {
    const batch = pictures(2);
    const { evidence } = await explained(method, batch);
    for (const i of [0, 1]) {
      const one = floats((await explained(method, image(batch, i))).evidence);
      expect(floats(evidence).slice(108 * i, 108 * (i + 1))).toEqual(one);
      const { evidence: alone } = await explained(method, image(batch, i), { classes: [2] });
      close(one.subarray(54), floats(alone));
    }
  });

  it("gives the same from a file for one image, for two images, and for channels last", async () => {
    const batch = pictures(2);
    const { evidence, scores } = await explained(method, batch);
    for (const fixed of [1, 2]) {
      const found = await explained(method, batch, { graph: network({ batch: fixed }) });
      close(floats(found.evidence), floats(evidence));
      close(floats(found.scores), floats(scores));
    }
    const last = new Float32Array(324);
    floats(batch).forEach((value, i) => {
      const [n, c, p] = [Math.floor(i / 162), Math.floor(i / 54) % 3, i % 54];
      last[(n * 54 + p) * 3 + c] = value;
    });
    const turned = await explained(method, float32([2, 6, 9, 3], last), { graph: network({ last: true }) });
    close(floats(turned.evidence), floats(evidence));
  });

  it("gives the same again by its seed", async () => {
    const [a, b, other] = [
      await explained(method, pictures(1), { seed: 7 }),
      await explained(method, pictures(1), { seed: 7, graph: network() }),
      await explained(method, pictures(1), { seed: 8 }),
    ];
    expect(floats(a.evidence)).toEqual(floats(b.evidence));
    const draws = ["ss-cam", "rise", "kernel-shap", "lime"].includes(name);
    expect(floats(a.evidence).some((value, i) => value !== floats(other.evidence)[i])).toBe(draws);
  });

  it("turns what speaks for a class into what speaks against it", async () => {
    const [found, against] = [
      await explained(method, pictures(1)),
      await explained(method, pictures(1), { against: true }),
    ];
    if (name === "ablation-cam" || method.at === "image") {
      close(
        floats(against.evidence),
        floats(found.evidence).map((value) => -value),
      );
    } else {
      // The channel that makes the score highest is the one that makes its negative lowest.
      const [forIt, againstIt] = [found, against].map(({ weights }) => floats(weights as Tensor).subarray(0, 4));
      expect(argMax(forIt as Float32Array)).toBe(argMin(againstIt as Float32Array));
    }
  });

  it("stays finite for a class that nothing moves, and for a picture of one colour", async () => {
    finite(await explained(method, pictures(1), { classes: [3] }));
    finite(await explained(method, float32([1, 3, 6, 9], Array(162).fill(0.5))));
    finite(await explained(method, float32([1, 3, 6, 9], Array(162).fill(0))));
  });

  it("refuses images that hold NaN, and no classes", async () => {
    const bad = pictures(2);
    floats(bad)[170] = Number.NaN;
    await expect(explained(method, bad)).rejects.toThrow(
      "images: expected finite numbers, got NaN at element 170 of 324",
    );
    await expect(explained(method, pictures(1), { classes: [] })).rejects.toThrow(FoveaError);
  });

  it("tells how far it is, and stops when it is told to", async () => {
    const told: [number, number][] = [];
    await explained(method, pictures(2), { progress: (...numbers) => told.push(numbers) });
    const [, total] = told[0] as [number, number];
    expect(told.at(-1)).toEqual([total, total]);
    expect(told.map(([done]) => done)).toEqual(told.map(([done]) => done).sort((a, b) => a - b));
    expect(told.every(([, of]) => of === total)).toBe(true);

    const abort = new AbortController();
    let runs = 0;
    const stopped = explained(method, pictures(2), {
      signal: abort.signal,
      progress: () => {
        runs++;
        abort.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    expect(runs).toBe(1);
  });

  it("is no single graph, and says so", async () => {
    const model = await openModel(network(), runtime);
    expect(() => compileExplanation(model, { method })).toThrow(
      `method ${name}: expected one that is a single graph, got one of many runs`,
    );
  });

  it("streams, image by image", async () => {
    const model = await openModel(network(), runtime);
    const explainer = await createExplainer(model, {
      runtime,
      method,
      ...(name === "rise" ? { samples: 50 } : {}),
    });
    const batch = pictures(2);
    const expected = await explainer.explain(batch);
    const read = async (i: number) => ({ input: image(batch, i) });
    let i = 0;
    for await (const { explanation } of explainStream(explainer, [0, 1], read)) {
      const { evidence } = expected;
      expect(floats(explanation?.evidence as Tensor)).toEqual(floats(evidence).slice(i * 54, (i + 1) * 54));
      i++;
    }
    expect(i).toBe(2);
    await explainer.close();
  });
});

function argMax(values: Float32Array): number {
  return values.indexOf(Math.max(...values));
}

function argMin(values: Float32Array): number {
  return values.indexOf(Math.min(...values));
}
