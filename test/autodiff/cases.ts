/** @file Cases for every differentiation rule, by operator. */

import type { GradientCase } from "../support/models/gradient-case.js";
import { activationCases } from "./cases/activation.js";
import { convolutionCases } from "./cases/convolution.js";
import { einsumCases } from "./cases/einsum.js";
import { elementwiseCases } from "./cases/elementwise.js";
import { indexingCases } from "./cases/indexing.js";
import { linearCases } from "./cases/linear.js";
import { movementCases } from "./cases/movement.js";
import { normalizationCases } from "./cases/normalization.js";
import { poolingCases } from "./cases/pooling.js";
import { quantizationCases } from "./cases/quantization.js";
import { recurrentCases } from "./cases/recurrent.js";
import { reductionCases } from "./cases/reduction.js";
import { resizeCases } from "./cases/resize.js";
import { samplingCases } from "./cases/sampling.js";

export const cases: Readonly<Record<string, readonly GradientCase[]>> = {
  ...activationCases,
  ...convolutionCases,
  ...einsumCases,
  ...elementwiseCases,
  ...indexingCases,
  ...linearCases,
  ...movementCases,
  ...normalizationCases,
  ...poolingCases,
  ...quantizationCases,
  ...recurrentCases,
  ...reductionCases,
  ...resizeCases,
  ...samplingCases,
};
