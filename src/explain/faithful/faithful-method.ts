/** @file The method whose map says what the class loses where a place is taken away: what acts on a map asks for it. */

import { findUnevenHead } from "../../model/layers/behind/linear-head.js";
import { chooseLayer } from "../../model/layers/choose-layer.js";
import type { Layer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";

/**
 * Name of the method whose map follows the drop of the class score where single places of the layer are set to zero: Grad-CAM
 * where a global average follows the layer, because it then equals HiResCAM; HiResCAM elsewhere, where Grad-CAM's average over
 * places moves evidence from the places that count to others (Draelos and Carin, arXiv:2011.08891). Whatever acts on a map
 * (hides a region, groups errors, looks for cues) takes this method's.
 * @param layer a layer, or as `createExplainer` takes it; default `auto`
 * @throws FoveaError as `chooseLayer`
 */
export function faithfulMethod(model: Model, layer: Layer | string | number = "auto"): "grad-cam" | "hires-cam" {
  const found = typeof layer === "object" ? layer : chooseLayer(model, layer);
  return findUnevenHead(model, found) === undefined ? "grad-cam" : "hires-cam";
}
