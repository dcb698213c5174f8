/** @file Concepts of a network: directions of a layer that together make up what it holds of some images. */

import { badInput, checkOptions } from "../../foundation/check.js";
import type { Items } from "../../foundation/map-ahead.js";
import type { Model } from "../../model/model.js";
import type { Tensor } from "../../onnx/tensor.js";
import { type Concepts, type ConceptsOptions, mostConcepts } from "./concept.js";

/**
 * Concepts by non-negative matrix factorisation of a layer's activations: A ≈ UW, with U how much of each concept is at each place, and
 * W the concepts' directions. From places it is deep feature factorisation (Collins et al., ECCV 2018, eq. 3), from crops CRAFT (Fel et
 * al., CVPR 2023, section 3.1, without its recursion). Negative activations count as 0.
 *
 * @param images the model's input, float32 [N, C, H, W] each; read until 2²⁴ numbers are there
 * @throws FoveaError `unknown-name` for a layer that there is not, `bad-graph` for a network without places, `bad-input` for no image
 */
export async function findConcepts(model: Model, images: Items<Tensor>, options: ConceptsOptions): Promise<Concepts> {
  checkConceptsOptions(options);
  // Loaded when it is asked for: most who load the library ask for maps.
  const { ConceptFinder } = await import("./concept-finder.js");
  const finder = new ConceptFinder(model, options);
  try {
    return await finder.find(images);
  } catch (error) {
    await finder.close();
    throw error;
  }
}

function checkConceptsOptions(options: ConceptsOptions): void {
  checkOptions("findConcepts", options);
  const { count = 8, from = "places" } = options;
  if (!Number.isInteger(count) || count < 1 || count > mostConcepts)
    throw badInput("count", `a whole number from 1 to ${mostConcepts}`, count);
  if (from !== "places" && from !== "crops") throw badInput("from", "places or crops", from);
}
