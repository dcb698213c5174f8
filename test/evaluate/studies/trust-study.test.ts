/** @file Studies of trust on drawn digits, and what is said of their numbers. */

import { beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../../src/data/digits/digits.js";
import { metricNamed } from "../../../src/evaluate/metrics/index.js";
import type { Metric } from "../../../src/evaluate/metrics/metric.js";
import { baselinesToBeat } from "../../../src/evaluate/studies/trust-comparison.js";
import type { TrustMeasurement } from "../../../src/evaluate/studies/trust-measurement.js";
import { createTrustStudy, type TrustStudy } from "../../../src/evaluate/studies/trust-study.js";
import { summariseTrust } from "../../../src/evaluate/studies/trust-summary.js";
import type { LoadedModel } from "../../../src/explain/loaded-model.js";
import { loadModel } from "../../../src/explain/node.js";
import type { Explainer } from "../../../src/explain/options.js";
import { FoveaError } from "../../../src/foundation/error.js";
import type { Tensor } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";
import { everything } from "../../support/share.js";

let model: LoadedModel;
let images: Tensor[];

beforeAll(async () => {
  model = await loadModel(undefined, { runtime });
  const { test } = drawDigits({ train: 0, test: 10 });
  const { preprocess: run } = model;
  images = await Promise.all(
    Array.from({ length: 10 }, (_, i) => run(test.pixels.subarray(i * 784, (i + 1) * 784), [1, 1, 28, 28])),
  );
});

async function withStudy<Result>(
  options: Partial<Parameters<typeof createTrustStudy>[1]>,
  action: (study: TrustStudy) => Promise<Result>,
): Promise<Result> {
  const study = await createTrustStudy(model, { runtime, ...options });
  try {
    return await action(study);
  } finally {
    await study.close();
  }
}

const measureAll = (study: TrustStudy) =>
  images.reduce<Promise<TrustMeasurement[]>>(async (before, image, i) => {
    const done = await before;
    return [...done, await study.measure({ name: `digit ${i}`, image })];
  }, Promise.resolve([]));

it.runIf(everything)(
  "measures methods and baselines, and tells Grad-CAM from random maps of its size",
  async () => {
    const metrics = ["deletion", "insertion", "sparseness"];
    await withStudy({ methods: ["grad-cam", "gradient"], metrics }, async (study) => {
      const measurements = await measureAll(study);
      const names = ["grad-cam", "gradient", "random 7x7", "random 28x28", "centre", "uniform"];
      expect(Object.keys(measurements[0]?.values ?? {})).toEqual(names);
      const { sources, count } = summariseTrust(measurements, { metrics: study.metrics, sources: study.sources() });
      expect(count).toBe(10);
      expect(sources.map(({ name }) => name)).toEqual(names);
      expect(sources.map(({ control }) => control)).toEqual(["random 7x7", "random 28x28", null, null, null, null]);
      const [gradCam, , , , , uniform] = sources;
      expect(gradCam?.metrics.deletion?.versus?.random.difference?.high).toBeLessThan(0);
      expect(gradCam?.metrics.insertion?.versus?.random.difference?.low).toBeGreaterThan(0);
      // On digits, which are in the middle, a centre map does as well.
      expect(gradCam?.metrics.insertion?.verdict).toBe("no different");
      expect(gradCam?.metrics.sparseness?.verdict).toBeNull();
      expect(gradCam?.sentence).toMatch(
        /no different from .*a centre map.* by .*insertion \(differences from 0\.\d+ on/,
      );
      expect(uniform?.metrics.sparseness?.mean?.mean).toBeCloseTo(0, 6);
      expect(uniform?.sentence).toBeNull();
    });
  },
  30_000,
);

it("gives an image the same numbers whatever came before it, and others with another seed", async () => {
  const options = { metrics: ["deletion", "infidelity"] };
  const one = { name: "digit 3", image: images[3] as Tensor };
  const alone = await withStudy(options, (study) => study.measure(one));
  const among = await withStudy(options, async (study) => {
    await study.measure({ name: "digit 1", image: images[1] as Tensor });
    return study.measure(one);
  });
  expect(among).toEqual(alone);
  const other = await withStudy({ ...options, seed: 2 }, async (study) =>
    study.measure({ name: "digit 3", image: images[3] as Tensor }),
  );
  expect(other.values["grad-cam"]?.infidelity).not.toBe(alone.values["grad-cam"]?.infidelity);
});

it("leaves metrics out that need boxes where there are none, and can be stopped between metrics", async () => {
  await withStudy({ metrics: ["sparseness", "pointing-game"] }, async (study) => {
    const image = images[0] as Tensor;
    const without = await study.measure({ name: "a", image });
    expect(Object.keys(without.values["grad-cam"] ?? {})).toEqual(["sparseness"]);
    const boxes = [{ x: 0, y: 0, width: 28, height: 28 }];
    const all = await study.measure({ name: "a", image, boxes });
    expect(all.values["grad-cam"]?.["pointing-game"]).toBe(1);
    const stop = () => {
      throw new Error("stopped");
    };
    await expect(study.measure({ name: "a", image, onMetric: stop })).rejects.toThrow("stopped");
  });
});

it("goes on without a method that has no map of an image, and says why", async () => {
  const broken: Explainer = {
    ...(await model.explainer()),
    explain: async () => {
      throw new FoveaError("bad-input", "no map");
    },
  };
  const image = images[0] as Tensor;
  await withStudy({ methods: [broken, "eigen-cam"], metrics: ["sparseness"] }, async (study) => {
    const { values, failed } = await study.measure({ name: "a", image });
    expect(failed).toEqual({ "grad-cam": "no map" });
    expect(Object.keys(values)).toEqual(["eigen-cam", "random 7x7", "centre", "uniform"]);
  });
  await withStudy({ methods: [broken] }, async (study) => {
    await expect(study.measure({ name: "a", image })).rejects.toThrow("no map");
  });
  await broken.close();
});

it("refuses unknown methods and metrics, and none", async () => {
  await expect(createTrustStudy(model, { runtime, methods: ["grad"] })).rejects.toThrow('unknown method "grad"');
  await expect(createTrustStudy(model, { runtime, metrics: ["auc"] })).rejects.toThrow('unknown metric "auc"');
  await expect(createTrustStudy(model, { runtime, methods: [] })).rejects.toThrow("methods: expected at least one");
});

describe("the summary", () => {
  const metric = (name: string): Metric => metricNamed(name);
  const metrics = [metric("deletion"), metric("insertion"), metric("max-sensitivity")];
  const row = (deletion: number, insertion: number | null) => ({ deletion, insertion, "max-sensitivity": 0 });
  const measurements = [0.1, 0.2, 0.3, 0.2, 0.15, 0.25, 0.2].map(
    (value, i): TrustMeasurement => ({
      name: String(i),
      target: 0,
      failed: {},
      values: {
        "guided-backprop": row(value, i === 0 ? null : value),
        random: row(value + 0.3 + value / 10, 0.2),
        centre: row(0.05, 0.1),
        uniform: row(0.6, 0.2),
      },
    }),
  );
  const sources = [
    { name: "guided-backprop", title: "Guided backpropagation", control: "random" },
    ...["random", "centre", "uniform"].map((name) => ({ name, title: name, control: null })),
  ];

  it("compares image by image, and leaves out images on which there was nothing to measure", () => {
    const [found] = summariseTrust(measurements, { metrics, sources }).sources;
    expect(found?.metrics.deletion?.mean?.mean).toBeCloseTo(0.2, 12);
    const { difference } = found?.metrics.deletion?.versus?.random ?? {};
    expect(difference?.mean).toBeCloseTo(-0.32, 12);
    // Paired: the images' own spread, 0.1 to 0.3, is not in it.
    expect((difference?.high as number) - (difference?.low as number)).toBeLessThan(0.02);
    expect(found?.metrics.insertion?.mean?.count).toBe(6);
  });

  it("says in a sentence what is better, what is worse than a centre map, and warns of guided methods", () => {
    const { sources: found, comparisons, needed } = summariseTrust(measurements, { metrics, sources });
    expect([comparisons, needed]).toEqual([6, 8]);
    const [method, random] = found;
    // Seven images are one too few for six comparisons, but for those that the first ones leave.
    expect(method?.metrics.deletion?.verdict).toBeNull();
    expect(random?.metrics.deletion).toMatchObject({ versus: null, verdict: null });
    const twice = summariseTrust([...measurements, ...measurements], { metrics, sources }).sources[0];
    expect(twice?.metrics.deletion?.verdict).toBe("worse");
    expect(twice?.metrics.insertion?.verdict).toBe("no different");
    expect(twice?.metrics["max-sensitivity"]?.verdict).toBeNull();
    expect(twice?.sentence).toMatch(
      /^Guided backpropagation: by no measure better than every baseline; better than random maps of its size and a uniform map, but worse than a centre map by deletion; .*no different from random maps of its size and a uniform map by insertion \(differences from 0\.\d+ on would most likely have shown\)\. Guided methods fail the randomisation tests of Adebayo et al\. \(2018\): their maps hardly change when the weights are replaced by noise\.$/,
    );
  });

  it("says how many images were too few, and how many are needed", () => {
    const few = summariseTrust(measurements.slice(0, 5), { metrics, sources }).sources[0];
    expect(few?.metrics.deletion?.versus?.random.verdict).toBeNull();
    expect(few?.metrics.deletion?.mean).toMatchObject({ count: 5, low: null, high: null });
    expect(few?.sentence).toContain(
      "too few images to tell it from random maps and a centre map: 5 images measured, at least 8 needed",
    );
  });

  it("does not ask a map to beat one that is the same everywhere where that one's value is known beforehand", () => {
    const boxes = ["pointing-game", "average-drop", "deletion"].map(metric);
    expect(boxes.map(baselinesToBeat)).toEqual([
      ["random", "centre"],
      ["random", "centre"],
      ["random", "centre", "uniform"],
    ]);
    expect(baselinesToBeat(metric("sparseness"))).toEqual([]);
  });
});
