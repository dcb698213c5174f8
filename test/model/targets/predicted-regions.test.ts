/** @file The regions of a segmentation's classes, by hand. */

import { describe, expect, it } from "vitest";
import { createExplainer } from "../../../src/explain/explainer.js";
import { openModel } from "../../../src/model/open.js";
import { outputOf } from "../../../src/model/targets/output.js";
import { outputScores } from "../../../src/model/targets/output-scores.js";
import { predictedRegions } from "../../../src/model/targets/predicted-regions.js";
import { withTarget } from "../../../src/model/targets/target.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { floats } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";

/** Relu (`features`) - 1x1 convolution to 3 classes [N, 3, 4, 5]. */
function segmenter(): Graph {
  const op = new Builder();
  const features = op.named("features", op.Relu(op.input("x", "float32", ["N", 2, 4, 5])));
  op.output(op.Conv(features, op.constant(randomTensor([3, 2, 1, 1], "w"))), "classes");
  return op.graph;
}
const scene = randomTensor([2, 2, 4, 5], "a");
const close = (a: ArrayLike<number>, b: readonly number[]) =>
  expect(Array.from(a)).toEqual(b.map((value) => expect.closeTo(value, 4)));

describe("predictedRegions", () => {
  it("is the mean of each class's scores where it is the highest, and its share of the image", async () => {
    const model = await withTarget(await openModel(segmenter(), runtime), predictedRegions(), runtime);
    const whole = floats(await outputOf(await openModel(segmenter(), runtime), scene, runtime));
    const explainer = await createExplainer(model, { runtime, layer: "features", method: "hires-cam" });
    const explanation = await explainer.explain(scene, { classes: [0, 1, 2] });
    const count = scene.dims[0] ?? 0;
    for (let i = 0; i < count; i++) {
      const score = (k: number, place: number) => whole[(3 * i + k) * 20 + place] ?? Number.NaN;
      const places = Array.from({ length: 20 }, (_, place) => place);
      const regions = [0, 1, 2].map((k) =>
        places.filter((place) =>
          [0, 1, 2].every(
            (other) => score(k, place) > score(other, place) || (k <= other && score(k, place) === score(other, place)),
          ),
        ),
      );
      const { scores, probabilities, predicted } = explanation.at(i);
      close(
        probabilities,
        regions.map((region) => region.length / 20),
      );
      close(
        scores,
        regions.map(
          (region, k) => region.reduce((sum, place) => sum + score(k, place), 0) / Math.max(1, region.length),
        ),
      );
      expect(regions[predicted.index]?.length).toBe(Math.max(...regions.map((region) => region.length)));
      // A 1x1 convolution makes the scores: evidence lies in the region alone, and adds up to the score.
      for (const [k, region] of regions.entries()) {
        const evidence = explanation.at(i).evidence(k).values;
        expect(evidence.every((value, place) => value === 0 || region.includes(place))).toBe(true);
        expect(evidence.reduce((sum, value) => sum + value, 0)).toBeCloseTo(scores[k] ?? Number.NaN, 4);
      }
    }
    expect(model.shareOf).toBe("of the image");
  });

  it("is of an output with places alone", async () => {
    const flat = outputScores({ output: "classes", at: { 2: 0, 3: 0 } });
    const model = await withTarget(await openModel(segmenter(), runtime), flat, runtime);
    await expect(withTarget(model, predictedRegions({ output: model.scores }), runtime)).rejects.toThrow(
      /^regions: expected an output \[N, classes, H, W\], got /,
    );
  });
});
