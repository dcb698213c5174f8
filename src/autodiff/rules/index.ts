/** @file All differentiation rules, by ONNX operator name. */

import type { RuleTable } from "../rule.js";
import { activation } from "./activation.js";
import { convolution } from "./convolution.js";
import { contraction } from "./einsum.js";
import { elementwise } from "./elementwise.js";
import { indexing } from "./indexing.js";
import { linear } from "./linear.js";
import { movement } from "./movement.js";
import { normalization } from "./normalization.js";
import { pooling } from "./pooling.js";
import { quantization } from "./quantization.js";
import { recurrence } from "./recurrent/recurrent.js";
import { reduction } from "./reduction.js";
import { resizing } from "./resize.js";
import { sampling } from "./sampling/grid-sample.js";
import { regions } from "./sampling/roi-align.js";

/** The rule of every operator that can be differentiated. */
export const rules: RuleTable = {
  ...activation,
  ...contraction,
  ...convolution,
  ...elementwise,
  ...indexing,
  ...linear,
  ...movement,
  ...normalization,
  ...pooling,
  ...quantization,
  ...recurrence,
  ...reduction,
  ...regions,
  ...resizing,
  ...sampling,
};
