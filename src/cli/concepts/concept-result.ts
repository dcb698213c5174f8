/** @file What `fovea concepts` tells and draws. */

import type { FoundInput } from "../../data/find-inputs.js";
import type { ConceptStudy } from "../../evaluate/studies/concept-study.js";
import type { Concepts } from "../../explain/concepts/concept.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { NamedModel } from "../inputs/models.js";

/** An image as the network's input. */
export interface ConceptImage {
  readonly source: FoundInput;
  /** [1, ...] */
  readonly input: Tensor;
  /** The class with the highest probability. */
  readonly predicted: number;
}

/** All that is told of. */
export interface ConceptResult {
  readonly named: NamedModel;
  /** Undefined for the predicted class of each image. */
  readonly classIndex: number | undefined;
  readonly from: "places" | "crops";
  /** Those that concepts were found in. */
  readonly images: readonly ConceptImage[];
  readonly concepts: Concepts;
  /** Of some of them, with their places among all. */
  readonly study: ConceptStudy;
  readonly studied: readonly ConceptImage[];
}
