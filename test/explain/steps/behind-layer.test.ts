/** @file What lies behind a layer, run again with the layer changed. */

import { describe, expect, it } from "vitest";
import { BehindLayer } from "../../../src/explain/steps/behind-layer.js";
import { zero } from "../../../src/explain/steps/without-layer.js";
import { openModel } from "../../../src/model/open.js";
import { createClassifier } from "../../../src/model/run/classifier.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import type { Runtime } from "../../../src/runtime/session.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";

/** Features with a way around them, for one, for many or for a fixed number of images. */
async function network(batch: number | string) {
  const op = new Builder();
  const weight = (dims: number[], seed: string) => op.constant(randomTensor(dims, seed), seed);
  const x = op.input("x", "float32", [batch, 1, 6, 6]);
  const stem = op.Relu(op.Conv(x, weight([2, 1, 3, 3], "stem"), { pads: [1, 1, 1, 1] }));
  const features = op.named("features", op.Relu(op.Conv(stem, weight([2, 2, 3, 3], "w"), { pads: [1, 1, 1, 1] })));
  const pooled = op.Flatten(op.GlobalAveragePool(op.Add(features, stem)));
  op.output(op.Gemm(pooled, weight([3, 2], "head"), weight([3], "bias"), { transB: 1 }), "y");
  return openModel(op.graph, runtime);
}

const image = randomTensor([1, 1, 6, 6], "image");
const layer = { name: "features" };
const same = (values: Tensor) => values;
const halved = (values: Tensor) =>
  float32(
    values.dims,
    floats(values).map((value) => value / 2),
  );

describe.each(["N", 1, 3])("behind a layer of a network for %s images", (batch) => {
  it("come the network's own probabilities where nothing changes", async () => {
    const model = await network(batch);
    const behind = await BehindLayer.open({ model, layer }, { runtime });
    const classifier = createClassifier(model, { runtime });
    const expected = floats(await classifier.classify(image));
    const { probabilities } = await behind.scores(image, same);
    expect(probabilities.length).toBe(3);
    probabilities.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 6));
    await classifier.close();
    await behind.close();
  });

  it("half of the layer moves linear scores half of the way to those without it", async () => {
    const behind = await BehindLayer.open({ model: await network(batch), layer }, { runtime });
    const [all, half, none] = [
      await behind.scores(image, same),
      await behind.scores(image, halved),
      await behind.scores(image, zero),
    ];
    half.scores.forEach((score, i) => expect(score).toBeCloseTo(((all.scores[i] ?? 0) + (none.scores[i] ?? 0)) / 2, 5));
    expect(all.scores).not.toEqual(none.scores);
    await behind.close();
  });
});

it("what lies before the layer is run once for an image", async () => {
  const runs: string[] = [];
  const counting: Runtime = {
    ...runtime,
    open: async (graph, options) => {
      const session = await runtime.open(graph, options);
      return {
        ...session,
        run: (feeds) => {
          runs.push(Object.keys(feeds).includes("features") ? "behind" : "before");
          return session.run(feeds);
        },
      };
    },
  };
  const behind = await BehindLayer.open({ model: await network("N"), layer }, { runtime: counting });
  await behind.scores(image, same);
  await behind.scores(image, zero);
  await behind.scores(randomTensor([1, 1, 6, 6], "other"), same);
  expect(runs).toEqual(["before", "behind", "behind", "before", "behind"]);
  await behind.close();
});
