/** @file The gradient of guided backpropagation at the image. */

import { guidedRules, isRectifier } from "../../../autodiff/guided.js";
import { FoveaError } from "../../../foundation/error.js";
import type { Value } from "../../../onnx/graph.js";
import type { CamInputs } from "../../method.js";

/** Which models it is for. */
export const rectified = "those with rectifiers: Relu, LeakyRelu, PRelu, Clip from 0";

/**
 * [N, C, H, W].
 * @throws FoveaError `bad-graph` where there is no rectifier, so that it would be the plain gradient
 */
export function guidedGradient({ model, gradientOf, imagePlanes }: CamInputs): Value {
  const { nodes, initializers } = model.graph;
  if (!nodes.some((node) => isRectifier(node, (value) => initializers.get(value)))) {
    throw new FoveaError(
      "bad-graph",
      "guided backpropagation: expected rectifiers (Relu, LeakyRelu, PRelu, Clip from 0) in the network, got none: use gradient",
    );
  }
  return imagePlanes(gradientOf(model.input.name, { rules: guidedRules }));
}
