/** @file CAM, the first of the family. */

import { FoveaError } from "../../foundation/error.js";
import { findNonLinearHead } from "../../model/layers/behind/linear-head.js";
import type { GradientMethod } from "../method.js";
import { overPlaces, weightedSum } from "./parts/weighted-sum.js";

/**
 * Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR 2016. Eq. 2: Σₖ wₖᶜ Aₖ, with the weights wₖᶜ of the
 * linear layer that follows the global average. They are read off the gradient, which is wₖᶜ over the number of places everywhere.
 */
export const cam: GradientMethod = {
  name: "cam",
  title: "CAM",
  aliases: ["class-activation-map", "class-activation-mapping"],
  paper: "Zhou et al., CVPR 2016",
  worksOn: "those with a global average and linear layers alone behind the layer",
  needsGradient: true,
  build(op, { activation, gradient, model, layer }) {
    const node = findNonLinearHead(model, layer);
    if (node) {
      throw new FoveaError(
        "bad-graph",
        `cam at layer "${layer.name}": expected a global average and linear layers alone behind it, got ${node.op} "${node.name}": use grad-cam, which equals it up to a factor where it exists`,
      );
    }
    return weightedSum(op, op.Squeeze(overPlaces(op, gradient), op.ints([2, 3])), activation);
  },
};
