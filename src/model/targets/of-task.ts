/** @file What is explained of a network where nobody says anything, by what it is for. */

import type { Model } from "../model.js";
import { highRegion } from "./high-region.js";
import { outputNumbers } from "./output-numbers.js";
import { predictedRegions } from "./predicted-regions.js";
import type { Target } from "./target.js";

/** The target in the place of the scores of classes; undefined where these are explained, and for boxes, which have an explainer of their own. */
export function targetOfTask({ task }: Pick<Model, "task">): Target | undefined {
  switch (task.name) {
    case "segmentation":
      return predictedRegions();
    case "map":
      return highRegion();
    case "regression":
    case "embedding":
      return outputNumbers({ output: task.output });
    case "classification":
    case "multi-label":
    case "detection":
    case "image-text":
      return undefined;
  }
}
