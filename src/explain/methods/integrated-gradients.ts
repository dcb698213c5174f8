/** @file Integrated gradients. */

import type { SampledMethod } from "../method.js";
import { alongWay } from "./parts/sampling/along-way.js";
import { gaussLegendre } from "./parts/sampling/gauss-legendre.js";

/**
 * Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks", ICML 2017. Eq. 1: (x - x') ⊙ ∫₀¹ ∂y(x' + α(x - x'))/∂x dα,
 * the integral by Gauss-Legendre quadrature as in Captum (the paper sums up even steps). Completeness: the attribution's sum is
 * y(x) - y(x') but for the error of the quadrature, which every explanation holds. The baseline x' decides what can be seen: where
 * the image equals it, nothing is. By default it is the zero of the network's input, which the paper's black image is only where
 * no mean is subtracted; the explainer's option `baseline` chooses black, white, the blurred image, or the mean over several
 * (Sturmfels, Lundberg and Lee, "Visualizing the Impact of Feature Attribution Baselines", Distill 2020), and a note says which.
 */
export const integratedGradients: SampledMethod<"attribution"> = {
  name: "integrated-gradients",
  title: "Integrated gradients",
  aliases: ["ig", "integrated-gradient", "int-grad"],
  paper: "Sundararajan et al., ICML 2017",
  ...alongWay,
  samples: 32,
  start: "zero",
  sampling: (count) => gaussLegendre(count).map(({ at, weight }) => ({ at, weights: { attribution: weight } })),
};
