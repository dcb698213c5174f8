/** @file The layer in which a network knows most about each place: its last one with places, whatever the scores read. */

import { FoveaError } from "../../../foundation/error.js";
import { dimsOf, typeOf } from "../../../onnx/graph.js";
import { descendants } from "../../../onnx/prune.js";
import type { Model } from "../../model.js";
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

/** Every layer with places and channels, in order of computation. */
export function placesOf({ graph, input }: Model, options: GridOptions = {}): Layer[] {
  const after = descendants(graph, [input.name]);
  const layouts = layoutsOf(graph, input.name, options);
  return graph.nodes.flatMap((node) => {
    const [name = ""] = node.outputs;
    const [layout, dims] = [layouts.get(name), dimsOf(graph, name)];
    if (layout === undefined || dims === undefined || !after.has(name)) return [];
    if (typeOf(graph, name)?.type !== "float32") return [];
    const { channels, sizes } = gridOf(layout, dims);
    const isPoint = sizes.every((size) => size === 1);
    return isPoint || Number(channels) < leastChannels ? [] : [{ name, node: node.name, op: node.op, dims, layout }];
  });
}
