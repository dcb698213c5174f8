/** @file Finer-CAM. */

import { FoveaError } from "../../foundation/error.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import { float32 } from "../../onnx/tensor.js";
import type { CamInputs, GradientMethod, Naming } from "../method.js";
import { spatialMean } from "./parts/spatial-mean.js";
import { averagedSum } from "./parts/weighted-sum.js";

/** With how many similar classes a class is compared. */
const references = 3;

/** What the similar classes take away, ∂/∂y of their part: [N, classes]. */
type Comparison = (op: Builder, similar: SimilarClasses) => Value;

interface SimilarClasses {
  /** One row for each, [N, m, classes]: 1 at the class. */
  readonly rows: Value;
  /** Their scores, [N, m]. */
  readonly scores: Value;
  /** The class's own score, [N, 1]. */
  readonly score: Value;
}

function finerCamWith(naming: Naming, compare: Comparison): GradientMethod {
  return {
    ...naming,
    paper: "Zhang et al., CVPR 2025",
    worksOn: "those with two classes or more",
    needsGradient: true,
    build(op, inputs) {
      const { layer, model, scores, gradientOf, asPlanes } = inputs;
      if (model.classCount === 1)
        throw new FoveaError(
          "bad-graph",
          "finer-cam: expected two classes or more to tell apart, got one score: use grad-cam",
        );
      const gradient = asPlanes(gradientOf(layer.name, { of: scores, seed: differenceSeed(op, inputs, compare) }));
      return averagedSum(op, spatialMean(op, gradient), inputs, gradient);
    },
  };
}

/** The mean of their scores. */
const byMean: Comparison = (op, { rows }) => op.ReduceMean(rows, op.ints([1]), { keepdims: 0 });

/**
 * u = Σ qᵈ(yᶜ - yᵈ) with qᵈ = pᵈ / Σ p, which is the softmax of the similar classes' scores: ∂u/∂yᶜ = 1 and
 * -∂u/∂yᵈ = qᵈ(1 + u - (yᶜ - yᵈ)).
 */
const byProbability: Comparison = (op, { rows, scores, score }) => {
  const shares = op.Softmax(scores, { axis: 1 });
  const differences = op.Sub(score, scores);
  const mean = op.ReduceSum(op.Mul(shares, differences), op.ints([1]), { keepdims: 1 });
  const taken = op.Mul(shares, op.Sub(op.Add(mean, op.scalar(1)), differences));
  return op.ReduceSum(op.Mul(op.Unsqueeze(taken, op.ints([2])), rows), op.ints([1]), { keepdims: 0 });
};

const equal = finerCamWith({ name: "finer-cam-equal", title: "Finer-CAM, equal weights" }, byMean);

/**
 * Zhang et al., "Finer-CAM: Spotting the Difference Reveals Finer Details for Visual Explanation", CVPR 2025: Grad-CAM of the
 * difference between the class and similar ones, yᶜ - γyᵈ for the three classes d whose scores are nearest to yᶜ, with γ = 1. As in the
 * authors' code (and pytorch-grad-cam, which has it from them) the three are weighted by their probabilities,
 * u = Σ pᵈ(yᶜ - yᵈ) / Σ pᵈ, and the gradient goes through the weights as well; the 1e-9 that the code adds to Σ pᵈ is left out.
 * The variant `finer-cam-equal` takes the mean of the three differences. Similar classes are those near yᶜ also where another class
 * than the predicted one is explained; the authors take the nearest class for the class itself, which is the same but for equal scores.
 */
export const finerCam: GradientMethod = finerCamWith(
  {
    name: "finer-cam",
    title: "Finer-CAM",
    variants: [
      {
        method: equal,
        says: "the mean of yᶜ - yᵈ over the three similar classes d, not their mean weighted by the classes' probabilities pᵈ",
      },
    ],
  },
  byProbability,
);

/** ∂/∂y of the difference: the class's own seed, less what the similar classes take away. [N, classes] */
function differenceSeed(op: Builder, { scores, seed }: CamInputs, compare: Comparison): Value {
  const count = op.Shape(scores, { start: 1, end: 2 });
  const size = op.Abs(seed);
  const score = op.ReduceSum(op.Mul(scores, size), op.ints([1]), { keepdims: 1 });
  // The class itself is the nearest, also where another has the same score.
  const distance = op.Sub(op.Abs(op.Sub(scores, score)), size);
  const most = op.Min(op.ints([references + 1]), count);
  const [, nearest] = op.node("TopK", [distance, most], { axis: 1, largest: 0 }, 2) as [Value, Value];
  const similar = op.Slice(nearest, op.ints([1]), most, op.ints([1]));
  const offOn = op.constant(float32([2], [0, 1]), "off_on");
  const rows = op.OneHot(similar, op.Squeeze(count, op.ints([0])), offOn, { axis: 2 });
  const taken = compare(op, { rows, scores: op.GatherElements(scores, similar, { axis: 1 }), score });
  return op.Sub(seed, op.Mul(taken, op.ReduceSum(seed, op.ints([1]), { keepdims: 1 })));
}
