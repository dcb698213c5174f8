/** @file FullGrad. */

import { foldToPlanes } from "../../model/layers/fold.js";
import { layoutsOf } from "../../model/layers/layout.js";
import type { Attributes, Builder } from "../../onnx/builder.js";
import { dimsOf, type Value } from "../../onnx/graph.js";
import type { CamInputs, CamOutputs, GradientMethod, Naming } from "../method.js";
import { biasShares, sumOfImage } from "./parts/implicit-biases.js";

/** Keeps the division of nothing by nothing from being NaN. */
const tiny = 1e-30;

function fullGradWith(naming: Naming, resize: Attributes): GradientMethod {
  return {
    ...naming,
    paper: "Srinivas and Fleuret, NeurIPS 2019",
    at: "image",
    needsGradient: true,
    build: (op, inputs) => buildFullGrad(op, inputs, resize),
  };
}

const authors = fullGradWith(
  { name: "full-grad-authors", title: "FullGrad, as its authors' code" },
  { mode: "linear", coordinate_transformation_mode: "align_corners" },
);

/**
 * Srinivas and Fleuret, "Full-Gradient Representation for Neural Network Visualization", NeurIPS 2019. Eq. 4: the score is
 * x ⊙ ∂y/∂x summed up, and the same of all biases; eq. 6: the map is ψ(x ⊙ ∂y/∂x) + Σ ψ(b ⊙ ∂y/∂b) over the layers, where ψ takes
 * magnitudes, brings each layer's to reach from 0 to 1, and enlarges them bilinearly to the image's size, with half-pixel centres
 * as everywhere. The authors' code puts the corners' centres on one another there (the variant `full-grad-authors`), adds 1e-6 to
 * the range that it divides by, and takes the biases of convolutions, batch normalisations and linear layers only. Here implicit
 * biases of smooth functions count as biases, too (the paper's section 3.2), and a batch normalisation that was folded into its
 * convolution has one share with it; shares that belong to no place count in the sum alone.
 */
export const fullGrad: GradientMethod = fullGradWith(
  {
    name: "full-grad",
    title: "FullGrad",
    aliases: ["full-gradient"],
    variants: [
      {
        method: authors,
        says: "the authors' code: each layer's ψ(b ⊙ ∂y/∂b) is enlarged with the corners' centres on one another, not with half-pixel centres",
      },
    ],
  },
  { mode: "linear" },
);

/** @param resize how the shares of a layer are brought to the image's size */
function buildFullGrad(op: Builder, inputs: CamInputs, resize: Attributes): CamOutputs {
  const { model, activation, gradient, score } = inputs;
  const layouts = layoutsOf(model.graph, model.input.name);
  const inputShare = op.Mul(activation, gradient);
  const maps = [rescaled(op, inputShare)];
  const sum = (share: Value, of: Value) => sumOfImage(op, share, dimsOf(op.graph, of), model.input);
  const sums = [sum(inputShare, model.input.name)];
  for (const { value, share, placed } of biasShares(op, inputs)) {
    const layout = placed ? layouts.get(value) : undefined;
    if (layout !== undefined) {
      const planes = rescaled(op, foldToPlanes(op, share, layout));
      maps.push(inputs.atImage(planes, { name: value, layout }, resize));
    }
    sums.push(placed ? sum(share, value) : share);
  }
  const total = (values: readonly Value[]) => values.reduce((a, b) => op.Add(a, b));
  return { evidence: total(maps), completeness: { attributed: total(sums), total: score } };
}

/** Magnitudes from 0 to 1, summed over the channels: [N, C, H, W] to [N, 1, H, W]. */
function rescaled(op: Builder, shares: Value): Value {
  const size = op.Abs(shares);
  const extreme = (which: "ReduceMin" | "ReduceMax") => op[which](size, op.ints([1, 2, 3]), { keepdims: 1 });
  const least = extreme("ReduceMin");
  const range = op.Max(op.Sub(extreme("ReduceMax"), least), op.scalar(tiny));
  return op.ReduceSum(op.Div(op.Sub(size, least), range), op.ints([1]), { keepdims: 1 });
}
