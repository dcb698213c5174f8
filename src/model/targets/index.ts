/** @file The table of targets that can be explained of a model. */

import { classGroupsKind } from "./class-groups.js";
import { classMinusKind } from "./class-minus.js";
import { classScoresKind } from "./class-scores.js";
import { highRegionKind } from "./high-region.js";
import { maskMeanKind } from "./mask-mean.js";
import { outputNumbersKind } from "./output-numbers.js";
import { outputScoresKind } from "./output-scores.js";
import { predictedRegionsKind } from "./predicted-regions.js";
import { similarityKind } from "./similarity.js";

/** All kinds of targets; `create` makes one of its options. */
export const targetKinds = [
  classScoresKind,
  classMinusKind,
  classGroupsKind,
  outputScoresKind,
  maskMeanKind,
  predictedRegionsKind,
  highRegionKind,
  outputNumbersKind,
  similarityKind,
] as const;
