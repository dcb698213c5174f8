/** @file Cases for every differentiation rule, by operator. */

import type { GradientCase } from "../support/gradient-case.js";
import { activationCases } from "./cases/activation.js";
import { convolutionCases } from "./cases/convolution.js";
import { elementwiseCases } from "./cases/elementwise.js";
import { linearCases } from "./cases/linear.js";
import { movementCases, reductionCases } from "./cases/movement.js";
import { normalizationCases } from "./cases/normalization.js";
import { poolingCases } from "./cases/pooling.js";

export const cases: Readonly<Record<string, readonly GradientCase[]>> = {
  ...activationCases,
  ...convolutionCases,
  ...elementwiseCases,
  ...linearCases,
  ...movementCases,
  ...normalizationCases,
  ...poolingCases,
  ...reductionCases,
};
