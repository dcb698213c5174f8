/** @file The layer in which a network knows most about each place: its last one with places, whatever the scores read. */

import { FoveaError } from "../../../foundation/error.js";
import type { Model } from "../../model.js";
import { layersIn } from "../find-layers.js";
import type { ChosenLayer, Layer } from "../layer.js";
import { type GridOptions, gridOf, layoutsOf } from "../layout.js";

/** Fewer channels are a picture or a mask, not what is known about a place. */
const leastChannels = 3;

/**
 * The last float32 value with more than one place and at least three channels, of all that depend on the image, such as
 * `last_hidden_state` of a transformer whose scores only read its class token.
 * @throws FoveaError `bad-graph` where there is none
 */
export function lastPlaces(model: Model, options: GridOptions = {}): ChosenLayer {
  const [last] = placesOf(model, options).slice(-1);
  if (last) return { ...last, reason: "the last layer with places" };
  throw new FoveaError("bad-graph", "layer auto: expected a layer with places, the network has none");
}

/** Every layer of real numbers with places and channels, in order of computation. */
export function placesOf(model: Model, options: GridOptions = {}): Layer[] {
  return layersIn(model, layoutsOf(model.graph, model.input.name, options)).filter(
    ({ layout, dims, quantization }) =>
      quantization === undefined && !(Number(gridOf(layout, dims).channels) < leastChannels),
  );
}
